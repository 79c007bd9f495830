"""The file as the backends see it: jobs that write, jobs that read."""

import asyncio
import sqlite3
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, TypeVar

from shared.sqlite.connection import connect, migrate
from shared.sqlite.failures import storage_full, translate
from shared.sqlite.readers import Readers
from shared.sqlite.writer import Writer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence
    from pathlib import Path

N = TypeVar("N")
T = TypeVar("T")


class Database:
    """One SQLite file in WAL mode; reads never wait for the writer. Other processes may use the same file.

    A job is a function of a connection. It runs on another thread, in a transaction that it neither begins nor ends.
    """

    def __init__(self, path: "Path", migrations: "Sequence[str]") -> None:
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(0o600)  # it holds people's addresses; SQLite gives its journals the same mode
            connection = connect(path)
            try:
                migrate(connection, migrations)
            except BaseException:
                connection.close()
                raise
        except sqlite3.Error as error:
            raise translate(error, path) from error
        except OSError as error:
            raise storage_full(error.strerror or str(error), path.parent) from error
        self._writer = Writer(path, connection)
        self._readers = Readers(path)

    async def write(self, work: "Callable[[sqlite3.Connection], T]") -> T:
        """Run a job that writes and return its result once it is safe on disk; when it raises, it has changed nothing.

        Raises:
            StorageFullError: there is no room, or no access.
            MisconfiguredError: the file is damaged.
        """
        value: T = await self._writer.submit(work)
        return value

    async def write_item(self, work: "Callable[[sqlite3.Connection, Sequence[N]], Sequence[T]]", item: N) -> T:
        """Write one item, in one go with those that others bring to the same job meanwhile; raises as `write` does.

        Args:
            work: returns a result for each item, in their order; the same function, or method of the same object, for all.
                When it raises for several, each is done alone, and only those for which it raises again have changed nothing.
            item: what is to be written.
        """
        value: T = await self._writer.submit_item(work, item)
        return value

    async def read(self, work: "Callable[[sqlite3.Connection], T]") -> T:
        """Run a job that reads; it sees one moment's content throughout.

        Raises:
            StorageFullError: the file cannot be read now.
            MisconfiguredError: the file is damaged.
        """
        value: T = await self._readers.submit(work)
        return value

    def close(self) -> None:
        """Finish what is queued and close the file."""
        self._readers.close()
        self._writer.close()


@asynccontextmanager
async def open_database(path: "Path", migrations: "Sequence[str]") -> "AsyncIterator[Database]":
    """Open the file for as long as the context lasts, made or brought up to date first.

    Raises:
        StorageFullError: the folder cannot be written.
        MisconfiguredError: the file is damaged, or from a newer version.
    """
    database = await asyncio.to_thread(Database, path, migrations)
    try:
        yield database
    finally:
        await asyncio.to_thread(database.close)
