"""The embedded store as a whole: read at one moment, written as it is, closed."""

import asyncio
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, TypeVar

import msgspec

from shared.filing.kinds import KINDS
from shared.sqlite.connection import connect
from shared.sqlite.failures import translate
from shared.store.archived import COLLECTIONS, Closure, ClosureState
from shared.store.embedded import archive_quarantine, fence, matches, shelf_rows
from shared.store.embedded.archive_tables import MATCHES, TABLES
from shared.store.embedded.changes import Changes
from shared.store.embedded.documents import encode
from shared.store.embedded.quarantine_files import FOLDER
from shared.store.embedded.subscriptions import forget as forget_subscription
from shared.store.embedded.subscriptions import forget_all as forget_all_subscriptions
from shared.store.embedded.subscriptions import put as put_subscription
from shared.store.quarantined import QuarantineItem

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Sequence
    from pathlib import Path

    from shared.sqlite.database import Database
    from shared.store.archived import Document, Key

T = TypeVar("T")

QUARANTINE = "quarantine_items"
SUBSCRIPTIONS = "subscriptions"
_FILED = frozenset(kind.name for kind in KINDS)
_BATCH_BYTES = 4 * 1024 * 1024
"""Of quarantined contents that are in memory at a time."""

_item = msgspec.json.Decoder(QuarantineItem).decode
_closure = msgspec.json.Decoder(Closure).decode


class EmbeddedArchive:
    """See `shared.store.archived.Archive`; `changes` is what only this backend has."""

    def __init__(self, database: "Database") -> None:
        self._database = database
        self._folder = database.path.parent / FOLDER
        self.changes = Changes(database, self._folder)

    @asynccontextmanager
    async def snapshot(self) -> "AsyncIterator[EmbeddedSnapshot]":
        """Hold one moment's content; the write-ahead log grows by what is written meanwhile."""
        with ThreadPoolExecutor(1, thread_name_prefix="zhitui-snapshot") as thread:
            snapshot = EmbeddedSnapshot(self._database.path, thread)
            try:
                await snapshot.begin()
                yield snapshot
            finally:
                await snapshot.end()

    async def counts(self) -> dict[str, int]:
        """Return collection → how many documents it has now."""
        return await self._database.read(_counts)

    async def write(self, collection: str, documents: "Sequence[Document]") -> None:
        """Add or replace documents, exactly as they are."""
        if collection == QUARANTINE:
            rows = await asyncio.to_thread(archive_quarantine.save_parts, documents, self._folder)  # type: ignore[arg-type]
            await self._database.write(partial(archive_quarantine.upsert, rows=rows))
        elif collection == SUBSCRIPTIONS:
            await self._database.write(partial(_put_subscriptions, documents=documents))
        elif collection == MATCHES:
            await self._database.write(partial(matches.record, matches=documents))  # type: ignore[arg-type]  # counts follow
        elif collection in _FILED:
            upsert = TABLES[collection].upsert
            await self._database.write(
                partial(shelf_rows.put, kind=collection, upsert=upsert, records=documents)  # type: ignore[arg-type]
            )
        else:
            table = TABLES[collection]
            rows = [table.row(document) for document in documents]
            await self._database.write(lambda connection: connection.executemany(table.upsert, rows))

    async def remove(self, collection: str, keys: "Sequence[Key]") -> None:
        """Forget documents."""
        where = TABLES[collection].where if collection in TABLES else "id = ?"

        def work(connection: sqlite3.Connection) -> None:
            for key in keys:
                if collection == SUBSCRIPTIONS:
                    forget_subscription(connection, str(key[0]))
                elif collection == MATCHES:
                    matches.forget(connection, str(key[0]))
                else:
                    connection.execute(f"DELETE FROM {collection} WHERE {where}", key)  # noqa: S608 - names of the code

        await self._database.write(work)

    async def clear(self) -> None:
        """Forget all documents; quarantined files go when no row names them any more."""

        def work(connection: sqlite3.Connection) -> None:
            forget_all_subscriptions(connection)
            for name in (*COLLECTIONS, "match_counts", "idempotency_keys"):
                connection.execute(f"DELETE FROM {name}")  # noqa: S608 - names of the code

        await self._database.write(work)
        await asyncio.to_thread(_empty_folder, self._folder)

    async def closure(self) -> Closure | None:
        """Return why nobody may work on this store."""
        return await self._database.read(_read_closure)

    async def close(self, closure: Closure) -> None:
        """Close the store; a ``CLOSED`` one refuses every write, whichever process or version tries it."""

        def work(connection: sqlite3.Connection) -> None:
            fence.lower(connection)
            connection.execute(
                "INSERT INTO closures (id, doc) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET doc = excluded.doc",
                (encode(closure),),
            )
            if closure.state is ClosureState.CLOSED:
                fence.put_up(connection, closure.reason)

        await self._database.write(work)

    async def reopen(self) -> None:
        """Let everybody work on it again."""

        def work(connection: sqlite3.Connection) -> None:
            fence.lower(connection)
            connection.execute("DELETE FROM closures")

        await self._database.write(work)


