"""Collection ``quarantine_items``: small contents in the table, large ones as files beside the database."""

import asyncio
import os
import shutil
import tempfile
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from shared.errors import NotFoundError
from shared.sqlite.failures import storage_full
from shared.sqlite.moments import to_microseconds
from shared.store.embedded.documents import Documents, encode
from shared.store.records import QuarantineItem

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import AsyncIterator, Sequence
    from datetime import datetime

    from shared.sqlite.database import Database

FOLDER = "quarantine"
LARGEST_IN_TABLE_BYTES = 64 * 1024

_documents = Documents(QuarantineItem)

_ONE = "SELECT doc FROM quarantine_items WHERE id = ?"


class EmbeddedQuarantine:
    """See `shared.store.port.Quarantine`."""

    def __init__(self, database: "Database") -> None:
        self._database = database
        self._folder = database.path.parent / FOLDER

    async def add(self, items: "Sequence[tuple[QuarantineItem, bytes | Path]]") -> None:
        """Store items with their raw content; files are safe before their rows are."""
        rows = await asyncio.to_thread(self._rows, items)
        if rows:
            await self._database.write(
                lambda connection: connection.executemany(
                    "INSERT INTO quarantine_items (id, name, reason_code, quarantined_at, replayed_at, doc, content)"
                    " VALUES (?, ?, ?, ?, NULL, ?, ?) ON CONFLICT DO NOTHING",
                    rows,
                )
            )

    async def get(self, item_id: str) -> QuarantineItem | None:
        """Return one."""
        return await self._database.read(partial(_documents.one, statement=_ONE, parameters=(item_id,)))

    @asynccontextmanager
    async def open(self, item_id: str) -> "AsyncIterator[Path]":
        """Give the raw content as a file to read."""
        row = await self._database.read(
            lambda connection: connection.execute(
                "SELECT content FROM quarantine_items WHERE id = ?", (item_id,)
            ).fetchone()
        )
        if row is None:
            raise _not_found(item_id)
        if row[0] is None:
            yield self._folder / item_id
            return
        with tempfile.TemporaryDirectory(prefix="zhitui-") as folder:
            path = Path(folder) / item_id
            await asyncio.to_thread(path.write_bytes, row[0])
            yield path

    async def recent(
        self, *, name: str | None = None, reason_code: str | None = None, waiting_only: bool = False, limit: int = 100
    ) -> list[QuarantineItem]:
        """Return items, newest first."""
        statement = (
            "SELECT doc FROM quarantine_items WHERE (?1 IS NULL OR name = ?1) AND (?2 IS NULL OR reason_code = ?2)"
            " AND NOT (?3 AND replayed_at IS NOT NULL) ORDER BY quarantined_at DESC, rowid DESC LIMIT ?4"
        )
        parameters = (name, reason_code, waiting_only, limit)
        return await self._database.read(partial(_documents.many, statement=statement, parameters=parameters))

    async def mark_replayed(self, item_id: str, *, at: "datetime") -> None:
        """Record that it was read again with success."""

        def work(connection: "sqlite3.Connection") -> None:
            item = _documents.one(connection, _ONE, (item_id,))
            if item is None:
                raise _not_found(item_id)
            connection.execute(
                "UPDATE quarantine_items SET replayed_at = ?, doc = ? WHERE id = ?",
                (to_microseconds(at), encode(msgspec.structs.replace(item, replayed_at=at)), item_id),
            )

        await self._database.write(work)

    async def counts(self) -> dict[str, int]:
        """Return reason code → how many wait."""
        return await self._database.read(
            lambda connection: dict(
                connection.execute(
                    "SELECT reason_code, count(*) FROM quarantine_items WHERE replayed_at IS NULL GROUP BY reason_code"
                )
            )
        )

    def _rows(self, items: "Sequence[tuple[QuarantineItem, bytes | Path]]") -> list[tuple[object, ...]]:
        try:
            return [
                (i.id, i.name, i.reason_code, to_microseconds(i.quarantined_at), encode(i), self._content(i.id, raw))
                for i, raw in items
            ]
        except OSError as error:
            raise storage_full(error.strerror or str(error), self._folder) from error

    def _content(self, item_id: str, raw: bytes | Path) -> bytes | None:
        """Return what goes into the table; ``None`` when the content is in a file, whole and safe."""
        if isinstance(raw, Path) and raw.stat().st_size <= LARGEST_IN_TABLE_BYTES:
            raw = raw.read_bytes()
        if isinstance(raw, bytes) and len(raw) <= LARGEST_IN_TABLE_BYTES:
            return raw
        self._folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=self._folder, prefix=".", delete=False) as file:
            fresh = Path(file.name)
            try:
                if isinstance(raw, Path):
                    with raw.open("rb") as source:
                        shutil.copyfileobj(source, file)
                else:
                    file.write(raw)
                file.flush()
                os.fsync(file.fileno())
                fresh.replace(self._folder / item_id)
            except BaseException:
                fresh.unlink(missing_ok=True)
                raise
        sync_folder(self._folder)
        return None


def sync_folder(folder: Path) -> None:
    """Make a rename in the folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _not_found(item_id: str) -> NotFoundError:
    return NotFoundError(f"隔离区里没有 {item_id}；用 zhitui quarantine list 看看有哪些。")
