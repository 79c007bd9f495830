"""The file as the backends see it: jobs that write, jobs that read."""

import asyncio
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, TypeVar

from shared.sqlite.connection import connect, migrate
from shared.sqlite.failures import storage_full, translate
from shared.sqlite.writer import Writer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence
    from pathlib import Path

T = TypeVar("T")

_READERS = 3


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
        self._readers = ThreadPoolExecutor(_READERS, thread_name_prefix="zhitui-reader")
        self._idle: list[sqlite3.Connection] = []

    async def write(self, work: "Callable[[sqlite3.Connection], T]") -> T:
        """Run a job that writes and return its result once it is safe on disk; when it raises, it has changed nothing.

        Raises:
            StorageFullError: there is no room, or no access.
            MisconfiguredError: the file is damaged.
        """
        value: T = await self._writer.submit(work)
        return value

    async def read(self, work: "Callable[[sqlite3.Connection], T]") -> T:
        """Run a job that reads; it sees one moment's content throughout.

        Raises:
            StorageFullError: the file cannot be read now.
            MisconfiguredError: the file is damaged.
        """
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._read, work)

    def _read(self, work: "Callable[[sqlite3.Connection], T]") -> T:
        connection = None
        try:
            connection = self._take()
            connection.execute("BEGIN")
            value = work(connection)
            connection.execute("COMMIT")
        except BaseException as error:
            if connection is not None:
                with suppress(sqlite3.Error):
                    connection.close()
            if isinstance(error, sqlite3.Error):
                raise translate(error, self.path) from error
            raise
        self._idle.append(connection)
        return value

    def _take(self) -> sqlite3.Connection:
        try:
            return self._idle.pop()
        except IndexError:
            return connect(self.path, read_only=True)

    def close(self) -> None:
        """Finish what is queued and close the file."""
        self._readers.shutdown()
        while self._idle:
            self._idle.pop().close()
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