class EmbeddedSnapshot:
    """See `shared.store.archived.Snapshot`: one read transaction on a thread of its own."""

    def __init__(self, path: "Path", thread: ThreadPoolExecutor) -> None:
        self._path = path
        self._folder = path.parent / FOLDER
        self._thread = thread
        self._connection: sqlite3.Connection | None = None

    async def begin(self) -> None:
        """Open the transaction; a first read makes it hold this moment."""

        def work() -> None:
            self._connection = connect(self._path, read_only=True)
            self._connection.execute("BEGIN")
            self._connection.execute("SELECT count(*) FROM sqlite_master").fetchone()

        await self._do(work)

    async def end(self) -> None:
        """Let the moment go."""
        if self._connection is not None:
            await self._do(self._connection.close)

    async def counts(self) -> dict[str, int]:
        """Return collection → how many documents it has."""
        return await self._do(lambda: _counts(self._open))

    async def walk(self, collection: str, *, batch_size: int = 500) -> "AsyncIterator[list[Document]]":
        """Walk over all documents of a collection, in the order in which they were added."""
        batches = self._quarantined() if collection == QUARANTINE else self._documents(collection, batch_size)
        while batch := await self._do(lambda: next(batches, None)):
            yield batch

    def _documents(self, collection: str, batch_size: int) -> "Iterator[list[Document]]":
        table = TABLES[collection]
        cursor = self._open.execute(table.all)
        while rows := cursor.fetchmany(batch_size):
            yield [table.read(row) for row in rows]

    def _quarantined(self) -> "Iterator[list[Document]]":
        batch: list[Document] = []
        size = 0
        for doc, content in self._open.execute(archive_quarantine.ALL):
            for part in archive_quarantine.parts(_item(doc), content, self._folder):
                batch.append(part)
                size += len(part.content)
                if size >= _BATCH_BYTES:
                    yield batch
                    batch, size = [], 0
        if batch:
            yield batch

    @property
    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            raise RuntimeError("the snapshot has not begun")
        return self._connection

    async def _do(self, work: "Callable[[], T]") -> "T":
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, work)
        except sqlite3.Error as error:
            raise translate(error, self._path) from error


def _counts(connection: sqlite3.Connection) -> dict[str, int]:
    return {
        name: int(connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0])  # noqa: S608 - names of the code
        for name in COLLECTIONS
    }


def _read_closure(connection: sqlite3.Connection) -> Closure | None:
    row = connection.execute("SELECT doc FROM closures").fetchone()
    return None if row is None else _closure(row[0])


def _put_subscriptions(connection: sqlite3.Connection, documents: "Sequence[Document]") -> None:
    for document in documents:
        put_subscription(connection, document)  # type: ignore[arg-type]


def _empty_folder(folder: "Path") -> None:
    if folder.is_dir():
        for file in folder.iterdir():
            file.unlink(missing_ok=True)
