"""Which event of a day another source tells of."""

from datetime import UTC, date, datetime

import msgspec
import pytest

from services.ingest.joining.happenings import Happened
from shared.store.records import PublicationVersion
from shared.wire.publication import Publication

NUMBER = "CN110007813B"


def _pledge(detail: str, source: str) -> Publication:
    return Publication(
        publication_number=NUMBER,
        kind="B",
        title="一种固态电池",
        event="pledge",
        event_on=date(2025, 5, 20),
        event_detail=detail,
        source=source,
    )


def _told(*details: str) -> Happened:
    return Happened(
        PublicationVersion(
            publication=_pledge(detail, "legal-csv"),
            content_hash=detail,
            accepted_at=datetime(2025, 5, 30, tzinfo=UTC),
            origin="notices.csv",
            source="legal-csv",
        )
        for detail in details
    )


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("A Co → B Bank；登记号 Y2025980000002；CN PE01", "甲公司 → 乙银行；登记号 Y2025980000002"),
        ("A Co → A Bank；备案号 y2025980000001", "甲公司 → 甲银行；登记号 Y2025980000001"),
        ("A Co → A Bank", "甲公司 → 甲银行；登记号 Y2025980000001"),
        ("A Co → C Bank；登记号 Y2025980000003", None),
    ],
    ids=["second-contract", "first-contract", "unsaid-takes-the-first", "a-third-contract-is-none-of-them"],
)
def test_the_number_of_a_contract_says_which_of_two_pledges_another_source_tells_of(
    english: str, chinese: str | None
) -> None:
    happened = _told("甲公司 → 甲银行；登记号 Y2025980000001", "甲公司 → 乙银行；登记号 Y2025980000002")
    same = happened.elsewhere(_pledge(english, "ops-xml"), [NUMBER])
    assert (same.publication.event_detail if same else None) == chinese


def test_a_pledge_whose_contract_is_not_told_may_be_any() -> None:
    same = _told("甲公司 → 甲银行").elsewhere(_pledge("登记号 Y2025980000002", "ops-xml"), [NUMBER])
    assert same is not None


def test_words_of_a_third_source_tell_the_contract_too() -> None:
    happened = _told("甲公司 → 甲银行", "甲公司 → 乙银行")
    for detail in ("登记号 Y1", "登记号 Y2"):
        same = happened.elsewhere(_pledge(detail, "ops-xml"), [NUMBER])
        assert same is not None
        happened.replace(same, _with_words(same, "ops-xml", detail))
    found = happened.elsewhere(_pledge("备案号 Y2", "docdb-xml"), [NUMBER])
    assert found is not None
    assert found.publication.event_detail == "甲公司 → 乙银行"


def _with_words(told: PublicationVersion, source: str, detail: str) -> PublicationVersion:
    return msgspec.structs.replace(told, source=source, in_other_words={source: detail})
