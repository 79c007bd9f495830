import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from services.matcher import profiles
from services.matcher.engine import live as live_module
from services.matcher.engine.draft import Draft
from services.matcher.engine.searcher import Searcher
from services.matcher.pipeline import Matcher
from services.matcher.wiring import open_role
from shared.bus.port import Record
from shared.bus.topics import MATCHES, PROFILES, PUBLICATIONS, Topic
from shared.errors import InvalidInputError, PartitionLostError, RetryLaterError, StorageFullError
from shared.runtime import patience
from shared.runtime.patience import Patience
from shared.wire.profile import Profile
from tests.integration.matcher.made import open_surroundings, parked, running, save, see, told, worked_off


async def test_what_matches_is_told_and_what_does_not_is_not(tmp_path: Path) -> None:
    async with open_surroundings(tmp_path) as around:
        await save(around, "a", "电池")
        await see(around, "一种电池", "一种电机")
        async with running(around) as role:
            await worked_off(role)
            assert await role.problems() == []
        assert await told(around) == {"一种电池": ["a"]}
        assert around.metrics.registry.get_sample_value("zhitui_matcher_publications_total") == 2
        assert around.metrics.registry.get_sample_value("zhitui_matcher_matches_total") == 1
        assert around.metrics.registry.get_sample_value("zhitui_matcher_profiles") == 1


async def test_a_profile_saved_before_a_publication_is_in_force_for_it(tmp_path: Path) -> None:
    async with open_surroundings(tmp_path) as around, running(around) as role:
        for number in range(5):
            await save(around, f"p{number}", "电池")
            await see(around, f"{number}号电池")
            await worked_off(role)
        await save(around, "p0", None)
        await save(around, "p1", "电机")
        await see(around, "末号电池")
        await worked_off(role)
        assert await told(around) == {
            "0号电池": ["p0"],
            "1号电池": ["p0", "p1"],
            "2号电池": ["p0", "p1", "p2"],
            "3号电池": ["p0", "p1", "p2", "p3"],
            "4号电池": ["p0", "p1", "p2", "p3", "p4"],
            "末号电池": ["p2", "p3", "p4"],
        }


async def test_a_merge_in_the_background_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_module, "FEW", 1)
    merges = 0
    end_merge = live_module.LiveEngine.end_merge

    def counted(engine: live_module.LiveEngine, merged: Searcher) -> None:
        nonlocal merges
        merges += 1
        end_merge(engine, merged)

    monkeypatch.setattr(live_module.LiveEngine, "end_merge", counted)
    async with open_surroundings(tmp_path) as around, running(around) as role, asyncio.timeout(120):
        number = 0
        while merges < 2:
            await save(around, f"p{number:04}", "电池")
            await see(around, f"{number:04}号电池")
            await worked_off(role)
            number += 1
        assert await told(around) == {
            f"{seen:04}号电池": [f"p{saved:04}" for saved in range(seen + 1)] for seen in range(number)
        }


async def test_poison_is_kept_whole_and_the_stream_goes_on(tmp_path: Path) -> None:
    async with open_surroundings(tmp_path) as around:
        await around.bus.append(PROFILES, [Record(key="bad", value=b"{")])
        await save(around, "a", "电池")
        await around.bus.append(PUBLICATIONS, [Record(key="bad", value=b"no")])
        await see(around, "一种电池")
        async with running(around) as role:
            await worked_off(role)
        assert await told(around) == {"一种电池": ["a"]}
        assert await parked(around, PROFILES) == [b"{"]
        assert await parked(around, PUBLICATIONS) == [b"no"]


