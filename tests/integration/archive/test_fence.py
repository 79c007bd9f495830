"""A closed database file refuses writes, whoever tries them; a process that works on it comes to an end."""

import asyncio
import sqlite3
from pathlib import Path

import pytest

from shared.bus.port import Record
from shared.bus.topics import PUBLICATIONS
from shared.embedded import DATABASE_FILE
from shared.errors import MisconfiguredError
from shared.runtime.process import run_process
from shared.store.archived import Closure, ClosureState
from tests.contract.made import NOW, destination, profile
from tests.integration.archive.filled import fill, held
from tests.integration.runtime.fakes import ScriptedRole, opener
from tests.surroundings import open_surroundings

MOVED = Closure(state=ClosureState.CLOSED, reason="已搬走：it's in MongoDB now。", since=NOW)


async def test_a_closed_store_refuses_every_write_and_says_why(tmp_path: Path) -> None:
    async with open_surroundings(tmp_path) as around:
        await fill(around, 1)
        before = await held(around)
        await around.store.archive.close(MOVED)
        writes = (
            around.store.profiles.put([profile()], saved_at=NOW),
            around.store.destinations.put(destination()),
            around.store.profiles.remove("p-1"),
            around.store.subscriptions.remove("s-1"),
            around.bus.append(PUBLICATIONS, [Record(key="CN1A", value=b"x")]),
        )
        for write in writes:
            with pytest.raises(MisconfiguredError, match=r"已搬走：it's in MongoDB now。"):
                await write
        with pytest.raises(MisconfiguredError, match="已搬走"):
            async with around.bus.consumer(PUBLICATIONS, "matcher"):
                pass
        assert await held(around) == before
        await around.store.archive.reopen()
        await around.store.profiles.put([profile()], saved_at=NOW)


async def test_every_table_is_behind_the_fence(tmp_path: Path) -> None:
    async with open_surroundings(tmp_path) as around:
        await around.store.archive.close(MOVED)
    with sqlite3.connect(tmp_path / DATABASE_FILE) as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        fenced = {name for (name,) in connection.execute("SELECT tbl_name FROM sqlite_master WHERE type = 'trigger'")}
    connection.close()
    assert tables - fenced == {"closures", "archive_changes", "sqlite_sequence"}


@pytest.mark.parametrize("state", [ClosureState.CLOSING, ClosureState.CLOSED, ClosureState.FILLING])
async def test_a_running_process_finishes_its_work_and_ends_with_the_reason(
    tmp_path: Path, state: ClosureState
) -> None:
    async with open_surroundings(tmp_path) as around:
        role = ScriptedRole(finishing_seconds=0.2)
        running = asyncio.create_task(run_process(around, [opener(role)]))
        await asyncio.sleep(0.1)
        assert not running.done()
        await around.store.archive.close(Closure(state=state, reason="正在搬家，请改设置。", since=NOW))
        with pytest.raises(MisconfiguredError, match="正在搬家，请改设置。"):
            await asyncio.wait_for(running, 10)
        assert role.finished


async def test_nobody_is_disturbed_while_a_store_is_only_copied(tmp_path: Path) -> None:
    async with open_surroundings(tmp_path) as around:
        await around.store.archive.close(Closure(state=ClosureState.COPYING, reason="", since=NOW))
        role = ScriptedRole(todo=3)
        await asyncio.wait_for(run_process(around, [opener(role)], until_idle=True), 10)
        assert role.done == 3
        await around.store.profiles.put([profile()], saved_at=NOW)
