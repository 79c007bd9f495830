from datetime import UTC, datetime

import pytest

from services.matcher.engine.live import LiveEngine
from services.matcher.stages import match_batch
from shared.bus.port import Received
from shared.errors import FutureSchemaError, InvalidInputError
from shared.wire.events import Change, PublicationMatched, PublicationSeen, decode_event, encode_event
from shared.wire.profile import Profile, Rule
from tests.unit.matcher.made import publication

NOW = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)


def received(value: bytes | None, offset: int = 0) -> Received:
    return Received(topic="t", partition=0, offset=offset, key="k", value=value, headers={}, appended_at=NOW)


def seen(title: str) -> bytes:
    event = PublicationSeen(publication=publication(title), content_hash="h", change=Change.NEW, seen_at=NOW)
    return encode_event(event)


def wanting(term: str, count: int = 1) -> LiveEngine:
    return LiveEngine(Profile(id=f"p{n:03}", name=f"名{n}", rules=(Rule(groups=((term,),)),)) for n in range(count))


def test_only_publications_with_matches_give_events_and_those_are_whole() -> None:
    outcome = match_batch(wanting("电池"), [received(seen("电机")), received(seen("电池"))], NOW)
    ((source, (record,)),) = outcome.records
    assert record.value is not None
    event = decode_event(record.value, PublicationMatched)
    assert source.value == seen("电池")
    assert (record.key, event.publication.title, event.profile_names) == ("CN1A", "电池", {"p000": "名0"})
    assert (event.content_hash, event.change, event.matched_at) == ("h", Change.NEW, NOW)
    assert (outcome.publications, outcome.matches, outcome.candidates, outcome.poison) == (2, 1, 1, [])


def test_many_matches_are_told_in_chunks_of_two_hundred() -> None:
    outcome = match_batch(wanting("电池", 450), [received(seen("电池"))], NOW)
    ((_, records),) = outcome.records
    events = [decode_event(record.value or b"", PublicationMatched) for record in records]
    assert [len(event.matches) for event in events] == [200, 200, 50]
    assert len({match.profile_id for event in events for match in event.matches}) == 450


@pytest.mark.parametrize(
    ("value", "error"), [(b"{", InvalidInputError), (None, InvalidInputError), (b'{"v": 99}', FutureSchemaError)]
)
def test_what_cannot_be_read_is_poison_and_stops_nothing_else(value: bytes | None, error: type[Exception]) -> None:
    outcome = match_batch(wanting("电池"), [received(value), received(seen("电池"))], NOW)
    assert [type(reason) for _, reason in outcome.poison] == [error]
    assert outcome.matches == 1


def test_a_publication_that_breaks_the_engine_is_poison_and_stops_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    live = wanting("电池")
    match = live.match

    def breaks(publications: list[object]) -> object:
        if any(getattr(one, "title", "") == "坏" for one in publications):
            raise RuntimeError("broken")
        return match(publications)  # type: ignore[arg-type]

    monkeypatch.setattr(live, "match", breaks)
    outcome = match_batch(live, [received(seen("电池")), received(seen("坏"), offset=1)], NOW)
    assert [(bad.offset, str(reason)) for bad, reason in outcome.poison] == [(1, "broken")]
    assert (outcome.matches, outcome.publications) == (1, 1)
