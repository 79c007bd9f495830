"""A newer version beside an older one: what the old one cannot read it keeps whole, and after the upgrade it is done."""

import json
from pathlib import Path
from typing import Any

import pytest

from shared.bus.lags import OPERATOR_GROUP
from shared.bus.parked import Replayed, replay_dead_letters
from shared.bus.port import Bus, Received, Record
from shared.bus.topics import MATCHES, PROFILES, PUBLICATIONS, Topic
from shared.errors import FutureSchemaError
from shared.wire import events
from shared.wire.events import ProfileSaved, PublicationMatched, PublicationSeen, decode_event

SAMPLES = Path(__file__).parents[1] / "wire" / "samples"
KINDS: dict[Topic, Any] = {PUBLICATIONS: PublicationSeen, MATCHES: PublicationMatched, PROFILES: ProfileSaved}


def from_the_next_version(topic: Topic) -> bytes:
    """Return a stored sample as a version would write it that knows one more field."""
    sample = json.loads((SAMPLES / f"{KINDS[topic].__name__}.v1.json").read_bytes())
    return json.dumps({**sample, "v": events.CURRENT_VERSION + 1, "colour": "red"}).encode()


async def read(bus: Bus, topic: Topic) -> list[Received]:
    async with bus.reader(topic) as reader:
        return await reader.poll(100, 0)


async def park(bus: Bus, topic: Topic, raw: bytes) -> None:
    """Let a process of this version meet a record: it cannot read it, and keeps it."""
    await bus.append(topic, [Record(key="键", value=raw, headers={"trace": "值"})])
    received = (await read(bus, topic))[-1]
    with pytest.raises(FutureSchemaError) as caught:
        decode_event(received.value or b"", KINDS[topic])
    await bus.dead_letter(topic, received, caught.value)


@pytest.mark.parametrize("topic", [PUBLICATIONS, MATCHES], ids=lambda topic: topic.name)
async def test_what_a_newer_version_wrote_comes_back_as_it_was_after_the_upgrade(
    bus: Bus, topic: Topic, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = from_the_next_version(topic)
    await park(bus, topic, raw)
    assert await replay_dead_letters(bus, topic) == Replayed(left=1)
    assert await bus.lag(topic.dead_letters, OPERATOR_GROUP) == 1
    monkeypatch.setattr(events, "CURRENT_VERSION", events.CURRENT_VERSION + 1)
    assert await replay_dead_letters(bus, topic) == Replayed(again=1)
    assert await bus.lag(topic.dead_letters, OPERATOR_GROUP) == 0
    before, again = await read(bus, topic)
    assert (again.key, again.value, again.headers) == (before.key, raw, {"trace": "值"})
    assert await replay_dead_letters(bus, topic) == Replayed()


async def test_a_parked_profile_is_not_put_over_later_ones(bus: Bus, monkeypatch: pytest.MonkeyPatch) -> None:
    await park(bus, PROFILES, from_the_next_version(PROFILES))
    await bus.append(PROFILES, [Record(key="键", value=(SAMPLES / "ProfileSaved.v1.json").read_bytes())])
    monkeypatch.setattr(events, "CURRENT_VERSION", events.CURRENT_VERSION + 1)
    assert await replay_dead_letters(bus, PROFILES) == Replayed(done=1)
    assert await bus.lag(PROFILES.dead_letters, OPERATOR_GROUP) == 0
    assert (await read(bus, PROFILES))[-1].value == (SAMPLES / "ProfileSaved.v1.json").read_bytes()


async def test_what_nobody_can_read_stays_and_is_still_counted_with_its_reason(bus: Bus) -> None:
    await bus.append(PUBLICATIONS, [Record(key="x", value=b"{")])
    (poison,) = await read(bus, PUBLICATIONS)
    await bus.dead_letter(PUBLICATIONS, poison, ValueError("no JSON"))
    for _ in range(2):
        assert await replay_dead_letters(bus, PUBLICATIONS) == Replayed(left=1)
        assert await bus.lag(PUBLICATIONS.dead_letters, OPERATOR_GROUP) == 1
    letter = (await read(bus, PUBLICATIONS.dead_letters))[-1]
    assert (letter.value, letter.headers["error-text"]) == (b"{", "no JSON")
    assert letter.headers["original-offset"] == str(poison.offset)