@pytest.mark.parametrize("what", ["reader", "consumer"])
async def test_a_matcher_that_starts_while_the_bus_does_not_answer_matches_once_it_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    async with open_surroundings(tmp_path) as around:
        open_really, refused = getattr(around.bus, what), 0

        def open_later(*arguments: object, **options: object) -> object:
            nonlocal refused
            if refused < 2:
                refused += 1
                raise RetryLaterError("没有应答")
            return open_really(*arguments, **options)

        monkeypatch.setattr(around.bus, what, open_later)
        monkeypatch.setattr(Patience, "pause", lambda _patience, _seconds: asyncio.sleep(0))
        await save(around, "a", "电池")
        await see(around, "一种电池")
        async with running(around) as role:
            await worked_off(role)
        assert await told(around) == {"一种电池": ["a"]}
        assert refused == 2


async def test_while_the_disk_is_full_everything_is_held_and_then_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "FIRST_SECONDS", 0.01)
    async with open_surroundings(tmp_path) as around:
        append, full = around.bus.append, [True]
        refused = asyncio.Event()

        async def append_if_there_is_room(topic: Topic, records: Sequence[Record]) -> None:
            if topic in {MATCHES, PROFILES.dead_letters} and full[0]:
                refused.set()
                raise StorageFullError("full")
            await append(topic, records)

        monkeypatch.setattr(around.bus, "append", append_if_there_is_room)
        await append(PROFILES, [Record(key="bad", value=b"{")])
        await save(around, "a", "电池")
        await see(around, "一种电池")
        async with running(around) as role:
            await refused.wait()
            assert around.metrics.registry.get_sample_value("zhitui_storage_full") == 1
            full[0] = False
            await worked_off(role)
        assert await told(around) == {"一种电池": ["a"]}
        assert await parked(around, PROFILES) == [b"{"]
        assert around.metrics.registry.get_sample_value("zhitui_storage_full") == 0


async def test_a_publication_whose_matches_the_bus_cannot_take_is_kept_and_the_others_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_surroundings(tmp_path) as around:
        append = around.bus.append

        async def append_small(topic: Topic, records: Sequence[Record]) -> None:
            if topic == MATCHES and any(record.key == "大电池" for record in records):
                raise InvalidInputError("too large")
            await append(topic, records)

        monkeypatch.setattr(around.bus, "append", append_small)
        await save(around, "a", "电池")
        await see(around, "大电池", "一种电池")
        async with running(around) as role:
            await worked_off(role)
        assert await told(around) == {"一种电池": ["a"]}
        assert len(await parked(around, PUBLICATIONS)) == 1


async def test_work_of_a_partition_that_moved_away_is_dropped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with open_surroundings(tmp_path) as around:
        matcher = Matcher(around)

        async def lost(*_: object) -> None:
            raise PartitionLostError("moved")

        await save(around, "a", "电池")
        await see(around, "一种电池")
        monkeypatch.setattr(matcher, "_hand_over", lost)
        stop = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            task = group.create_task(matcher.run(stop))
            await asyncio.sleep(0.3)
            assert not task.done()
            stop.set()
        assert await told(around) == {}
        async with running(around) as role:
            await worked_off(role)
        assert await told(around) == {"一种电池": ["a"]}


async def test_a_stop_while_profiles_are_loaded_ends_the_matcher_before_it_takes_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_surroundings(tmp_path) as around:
        for number in range(3):
            await save(around, f"p{number}", "电池")
        await see(around, "一种电池")
        stop = asyncio.Event()
        read: list[tuple[str, Profile | None]] = []

        def change_and_stop(draft: Draft, changes: Sequence[tuple[str, Profile | None]]) -> None:
            read.extend(changes)
            loop.call_soon_threadsafe(stop.set)

        loop = asyncio.get_running_loop()
        monkeypatch.setattr(profiles, "MAX_RECORDS", 1)
        monkeypatch.setattr(Draft, "change", change_and_stop)
        async with open_role(around) as role:
            await role.run(stop)
            assert await role.problems() != []
        assert 1 <= len(read) <= 2
        assert await told(around) == {}
        assert await around.bus.lag(PUBLICATIONS, "matcher") == 1
