"""Who edits profiles at the same time edits them one after another: what is shown is what matches."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import pytest

from shared import profile_edits
from shared.bus.topics import PROFILES
from shared.profile_edits import LEASE, forget, save
from shared.runtime.role import Surroundings
from shared.wire.events import ProfileSaved, decode_event
from shared.wire.profile import Profile, Rule
from tests.integration.matcher.made import open_surroundings


def named(name: str) -> Profile:
    return Profile(id="p", name=name, rules=(Rule(groups=(("电池",),)),))


async def on_bus(around: Surroundings) -> list[str | None]:
    """Return the names that the profile had, in the order of the bus."""
    async with around.bus.reader(PROFILES) as reader:
        values = [record.value for record in await reader.poll(100, 0.0)]
    return [None if value is None else decode_event(value, ProfileSaved).profile.name for value in values]


async def test_of_two_edits_at_once_the_same_one_is_last_on_the_bus_and_in_the_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_surroundings(tmp_path) as around:
        put, calls = around.store.profiles.put, 0

        async def put_late(profiles: Sequence[Profile], *, saved_at: datetime) -> None:
            nonlocal calls
            calls += 1
            if calls == 1:
                await asyncio.sleep(0.5)  # who comes second is quicker
            await put(profiles, saved_at=saved_at)

        monkeypatch.setattr(around.store.profiles, "put", put_late)
        await asyncio.gather(save(around, [named("one")]), save(around, [named("other")]))
        stored = await around.store.profiles.get("p")
        assert stored is not None
        assert (await on_bus(around))[-1] == stored.name
        assert await around.store.leases.held() == []


async def test_who_stood_still_while_another_edited_says_it_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_surroundings(tmp_path) as around:
        append, leases = around.bus.append, around.store.leases
        disturbed = False

        async def append_slowly(*arguments: object) -> None:
            nonlocal disturbed
            await append(*arguments)  # type: ignore[arg-type]
            if not disturbed:
                disturbed = True
                await leases.release(next(lease for lease in await leases.held() if lease.name == LEASE))
                await save(around, [named("other")])

        monkeypatch.setattr(around.bus, "append", append_slowly)
        await save(around, [named("one")])
        stored = await around.store.profiles.get("p")
        assert stored is not None
        assert stored.name == "one"
        assert (await on_bus(around))[-1] == "one"


async def test_a_removal_waits_for_its_turn_and_is_in_force_when_it_returns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(profile_edits, "_ASK_SECONDS", 0.01)
    async with open_surroundings(tmp_path) as around:
        await save(around, [named("one")])
        lease = await around.store.leases.acquire(LEASE, "somebody", seconds=60)
        assert lease is not None
        removal = asyncio.create_task(forget(around, "p"))
        await asyncio.sleep(0.1)
        assert await on_bus(around) == ["one"]
        await around.store.leases.release(lease)
        assert await removal
        assert not await forget(around, "p")
        assert (await on_bus(around))[-1] is None
