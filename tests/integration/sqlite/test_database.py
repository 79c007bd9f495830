"""What the file promises: group commit, one failing job alone, full disks survived, strangers refused."""

import asyncio
import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from shared.errors import InvalidInputError, MisconfiguredError, StorageFullError
from shared.sqlite.connection import connect
from shared.sqlite.database import Database, open_database

MIGRATIONS = ("CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT",)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with open_database(tmp_path / "data" / "a.db", MIGRATIONS) as opened:
        yield opened
        assert await opened.read(lambda c: c.execute("PRAGMA integrity_check").fetchall()) == [("ok",)]


async def note(database: Database, text: str) -> None:
    await database.write(lambda c: c.execute("INSERT INTO notes (text) VALUES (?)", (text,)))


async def texts(database: Database) -> list[str]:
    rows = await database.read(lambda c: c.execute("SELECT text FROM notes ORDER BY id").fetchall())
    return [text for (text,) in rows]


async def test_writes_that_wait_together_are_committed_together(database: Database) -> None:
    commits = []
    await database.write(lambda c: c.set_trace_callback(lambda sql: commits.append(sql) if sql == "COMMIT" else None))
    await asyncio.gather(*(note(database, str(n)) for n in range(100)))
    assert await texts(database) == [str(n) for n in range(100)]
    assert len(commits) < 50


