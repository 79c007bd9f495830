"""Rolling upgrade, as the roles live it: the old notifier parks what a new matcher says, the new one tells it, once."""

import json
from pathlib import Path
from typing import Any

import pytest

from services.notifier import reading
from shared.bus.parked import Replayed, replay_dead_letters
from shared.bus.port import Record
from shared.bus.topics import MATCHES
from shared.runtime.role import Surroundings
from shared.testing.mailbox import Mailbox
from shared.testing.wecom import FakeWeCom
from shared.wire import events
from tests.integration.notifier.test_role import around, outside, running, until_idle
from tests.unit.notifier.making import mailbox, subscription

pytestmark = pytest.mark.city


__all__ = ["around", "outside"]

SAMPLES = Path(__file__).parents[2] / "wire" / "samples"


@pytest.fixture
async def told(around: Surroundings) -> dict[str, Any]:
    """A stored match, and somebody who wants to know."""
    sample: dict[str, Any] = json.loads((SAMPLES / "PublicationMatched.v1.json").read_bytes())
    profile_id = sample["matches"][0]["profile_id"]
    await around.store.destinations.put(mailbox())
    await around.store.subscriptions.put(subscription(profiles=(profile_id,)))
    return sample


async def say(around: Surroundings, event: dict[str, Any]) -> None:
    await around.bus.append(MATCHES, [Record(key="k", value=json.dumps(event).encode())])


def upgrade(monkeypatch: pytest.MonkeyPatch) -> None:
    following = events.CURRENT_VERSION + 1
    for module in (events, reading):
        monkeypatch.setattr(module, "CURRENT_VERSION", following)


async def test_what_the_new_version_says_is_told_after_the_upgrade_and_once(
    around: Surroundings,
    outside: tuple[FakeWeCom, Mailbox],
    told: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    newer = {**told, "v": events.CURRENT_VERSION + 1, "colour": "red"}
    async with running(around) as old:
        await say(around, newer)
        await until_idle(old)
    assert outside[1].mails == []
    upgrade(monkeypatch)
    async with running(around) as new:
        for _ in range(2):
            await replay_dead_letters(around.bus, MATCHES)
            await until_idle(new)
        await say(around, newer)
        await until_idle(new)
    assert len(outside[1].mails) == 1
    assert await replay_dead_letters(around.bus, MATCHES) == Replayed()


async def test_what_the_old_version_said_is_told_by_the_new_one(
    around: Surroundings,
    outside: tuple[FakeWeCom, Mailbox],
    told: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await say(around, told)
    upgrade(monkeypatch)
    async with running(around) as new:
        await until_idle(new)
    assert len(outside[1].mails) == 1
