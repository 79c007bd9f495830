"""What the embedded bus promises beyond the port: the file does not grow for ever, and nothing needed is trimmed."""

import asyncio
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from shared.backends import open_backends
from shared.bus.embedded.bus import EmbeddedBus
from shared.bus.embedded.member_lock import FOLDER, MemberLock, is_alive
from shared.bus.port import Received, Record
from shared.bus.topics import PROFILES, PUBLICATIONS
from shared.errors import StorageFullError
from shared.secret_box import open_secret_box
from shared.settings import load_settings
from shared.sqlite.database import Database
from shared.testing.clock import ManualClock

WEEK = timedelta(days=7)
DAY_SECONDS = 24 * 3600


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def bus(installation: Database, clock: ManualClock) -> EmbeddedBus:
    bus = EmbeddedBus(installation, clock)
    await bus.create([PUBLICATIONS, PROFILES])
    return bus


async def keys_left(bus: EmbeddedBus) -> list[str]:
    async with bus.reader(PUBLICATIONS) as reader:
        return [record.key for record in await reader.poll(10_000, 0)]


async def append(bus: EmbeddedBus, *keys: str) -> None:
    await bus.append(PUBLICATIONS, [Record(key=key, value=b"1") for key in keys])


async def test_what_every_known_group_is_done_with_is_trimmed_once_it_is_old(
    bus: EmbeddedBus, clock: ManualClock
) -> None:
    await append(bus, *(str(n) for n in range(6)))
    async with bus.consumer(PUBLICATIONS, "fast") as fast, bus.consumer(PUBLICATIONS, "slow") as slow:
        await fast.commit(await fast.poll(6, 0))
        await slow.commit(await slow.poll(4, 0))
        assert await bus.trim(WEEK) == 0
        clock.set(clock.now() + WEEK + timedelta(seconds=1))
        await append(bus, "new")
        assert await bus.trim(WEEK) == 4
        assert await keys_left(bus) == ["4", "5", "new"]
        assert await bus.lag(PUBLICATIONS, "slow") == 3
        assert await bus.lag(PUBLICATIONS, "never") == 3
        assert [r.offset for r in await slow.poll(10, 0)] == [4, 5, 6]


async def test_what_no_group_ever_read_is_kept(bus: EmbeddedBus, clock: ManualClock) -> None:
    await append(bus, "a")
    clock.set(clock.now() + 10 * WEEK)
    assert await bus.trim(WEEK) == 0
    assert await keys_left(bus) == ["a"]


async def test_offsets_grow_on_after_everything_was_trimmed(bus: EmbeddedBus, clock: ManualClock) -> None:
    await append(bus, "a", "b")
    async with bus.consumer(PUBLICATIONS, "g") as consumer:
        await consumer.commit(await consumer.poll(10, 0))
        clock.set(clock.now() + 2 * WEEK)
        assert await bus.trim(WEEK) == 2
        await append(bus, "c")
        assert [(r.key, r.offset) for r in await consumer.poll(10, 0)] == [("c", 2)]


async def test_old_tombstones_go_and_living_keys_stay(bus: EmbeddedBus, clock: ManualClock) -> None:
    await bus.append(PROFILES, [Record(key="gone", value=b"1"), Record(key="stays", value=b"1")])
    await bus.append(PROFILES, [Record(key="gone", value=None)])
    assert await bus.lag(PROFILES, "g") == 2
    clock.set(clock.now() + 2 * WEEK)
    assert await bus.trim(WEEK) == 1
    assert await bus.lag(PROFILES, "g") == 1
    async with bus.reader(PROFILES) as reader:
        assert [r.key for r in await reader.poll(10, 0)] == ["stays"]


async def test_compaction_keeps_the_file_at_one_record_a_key(bus: EmbeddedBus, installation: Database) -> None:
    for n in range(50):
        await bus.append(PROFILES, [Record(key=f"p-{n % 3}", value=str(n).encode())])
    assert await installation.read(lambda c: c.execute("SELECT count(*) FROM bus_records").fetchone()) == (3,)


