"""Several ingest processes, one watched folder: nothing is done twice, and when one goes the other goes on."""

import asyncio
import uuid
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from services.ingest.sources import folder_lock, watch_folder
from services.ingest.sources.folder_lock import FolderLock
from services.ingest.sources.watch_folder import WatchFolder
from services.ingest.wiring import make_patience, make_pipeline
from shared.runtime.ownership import Leased
from shared.runtime.role import Surroundings
from tests.integration.ingest.containers.archives import full_text, number, split, zipped
from tests.integration.ingest.made import open_surroundings, row, running, seen, table
from tests.servers import mongo_address

FILES = 30


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch_folder, "POLL_SECONDS", 0.02)
    monkeypatch.setattr(watch_folder, "QUIET_SECONDS", 0.06)
    monkeypatch.setattr(folder_lock, "ASK_SECONDS", 0.02)


async def emptied(folder: Path) -> None:
    async with asyncio.timeout(20):
        while any(path.is_file() and not path.name.startswith(".") for path in folder.iterdir()):  # noqa: ASYNC110, ASYNC240 - as a person sees it
            await asyncio.sleep(0.02)


def drop(folder: Path, first: int) -> None:
    for n in range(first, first + FILES):
        hidden = folder / f".{n}"
        hidden.write_text(table(row(f"CN11{n:07}A")), "gb18030")
        hidden.rename(folder / f"{n}.csv")


async def test_two_installations_that_watch_one_folder_read_every_file_once(tmp_path: Path) -> None:
    shared = tmp_path / "watch"
    shared.mkdir()
    async with AsyncExitStack() as stack:
        first, second = [
            await stack.enter_async_context(open_surroundings(tmp_path / name, watch_dir=shared)) for name in "ab"
        ]
        async with running(second) as waiting:
            async with running(first) as reading:
                drop(shared, 0)
                await emptied(shared)
                warned = [len(await role.warnings()) for role in (reading, waiting)]
                assert sorted(warned) == [0, 1]
            drop(shared, FILES)
            await emptied(shared)
            assert await waiting.warnings() == []
        told = Counter([one.publication.publication_number for around in (first, second) for one in await seen(around)])
        runs = [run.name for around in (first, second) for run in await around.store.runs.recent(limit=100)]
    assert told == Counter(f"CN11{n:07}A" for n in range(2 * FILES))
    assert Counter(runs) == Counter(f"{n}.csv" for n in range(2 * FILES))


async def test_a_folder_that_goes_away_before_it_is_locked_is_waited_for(tmp_path: Path) -> None:
    folder, asked = tmp_path / "watch", 0
    async with open_surroundings(tmp_path / "data") as around:
        patience = make_patience(around)

        async def name() -> str:
            nonlocal asked
            asked += 1
            if asked == 2:
                folder.mkdir()
            return "watch"

        async def work() -> None:
            patience.stop.set()

        await FolderLock(folder, patience).keep(name, work)
    assert asked == 2


@pytest.mark.parametrize("store", ["embedded", "mongo"])
async def test_two_processes_of_one_installation_read_every_file_once(store: str, tmp_path: Path) -> None:
    servers = {"store": "mongo", "mongo_uri": mongo_address(), "mongo_database": f"t{uuid.uuid4().hex[:12]}"}
    async with open_surroundings(tmp_path, **(servers if store == "mongo" else {})) as around:
        folder = around.settings.watch_folder
        folder.mkdir(parents=True, exist_ok=True)
        async with watching(around, "first"), watching(around, "second"):
            drop(folder, 0)
            await emptied(folder)
        told = Counter(one.publication.publication_number for one in await seen(around))
        runs = await around.store.runs.recent(limit=100)
    assert told == Counter(f"CN11{n:07}A" for n in range(FILES))
    assert Counter(run.name for run in runs) == Counter(f"{n}.csv" for n in range(FILES))
    assert all((run.accepted, run.unchanged) == (1, 0) for run in runs)


@asynccontextmanager
async def watching(around: Surroundings, instance: str) -> AsyncIterator[None]:
    """Watch as one of several processes does."""
    patience = make_patience(around)
    ownership = Leased(instance, around.store.leases, patience)
    one = WatchFolder(
        around.settings.watch_folder,
        pipeline=make_pipeline(around),
        store=around.store,
        clock=around.clock,
        files_after=around.settings.files_after,
        ownership=ownership,
    )
    async with asyncio.TaskGroup() as group:
        group.create_task(one.run(patience.stop))
        try:
            yield
        finally:
            patience.stop.set()


async def test_volumes_are_one_input_that_waits_until_all_are_there(tmp_path: Path) -> None:
    made = tmp_path / "made"
    made.mkdir()
    volumes = split(zipped([(f"{n}.XML", full_text(n)) for n in range(10, 20)]), made, 3)
    async with open_surroundings(tmp_path / "data") as around, running(around):
        folder = around.settings.watch_folder
        folder.mkdir(parents=True, exist_ok=True)
        for volume in (volumes[2], volumes[0]):
            volume.rename(folder / volume.name)
        await asyncio.sleep(0.3)
        assert await seen(around) == []
        volumes[1].rename(folder / volumes[1].name)
        await emptied(folder)
        (run,) = await around.store.runs.recent()
        assert (run.name, run.read, run.rejected) == ("day.zip", 10, 0)
        assert {one.publication.publication_number for one in await seen(around)} == {number(n) for n in range(10, 20)}
        assert {path.name for path in (folder / "done").iterdir()} == {volume.name for volume in volumes}