async def test_a_failing_job_takes_no_other_with_it_and_leaves_nothing(database: Database) -> None:
    def half_done(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO notes (text) VALUES ('half')")
        raise InvalidInputError("停")

    outcomes = await asyncio.gather(
        note(database, "a"), database.write(half_done), note(database, "b"), return_exceptions=True
    )
    assert isinstance(outcomes[1], InvalidInputError)
    assert await texts(database) == ["a", "b"]


def shouted(connection: sqlite3.Connection, items: Sequence[str]) -> list[str]:
    connection.execute("INSERT INTO notes (text) VALUES (?)", (" ".join(items),))
    if "bad" in items:
        raise InvalidInputError("停")
    return [item.upper() for item in items]


async def test_items_of_one_job_that_wait_together_are_written_in_one_go(database: Database) -> None:
    assert await asyncio.gather(*(database.write_item(shouted, one) for one in "abcdef")) == list("ABCDEF")
    rows = await texts(database)
    assert " ".join(rows) == "a b c d e f"
    assert len(rows) < len("abcdef")


async def test_an_item_that_cannot_be_written_takes_no_other_with_it(database: Database) -> None:
    items = ("a", "bad", "b")
    outcomes = await asyncio.gather(*(database.write_item(shouted, one) for one in items), return_exceptions=True)
    assert outcomes[::2] == ["A", "B"]
    assert isinstance(outcomes[1], InvalidInputError)
    assert await texts(database) == ["a", "b"]


async def test_items_and_other_jobs_are_done_in_the_order_in_which_they_came(database: Database) -> None:
    await asyncio.gather(
        database.write_item(shouted, "a"), note(database, "x"), database.write_item(shouted, "b"), note(database, "y")
    )
    assert await texts(database) == ["a", "x", "b", "y"]


async def test_no_cursor_leaves_the_thread_that_writes(database: Database) -> None:
    rows = [(str(n),) for n in range(3)]
    left: object = await database.write(lambda c: c.executemany("INSERT INTO notes (text) VALUES (?)", rows))
    assert left is None
    assert await texts(database) == ["0", "1", "2"]


async def test_a_mistake_in_a_statement_is_told_as_it_is(database: Database) -> None:
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        await database.write(lambda c: c.execute("SELECT * FROM nowhere"))
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        await database.read(lambda c: c.execute("SELECT * FROM nowhere"))
    await note(database, "a")
    assert await texts(database) == ["a"]


async def test_readers_cannot_write(database: Database) -> None:
    with pytest.raises(StorageFullError):
        await database.read(lambda c: c.execute("INSERT INTO notes (text) VALUES ('a')"))
    assert await texts(database) == []


async def test_reads_do_not_wait_for_the_writer(database: Database) -> None:
    other = connect(database.path)
    other.execute("BEGIN IMMEDIATE")
    writing = asyncio.create_task(note(database, "a"))
    try:
        async with asyncio.timeout(2):
            assert await texts(database) == []
    finally:
        other.execute("COMMIT")
        other.close()
    await writing


async def test_a_caller_that_gives_up_does_not_disturb_the_writer(database: Database) -> None:
    giving_up = asyncio.create_task(note(database, "a"))
    await asyncio.sleep(0)
    giving_up.cancel()
    await note(database, "b")
    assert (await texts(database))[-1] == "b"


async def test_after_a_full_disk_the_same_process_goes_on_by_itself(database: Database) -> None:
    await note(database, "before")
    pages = await database.write(lambda c: int(c.execute("PRAGMA page_count").fetchone()[0]))
    await database.write(lambda c: c.execute(f"PRAGMA max_page_count = {pages + 2}"))
    with pytest.raises(StorageFullError, match="磁盘已满"):
        await note(database, "x" * 100_000)
    await note(database, "small")
    await database.write(lambda c: c.execute("PRAGMA max_page_count = 1000000"))
    await note(database, "x" * 100_000)
    assert [text[:6] for text in await texts(database)] == ["before", "small", "xxxxxx"]


async def test_after_a_failing_disk_the_writer_starts_over(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(connection: sqlite3.Connection) -> None:
        connection.execute("ROLLBACK")
        error = sqlite3.OperationalError("disk I/O error")
        error.sqlite_errorcode = sqlite3.SQLITE_IOERR_WRITE
        raise error

    outcomes = await asyncio.gather(note(database, "a"), database.write(broken), return_exceptions=True)
    assert isinstance(outcomes[1], StorageFullError)
    await note(database, "b")
    assert (await texts(database))[-1] == "b"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", str(disk)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("mounting a small disk is not permitted here")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


async def test_a_job_that_meddles_with_the_transaction_is_refused_and_the_writer_lives_on(database: Database) -> None:
    with pytest.raises(sqlite3.OperationalError, match="savepoint"):
        await database.write(lambda c: c.execute("RELEASE job"))
    await note(database, "after")
    assert await texts(database) == ["after"]


async def test_a_real_full_disk_is_survived(small_disk: Path) -> None:
    async with open_database(small_disk / "a.db", MIGRATIONS) as database:
        ballast = small_disk / "ballast"
        ballast.write_bytes(b"x" * 100_000)
        outcomes = [await settled(database, f"{n}:" + "x" * 20_000) for n in range(30)]
        (refused,) = {str(outcome) for outcome in outcomes if isinstance(outcome, StorageFullError)}
        assert str(small_disk) in refused
        stored = [n for n, outcome in enumerate(outcomes) if outcome is None]
        assert [int(text.partition(":")[0]) for text in await texts(database)] == stored
        ballast.unlink()
        await note(database, "after")
        assert (await texts(database))[-1] == "after"
        assert await database.read(lambda c: c.execute("PRAGMA integrity_check").fetchall()) == [("ok",)]


async def settled(database: Database, text: str) -> BaseException | None:
    (outcome,) = await asyncio.gather(note(database, text), return_exceptions=True)
    return outcome


async def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    path.write_bytes(b"this is no database, and it is long enough to be looked at" * 100)
    with pytest.raises(MisconfiguredError, match="已损坏"):
        async with open_database(path, MIGRATIONS):
            pass


async def test_a_file_of_a_newer_version_is_refused_untouched(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    async with open_database(path, MIGRATIONS) as database:
        await database.write(lambda c: c.execute("PRAGMA user_version = 7"))
    with pytest.raises(MisconfiguredError, match="7"):
        async with open_database(path, MIGRATIONS):
            pass


async def test_a_file_is_brought_up_to_date_step_by_step_and_a_failing_step_leaves_it_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    async with open_database(path, MIGRATIONS) as database:
        await note(database, "a")
    with pytest.raises(sqlite3.OperationalError):
        async with open_database(path, (*MIGRATIONS, "CREATE TABLE more (id INTEGER); CREATE nonsense")):
            pass
    async with open_database(path, (*MIGRATIONS, "CREATE TABLE more (id INTEGER)")) as database:
        await database.write(lambda c: c.execute("INSERT INTO more VALUES (1)"))
        assert await texts(database) == ["a"]


async def test_many_that_open_a_new_file_at_once_all_succeed(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        opened = await asyncio.gather(
            *(stack.enter_async_context(open_database(tmp_path / "a.db", MIGRATIONS)) for _ in range(6))
        )
        await asyncio.gather(*(note(database, "a") for database in opened))
        assert len(await texts(opened[0])) == 6


async def test_a_folder_that_cannot_be_made_says_which_and_what_to_do(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("")
    with pytest.raises(StorageFullError, match=str(in_the_way)):
        async with open_database(in_the_way / "a.db", MIGRATIONS):
            pass


async def test_a_folder_in_the_place_of_the_file_says_so(tmp_path: Path) -> None:
    (tmp_path / "a.db").mkdir()
    with pytest.raises(StorageFullError, match="打不开"):
        async with open_database(tmp_path / "a.db", MIGRATIONS):
            pass


async def test_only_its_owner_can_read_the_file(database: Database) -> None:
    await note(database, "a")
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in database.path.parent.iterdir()}
    assert modes == {"a.db": 0o600, "a.db-wal": 0o600, "a.db-shm": 0o600}


async def test_a_closed_database_takes_no_more_writes(tmp_path: Path) -> None:
    async with open_database(tmp_path / "a.db", MIGRATIONS) as database:
        await note(database, "a")
    with pytest.raises(RuntimeError, match="closed"):
        await note(database, "b")


WRITE_FROM_OUTSIDE = """
import sqlite3, sys
from pathlib import Path
from shared.sqlite.connection import connect
connection = connect(Path(sys.argv[1]))
for n in range(200):
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("INSERT INTO notes (text) VALUES (?)", (f"outside {n}",))
    connection.execute("COMMIT")
"""


async def test_two_processes_write_the_same_file_and_lose_nothing(database: Database) -> None:
    outside = await asyncio.create_subprocess_exec(
        sys.executable, "-c", WRITE_FROM_OUTSIDE, str(database.path), env={**os.environ, "PYTHONPATH": str(Path.cwd())}
    )
    for n in range(200):
        await note(database, f"inside {n}")
    assert await outside.wait() == 0
    found = await texts(database)
    for side in ("inside", "outside"):
        assert [text for text in found if text.startswith(side)] == [f"{side} {n}" for n in range(200)]
