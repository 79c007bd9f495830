"""What reading promises: questions of one turn go together, none spoils another, and the long ones leave threads for the others."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared.sqlite.database import Database, open_database

MIGRATIONS = ("CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT",)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with open_database(tmp_path / "a.db", MIGRATIONS) as opened:
        yield opened


def count(connection: sqlite3.Connection) -> int:
    return int(connection.execute("SELECT count(*) FROM notes").fetchone()[0])


def note(connection: sqlite3.Connection) -> None:
    connection.execute("INSERT INTO notes (text) VALUES ('a')")


async def test_what_is_asked_in_one_turn_is_answered_by_one_thread(database: Database) -> None:
    names = await asyncio.gather(*(database.read(lambda _: threading.current_thread().name) for _ in range(5)))
    assert len(set(names)) == 1
    assert names[0].startswith("zhitui-reader")


async def test_what_is_asked_in_one_turn_sees_one_moment(database: Database) -> None:
    has_read, has_written = threading.Event(), threading.Event()

    def first(connection: sqlite3.Connection) -> int:
        seen = count(connection)
        has_read.set()
        has_written.wait(5)
        return seen

    both = asyncio.gather(database.read(first), database.read(count))
    await asyncio.to_thread(has_read.wait, 5)
    await database.write(note)
    has_written.set()
    assert [*await both] == [0, 0]
    assert await database.read(count) == 1


async def test_a_question_that_cannot_be_answered_spoils_no_other(database: Database) -> None:
    def wrong(connection: sqlite3.Connection) -> None:
        connection.execute("SELECT * FROM nowhere")

    await database.write(note)
    found = await asyncio.gather(*map(database.read, (count, wrong, count)), return_exceptions=True)
    assert (found[0], found[2]) == (1, 1)
    assert isinstance(found[1], sqlite3.OperationalError)


async def test_a_long_question_holds_up_neither_those_of_later_turns_nor_all_of_a_crowd(database: Database) -> None:
    is_over = threading.Event()

    async def ask_later() -> int:
        await asyncio.sleep(0)
        return await database.read(count)

    long = asyncio.ensure_future(database.read(lambda _: is_over.wait(5)))
    assert await asyncio.gather(*(ask_later() for _ in range(20))) == [0] * 20
    is_over.set()
    assert await long


async def test_who_gives_up_disturbs_nobody(database: Database) -> None:
    giving_up = asyncio.ensure_future(database.read(count))
    others = asyncio.gather(*(database.read(count) for _ in range(3)))
    giving_up.cancel()
    assert await others == [0, 0, 0]


async def test_a_closed_file_answers_nobody(tmp_path: Path) -> None:
    async with open_database(tmp_path / "b.db", MIGRATIONS) as opened:
        asked = asyncio.ensure_future(opened.read(count))
        for _ in range(2):  # what was asked in the turn in which it is closed is refused, too
            await asyncio.sleep(0)
    assert await asked == 0
    with pytest.raises(RuntimeError, match="closed"):
        await opened.read(count)
