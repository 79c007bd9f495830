from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import chain
from typing import Any

import msgspec
import pytest

from services.matcher import stages
from services.matcher.engine import engine as engine_module
from services.matcher.engine.found import Found
from services.matcher.engine.live import LiveEngine
from services.matcher.engine.oracle import evaluate
from services.matcher.rings import Rings
from services.matcher.stages import Outcome, match_batch
from shared.bus.port import Received
from shared.errors import FutureSchemaError, InvalidInputError
from shared.wire.events import Change, PublicationMatched, PublicationSeen, decode_event, encode_event
from shared.wire.profile import Profile, Rule
from shared.wire.publication import Publication
from tests.unit.matcher.made import by, compiled, live, publication, wanting

NOW = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)


def received(value: bytes | None, offset: int = 0) -> Received:
    return Received(topic="t", partition=0, offset=offset, key="k", value=value, headers={}, appended_at=NOW)


def event(title: str, **fields: Any) -> PublicationSeen:  # noqa: ANN401 - whatever a publication has
    return PublicationSeen(publication=publication(title, **fields), content_hash="h", change=Change.NEW, seen_at=NOW)


def seen(*titles: str) -> list[Received]:
    return [received(encode_event(event(title)), offset) for offset, title in enumerate(titles)]


def many(term: str, count: int = 1) -> list[Profile]:
    return [wanting(f"p{n:03}", term, name=f"名{n}") for n in range(count)]


def told(outcomes: Sequence[Outcome]) -> list[PublicationMatched]:
    records = chain.from_iterable(records for outcome in outcomes for _, records in outcome.records)
    return [decode_event(record.value or b"", PublicationMatched) for record in records]


def counted(outcomes: Sequence[Outcome]) -> tuple[int, int, int]:
    """Return publications, matches and candidates of all outcomes."""
    return (
        sum(outcome.publications for outcome in outcomes),
        sum(outcome.matches for outcome in outcomes),
        sum(outcome.candidates for outcome in outcomes),
    )


def test_only_publications_with_matches_give_events_and_those_are_whole() -> None:
    (outcome,) = match_batch(live(*many("电池")), seen("电机", "电池"), NOW)
    ((source, (record,)),) = outcome.records
    (of_record,) = told([outcome])
    assert source.offset == 1
    assert (record.key, of_record.publication.title, of_record.profile_names) == ("CN1A", "电池", {"p000": "名0"})
    assert (of_record.content_hash, of_record.change, of_record.matched_at) == ("h", Change.NEW, NOW)
    assert (counted([outcome]), outcome.poison) == ((2, 1, 1), [])


def test_all_that_is_told_of_one_application_has_one_key() -> None:
    family = [event("电池", publication_number=f"CN1{kind}", application_number="2018.5") for kind in "AB"]
    batch = [received(encode_event(one), offset) for offset, one in enumerate(family)]
    (outcome,) = match_batch(live(*many("电池", 300)), batch, NOW)
    keys = [record.key for _, records in outcome.records for record in records]
    assert (len(keys), set(keys)) == (4, {"2018.5"})


def test_an_event_is_written_byte_for_byte_as_of_objects() -> None:
    rule = Rule(groups=(("电池", '"引"'),), ipc=("H01M*",), applicants=("华为",), regions=("44",))
    profiles = [
        Profile(id='p"\\𠮷', name='名"\\\n\x01', rules=(rule,)),
        wanting("a", "电池"),
        wanting("z", "𠮷"),
    ]
    whole = event('电池和"引"、𠮷', abstract="电池\x00", ipc=("H01M10/05",), applicants=by())
    (outcome,) = match_batch(live(*profiles), [received(encode_event(whole))], NOW)
    found = [match for one in profiles if (match := evaluate(one, whole.publication))]
    matches = tuple(sorted(found, key=lambda match: (-match.score, match.profile_id)))
    names = {one.id: one.name for one in profiles}
    specified = PublicationMatched(
        publication=whole.publication,
        content_hash="h",
        change=Change.NEW,
        matches=matches,
        profile_names={match.profile_id: names[match.profile_id] for match in matches},
        matched_at=NOW,
    )
    ((_, (record,)),) = outcome.records
    assert len(matches) == 3
    assert record.value == encode_event(specified)


def test_many_matches_are_told_in_events_of_two_hundred() -> None:
    (outcome,) = match_batch(live(*many("电池", 450)), seen("电池"), NOW)
    events = told([outcome])
    assert [len(one.matches) for one in events] == [200, 200, 50]
    assert [match.profile_id for one in events for match in one.matches] == [f"p{n:03}" for n in range(450)]
    assert all(set(one.profile_names) == {match.profile_id for match in one.matches} for one in events)


