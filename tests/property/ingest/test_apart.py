"""In whatever order an application's documents and its own files come, each document comes to the same."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from services.ingest.classify import Hashed
from services.ingest.joining.apart import heard, record_of
from services.ingest.joining.judge import judge
from services.ingest.records import Parsed
from shared.store.records import PublicationVersion
from shared.wire.content import content_hash
from shared.wire.identity import APPLICATION_TEXT, is_text
from shared.wire.publication import Publication
from tests.unit.ingest.joining.made import EXPORT, GAZETTE, WHOLE, XML

if TYPE_CHECKING:
    from shared.filing.application_texts import ApplicationText

NOW = datetime(2026, 1, 5, tzinfo=UTC)
GRANT = msgspec.structs.replace(WHOLE, publication_number="CN110007813B", kind="B", event="grant")
ORDERS = st.data()


@st.composite
def documents(draw: st.DrawFn) -> Publication:
    """Return a record of the application or of its grant; sources of different rank, each with words of its own."""
    source = draw(st.sampled_from((GAZETTE, XML, EXPORT)))
    said = {
        "title": draw(st.sampled_from(("一种固态电池", "Battery"))) if source == EXPORT else WHOLE.title,
        "abstract": draw(st.sampled_from((None, f"{source} 的摘要"))),
        "claim": draw(st.sampled_from((None, f"{source} 的权利要求"))),
    }
    return msgspec.structs.replace(draw(st.sampled_from((WHOLE, GRANT))), source=source, **said)


@st.composite
def files(draw: st.DrawFn) -> Publication:
    """Return what a file of the application says; two texts may stand under one number."""
    field, called = draw(st.sampled_from((("claim", "权利要求书"), ("abstract", "摘要"), ("title", "说明书"))))
    number = draw(st.integers(1, 3))
    record = Publication(
        publication_number="",
        kind="",
        title="",
        application_number=WHOLE.application_number,
        event=APPLICATION_TEXT,
        event_detail=f"{called} DA{number}",
        source="cnipa-body",
    )
    text = f"{called}之{draw(st.integers(1, 2)) if number == 1 else number}"
    return msgspec.structs.replace(record, **{field: text})


def known(records: list[Publication]) -> dict[str, PublicationVersion]:
    """Return the documents that are known once all of this was read, one after the other."""
    histories: dict[str, list[PublicationVersion]] = {}
    said: ApplicationText | None = None

    def read(record: Publication) -> None:
        judge(
            [Hashed(Parsed(record, ""), content_hash(record))],
            {key: versions[-1].content_hash for key, versions in histories.items()},
            histories,
            accepted_at=NOW,
            origin_of=lambda _: "x",
        )

    for one in records:
        if is_text(one):
            said = heard(said, one, at=NOW, origin="x")
        else:
            read(one)
        for history in list(histories.values()):
            more = None if said is None else record_of(said, history[-1].publication)
            if more is not None:
                read(more[0])
    return {key: versions[-1] for key, versions in histories.items()}


@settings(deadline=None)
@given(of_documents=st.lists(documents(), min_size=1, max_size=4), of_files=st.lists(files(), max_size=4), data=ORDERS)
def test_documents_and_files_come_to_the_same_in_any_order_and_any_number_of_times(
    of_documents: list[Publication], of_files: list[Publication], data: st.DataObject
) -> None:
    # Two records of one source and number that differ are a correction, in which order counts.
    first = {(one.publication_number, one.source): one for one in reversed(of_documents)}
    records = [*first.values(), *of_files]
    again = data.draw(st.permutations(records * 2))
    assert _contents(known(again)) == _contents(known(records))


@settings(deadline=None)
@given(of_files=st.lists(files(), min_size=1, max_size=4))
def test_what_an_application_says_never_overrules_a_published_text(of_files: list[Publication]) -> None:
    grant = msgspec.structs.replace(GRANT, claim=None)
    after = known([WHOLE, *of_files, grant])
    said = after[WHOLE.publication_number].publication
    assert (said.title, said.abstract, said.claim) == (WHOLE.title, WHOLE.abstract, WHOLE.claim)
    assert after[grant.publication_number].publication.claim is None


def _contents(versions: dict[str, PublicationVersion]) -> dict[str, str]:
    return {key: content_hash(one.publication) for key, one in versions.items()}
