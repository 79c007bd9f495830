"""However the records of one number come in, what is known of it comes to the same, and to rest."""

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from services.ingest.classify import Outcome
from shared.wire.content import content_hash
from shared.wire.publication import Applicant, Publication
from tests.unit.ingest.joining.made import EXPORT, GAZETTE, OTHER_EXPORT, SEAT, WHOLE, XML, known, read

SOURCES = st.sampled_from((GAZETTE, XML, EXPORT, OTHER_EXPORT))
MAY_LACK = (
    "abstract",
    "claim",
    "published_on",
    "filed_on",
    "application_number",
    "applicants",
    "inventors",
    "agency",
    "ipc",
)
NOTHING: dict[str, object] = {name: () if isinstance(getattr(WHOLE, name), tuple) else None for name in MAY_LACK}
ANY_ORDER = st.data()


@st.composite
def parts(draw: st.DrawFn) -> Publication:
    """Return a record that says a part of the truth."""
    lacks = draw(st.sets(st.sampled_from(MAY_LACK)))
    applicants = WHOLE.applicants
    if draw(st.booleans()):
        applicants = (
            msgspec.structs.replace(SEAT, region=draw(st.sampled_from(("44", "4401", None)))),
            *applicants[1:],
        )
    if draw(st.booleans()):
        applicants = tuple(Applicant(name=one.name) for one in WHOLE.applicants)
    said = {"applicants": applicants, "source": draw(SOURCES)} | {name: NOTHING[name] for name in lacks}
    return msgspec.structs.replace(WHOLE, **said)


@st.composite
def claims(draw: st.DrawFn) -> Publication:
    """Return a record that may say anything."""
    record = draw(parts())
    said = {
        "title": draw(st.sampled_from(("一种电池", "一种全固态电池", "Battery"))),
        "agency": draw(st.sampled_from((None, "甲所", "乙所"))),
        "ipc": draw(st.sampled_from(((), ("H01M4/13",), ("H01M10/0525", "H01M4/13"), ("G06F3/048",)))),
        "applicants": draw(
            st.sampled_from(
                ((), (SEAT,), (Applicant(name=SEAT.name, region="4403"),), (Applicant(name="别的公司"), SEAT))
            )
        ),
    }
    return msgspec.structs.replace(record, **said)


@settings(deadline=None)
@given(records=st.lists(parts(), min_size=1, max_size=6), data=ANY_ORDER)
def test_what_contradicts_nothing_comes_to_the_same_in_any_order_and_any_number_of_times(
    records: list[Publication], data: st.DataObject
) -> None:
    again = data.draw(st.permutations(records * 2))
    assert content_hash(known(*again)) == content_hash(known(*records))
    judged, _ = read(*records, *again)
    assert {one.outcome for one in judged[len(records) :]} == {Outcome.UNCHANGED}
    assert not any(one.difference for one in judged)


@settings(deadline=None)
@given(records=st.lists(claims(), min_size=1, max_size=6), data=ANY_ORDER)
def test_whatever_is_read_over_and_over_comes_to_rest(records: list[Publication], data: st.DataObject) -> None:
    rounds = [data.draw(st.permutations(records)) for _ in range(4)]
    judged, history = read(*records, *(one for again in rounds for one in again))
    last = judged[-len(records) :]
    assert {(one.outcome, one.version) for one in last} == {(Outcome.UNCHANGED, None)}
    assert len(history) == sum(one.version is not None for one in judged)