def test_long_matches_are_told_in_events_of_so_many_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stages, "MAX_MATCH_BYTES_PER_EVENT", 1_000)
    (outcome,) = match_batch(live(*many("电池", 30)), seen("电池和电池"), NOW)
    events = told([outcome])
    assert len(events) > 5
    assert [match.profile_id for one in events for match in one.matches] == [f"p{n:03}" for n in range(30)]
    assert all(len(encode_event(one)) < 1_000 + 700 for one in events)


def test_a_match_larger_than_an_event_should_be_is_told_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stages, "MAX_MATCH_BYTES_PER_EVENT", 10)
    (outcome,) = match_batch(live(*many("电池", 3)), seen("电池"), NOW)
    assert [len(one.matches) for one in told([outcome])] == [1, 1, 1]


def test_what_is_told_in_pieces_is_told_once_and_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_module, "ROOM", 5)
    monkeypatch.setattr(engine_module, "MOST_CHARACTERS", 12)
    engine = live(*many("电池", 4))
    engine.apply([("q", wanting("q", "电池"))])
    titles = ["电池", "电机", *(f"{n}号电池" for n in range(20)), "电机"]
    outcomes = list(match_batch(engine, seen(*titles), NOW))
    assert len(outcomes) > 5
    assert [one.publication.title for one in told(outcomes)] == [title for title in titles if "电池" in title]
    assert counted(outcomes) == (23, 21 * 5, 21 * 5)


@pytest.mark.parametrize(
    ("value", "error"), [(b"{", InvalidInputError), (None, InvalidInputError), (b'{"v": 99}', FutureSchemaError)]
)
def test_what_cannot_be_read_is_poison_and_stops_nothing_else(value: bytes | None, error: type[Exception]) -> None:
    outcomes = list(match_batch(live(*many("电池")), [received(value), *seen("电池")], NOW))
    assert [type(reason) for outcome in outcomes for _, reason in outcome.poison] == [error]
    assert counted(outcomes) == (1, 1, 1)


def test_nothing_received_tells_nothing() -> None:
    assert counted(list(match_batch(live(*many("电池")), [], NOW))) == (0, 0, 0)


class Breaking(LiveEngine):
    """Breaks at one publication: at once, or when what lies before it is told."""

    late = False

    def match(self, publications: Sequence[Publication]) -> Iterator[Found]:
        titles = [one.title for one in publications]
        if "坏" not in titles:
            yield from super().match(publications)
            return
        if self.late:
            yield from super().match(publications[: titles.index("坏")])
        raise RuntimeError("broken")


@pytest.mark.parametrize("late", [True, False])
def test_a_publication_that_breaks_the_engine_is_poison_and_everything_else_is_told_once(
    monkeypatch: pytest.MonkeyPatch, *, late: bool
) -> None:
    monkeypatch.setattr(engine_module, "MOST_CHARACTERS", 5)
    engine = Breaking(Rings(), compiled(*many("电池")))
    engine.late = late
    outcomes = list(match_batch(engine, seen("甲电池", "乙电池", "坏", "丙电池", "电机"), NOW))
    assert [(bad.offset, str(reason)) for one in outcomes for bad, reason in one.poison] == [(2, "broken")]
    assert [one.publication.title for one in told(outcomes)] == ["甲电池", "乙电池", "丙电池"]
    assert counted(outcomes) == (4, 3, 3)


@pytest.mark.parametrize(
    ("changed", "enriched", "is_matched"),
    [
        (("abstract",), True, True),
        (("filed_on", "applicants"), True, True),
        (("filed_on", "inventors", "agency"), True, False),
        (("filed_on",), False, True),
        ((), True, True),
    ],
)
def test_what_was_filled_in_where_no_profile_looks_is_not_matched_again(
    *, changed: tuple[str, ...], enriched: bool, is_matched: bool
) -> None:
    late = msgspec.structs.replace(event("电池"), change=Change.CORRECTED, changed=changed, enriched=enriched)
    outcomes = list(match_batch(live(*many("电池")), [received(encode_event(late))], NOW))
    assert counted(outcomes)[:2] == (1, int(is_matched))


def test_what_a_correction_changed_is_handed_on() -> None:
    corrected = msgspec.structs.replace(event("电池"), change=Change.CORRECTED, changed=("title",), difference="名称")
    (of_record,) = told(list(match_batch(live(*many("电池")), [received(encode_event(corrected))], NOW)))
    assert of_record.difference == "名称"
    (unmatched,) = told(list(match_batch(live(*many("电机")), [received(encode_event(corrected))], NOW)))
    assert (unmatched.difference, unmatched.matches, unmatched.profile_names) == ("名称", (), {})


def test_a_legal_event_is_matched_as_what_is_known_of_its_patent() -> None:
    happened = event("电池", event="transfer", event_detail="甲 → 乙")
    (of_record,) = told(list(match_batch(live(*many("电池")), [received(encode_event(happened))], NOW)))
    assert (of_record.publication.event, of_record.matches[0].publication_number) == ("transfer", "CN1A")
