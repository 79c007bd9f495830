"""Matches are counted once, whether they wait to be counted or were written down, whoever asks at whatever moment."""

import asyncio
from collections import Counter

import pytest

from shared.secret_box import SecretBox
from shared.settings import Settings
from shared.store.mongo import match_counts
from shared.store.mongo.link import Link
from shared.store.mongo.store import MongoStore, open_mongo_store
from shared.store.records import MatchRecord
from shared.testing.clock import ManualClock
from tests.contract.made import later


def found(n: int) -> MatchRecord:
    return MatchRecord(
        publication_number=f"CN{n}A", profile_ids=tuple(f"p-{k}" for k in range(n % 7 + 1)), matched_at=later(n)
    )


def expected(count: int) -> list[tuple[str, int]]:
    times = Counter(profile for n in range(count) for profile in found(n).profile_ids)
    return sorted(times.items(), key=lambda item: (-item[1], item[0]))


async def counted(store: MongoStore) -> list[tuple[str, int]]:
    return [(profile, times) for profile, times, _ in await store.alerts.match_counts(limit=100)]


@pytest.fixture(autouse=True)
def _few_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(match_counts, "MANY", 10)


async def test_what_is_written_down_counts_as_much_as_what_waits(store: MongoStore, link: Link) -> None:
    for start in range(0, 60, 6):
        await store.alerts.record([found(n) for n in range(start, start + 6)], [])
        assert await counted(store) == expected(start + 6)
    assert await store.alerts.match_count() == sum(times for _, times in expected(60))
    assert await link["match_counts"].count_documents({}) > 1
    assert await link["matches"].count_documents(match_counts.UNCOUNTED) <= 10
    newest = {profile: at for profile, _, at in await store.alerts.match_counts(limit=100)}
    assert newest["p-0"] == later(59)
    assert newest["p-6"] == later(55)


async def test_matches_recorded_again_after_they_were_counted_are_not_counted_again(store: MongoStore) -> None:
    everything = [found(n) for n in range(40)]
    for _ in range(3):
        await store.alerts.record(everything, [])
        assert await counted(store) == expected(40)


async def test_while_some_record_and_others_ask_no_answer_counts_anything_twice(
    settings: Settings, store: MongoStore, secrets: SecretBox
) -> None:
    async with open_mongo_store(settings, ManualClock(), secrets) as other:

        async def record() -> None:
            for n in range(60):
                await store.alerts.record([found(n)], [])

        async def ask(one: MongoStore) -> None:
            before = 0
            while not recording.done():
                now = await one.alerts.match_count()
                assert before <= now <= sum(times for _, times in expected(60))
                before = now

        recording = asyncio.create_task(record())
        await asyncio.gather(recording, ask(store), ask(other))
        assert await counted(other) == expected(60)