async def test_housekeeping_trims_in_the_background_and_outlives_a_full_disk(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds = []

    async def trim(self: EmbeddedBus, keep: timedelta) -> int:
        rounds.append(keep)
        await asyncio.sleep(0)
        raise StorageFullError("磁盘已满")

    monkeypatch.setattr(EmbeddedBus, "trim", trim)
    clock = ManualClock()
    settings = load_settings(data_dir=folder)
    async with open_backends(settings, clock, open_secret_box(settings)):
        await asyncio.sleep(0)
        for _ in range(3):
            await clock.advance(DAY_SECONDS)
    assert rounds == [WEEK] * 3


async def test_a_full_disk_neither_stops_the_heart_nor_the_leaving(
    bus: EmbeddedBus, clock: ManualClock, installation: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(work: object) -> None:
        await asyncio.sleep(0)
        raise StorageFullError("磁盘已满")

    async with bus.consumer(PUBLICATIONS, "g") as consumer:
        await consumer.poll(1, 0)
        with monkeypatch.context() as patch:
            patch.setattr(installation, "write", full)
            await clock.advance(4)
            await clock.advance(4)
        assert consumer._heart is not None
        assert not consumer._heart.done()
        monkeypatch.setattr(installation, "write", full)
    monkeypatch.undo()
    async with bus.consumer(PUBLICATIONS, "g") as heir:
        await heir.poll(1, 0)
        assert heir.assignment == frozenset({0})


async def test_a_member_whose_lock_was_removed_joins_again(bus: EmbeddedBus, folder: Path) -> None:
    await append(bus, "a")
    async with bus.consumer(PUBLICATIONS, "g") as robbed, bus.consumer(PUBLICATIONS, "g") as other:
        for path in (folder / FOLDER).iterdir():
            path.unlink()
        received: list[Received] = []
        async with asyncio.timeout(5):
            while not received:
                received = await robbed.poll(1, 0) + await other.poll(1, 0)
        assert [record.key for record in received] == ["a"]


async def test_topics_that_exist_are_opened_on_a_full_disk(bus: EmbeddedBus, installation: Database) -> None:
    pages = await installation.write(lambda c: int(c.execute("PRAGMA page_count").fetchone()[0]))
    await installation.write(lambda c: c.execute(f"PRAGMA max_page_count = {pages}"))
    await bus.create([PUBLICATIONS, PROFILES])
    with pytest.raises(StorageFullError):
        await bus.append(PUBLICATIONS, [Record(key="large", value=b"x" * 100_000)])
    await installation.write(lambda c: c.execute("PRAGMA max_page_count = 1000000"))
    assert await keys_left(bus) == []
    await append(bus, "a")


def test_a_lock_is_alive_until_it_is_released(folder: Path) -> None:
    lock = MemberLock(folder / FOLDER)
    assert is_alive(folder / FOLDER, lock.name)
    lock.release()
    assert not is_alive(folder / FOLDER, lock.name)
    assert list((folder / FOLDER).iterdir()) == []


def test_a_lock_that_cannot_be_made_says_which_folder(tmp_path: Path) -> None:
    (tmp_path / FOLDER).write_text("")
    with pytest.raises(StorageFullError, match=str(tmp_path)):
        MemberLock(tmp_path / FOLDER)


async def test_a_database_that_fails_while_joining_leaves_no_lock_behind(
    bus: EmbeddedBus, installation: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> int:
        error = sqlite3.OperationalError("database or disk is full")
        error.sqlite_errorcode = sqlite3.SQLITE_FULL
        raise error

    monkeypatch.setattr("shared.bus.embedded.groups.join", broken)
    with pytest.raises(StorageFullError):
        await bus.consumer(PUBLICATIONS, "g").__aenter__()
    assert list((installation.path.parent / FOLDER).iterdir()) == []
