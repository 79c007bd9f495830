"""Records of one number, and the history that reading them one after another makes."""

from datetime import UTC, date, datetime

import msgspec

from services.ingest.classify import Hashed
from services.ingest.joining.judge import Judged, judge
from services.ingest.records import Parsed
from shared.store.records import PublicationVersion
from shared.wire.content import content_hash
from shared.wire.publication import Applicant, Publication

NUMBER = "CN110007813A"
GAZETTE, XML, EXPORT, OTHER_EXPORT = "gazette-csv", "cnipa-xml", "pss", "incopat"
SEAT = Applicant(name="某某科技有限公司", address="广东省广州市天河区五山路381号", postcode="510000", region="440106")
WHOLE = Publication(
    publication_number=NUMBER,
    kind="A",
    title="一种固态电池",
    published_on=date(2019, 7, 12),
    filed_on=date(2017, 9, 19),
    application_number="201710854123.4",
    abstract="本发明公开了一种固态电池。",
    claim="1. 一种固态电池，其特征在于……",
    applicants=(SEAT, Applicant(name="某某大学")),
    inventors=("张三", "李四"),
    agency="某代理事务所",
    ipc=("H01M10/0525", "H01M4/13"),
    source=GAZETTE,
)


def record(source: str = GAZETTE, **said: object) -> Publication:
    return msgspec.structs.replace(WHOLE, **({"abstract": None, "claim": None, "source": source} | said))


def read(*records: Publication) -> tuple[list[Judged], list[PublicationVersion]]:
    """Read records one after another, each as a batch of its own."""
    histories: dict[str, list[PublicationVersion]] = {}
    judged: list[Judged] = []
    for one in records:
        known = {key: versions[-1].content_hash for key, versions in histories.items()}
        judged += judge(
            [Hashed(Parsed(one, ""), content_hash(one))],
            known,
            histories,
            accepted_at=datetime(2026, 1, 5, tzinfo=UTC),
            origin_of=lambda _: "x",
        )
    return judged, histories[NUMBER]


def known(*records: Publication) -> Publication:
    """Return what is known once these were read."""
    return read(*records)[1][-1].publication
