"""Collection ``quarantine_items``: small contents in the table, large ones as files beside the database."""

import asyncio
import tempfile
from contextlib import asynccontextmanager, closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from shared.errors import NotFoundError
from shared.sqlite.connection import connect
from shared.sqlite.moments import to_microseconds
from shared.store.embedded.documents import KEYS, Documents, encode, keys
from shared.store.embedded.quarantine_files import QuarantineFiles
from shared.store.quarantined import Held, QuarantineItem, Wanted, seen_again

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import AsyncIterator, Sequence
    from datetime import datetime

    from shared.sqlite.database import Database

_COLUMNS = ("name", "source", "reason_code", "quarantined_at", "last_seen_at", "replayed_at", "held_bytes", "doc")

_SET = ", ".join(f"{column} = excluded.{column}" for column in (*_COLUMNS, "content"))
UPSERT = (
    f"INSERT INTO quarantine_items (id, {', '.join(_COLUMNS)}, content)"  # noqa: S608 - constants
    f" VALUES (?, {', '.join('?' * len(_COLUMNS))}, ?) ON CONFLICT (id) DO UPDATE SET {_SET}"
)
"""Takes an id, `columns` and what lies in the table of the content."""

_CHANGE = f"UPDATE quarantine_items SET {', '.join(f'{column} = ?' for column in _COLUMNS)} WHERE id = ?"  # noqa: S608 - constants
_ONE = "SELECT doc FROM quarantine_items WHERE id = ?"
_KNOWN = f"SELECT id, content IS NULL FROM quarantine_items WHERE id IN {KEYS}"  # noqa: S608 - a constant
_WANTED = (
    "(?1 IS NULL OR source = ?1) AND (?2 IS NULL OR name = ?2)"
    " AND (?3 IS NULL OR reason_code IN (SELECT value FROM json_each(?3)))"
    " AND (?4 IS NULL OR last_seen_at >= ?4) AND (?5 IS NULL OR last_seen_at < ?5)"
    " AND (?6 IS NULL OR (replayed_at IS NULL) = ?6)"
)
_PAGE = {
    newest_first: (
        f"SELECT doc FROM quarantine_items WHERE {_WANTED} AND (?7 IS NULL OR (quarantined_at, id) {than} (?7, ?8))"  # noqa: S608 - constants
        f" ORDER BY quarantined_at {order}, id {order} LIMIT ?9"
    )
    for newest_first, than, order in ((False, ">", "ASC"), (True, "<", "DESC"))
}

_documents = Documents(QuarantineItem)


class EmbeddedQuarantine:
    """See `shared.store.intake.Quarantine`."""

    def __init__(self, database: "Database") -> None:
        self._database = database
        self._files = QuarantineFiles(database.path.parent)

    async def add(self, items: "Sequence[tuple[QuarantineItem, bytes | Path]]") -> None:
        """Store items with their raw content; files are safe before their rows are."""
        left = list(items)
        while left:
            known = await self._known([item.id for item, _ in left])
            rows = await asyncio.to_thread(self._rows, left, known)
            # What was forgotten since it was looked for comes once more, with its content.
            gone = await self._database.write(partial(_add, rows=rows))
            left = [(item, raw) for item, raw in left if item.id in gone]

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
            path = self._files.path(item_id)
            if not await asyncio.to_thread(path.exists):
                raise NotFoundError(
                    f"{item_id} 的原文 {path} 已经不在；请从备份恢复，或用 zhitui quarantine forget 除去这一条。"
                )
            yield path
            return
        with tempfile.TemporaryDirectory(prefix="zhitui-") as folder:
            path = Path(folder) / item_id
            await asyncio.to_thread(path.write_bytes, row[0])
            yield path

    async def recent(self, wanted: Wanted | None = None, *, limit: int = 100) -> list[QuarantineItem]:
        """Return items, newest first."""
        return await self._page(wanted or Wanted(), newest_first=True, size=limit)

    async def mark_replayed(self, item_id: str, *, at: "datetime") -> None:
        """Record that it was read again with success."""

        def work(connection: "sqlite3.Connection") -> None:
            item = _documents.one(connection, _ONE, (item_id,))
            if item is None:
                raise _not_found(item_id)
            _change(connection, msgspec.structs.replace(item, replayed_at=at))

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

    async def walk(
        self, wanted: Wanted, *, newest_first: bool = False, batch_size: int = 200
    ) -> "AsyncIterator[list[QuarantineItem]]":
        """Walk over items by when they were first seen."""
        last = None
        while found := await self._page(wanted, newest_first=newest_first, size=batch_size, last=last):
            last = found[-1]
            yield found

    async def forget(self, item_ids: "Sequence[str]") -> int:
        """Erase items: their files first, so that a row tells of what a kill leaves; pages of the database are overwritten."""

        def work(connection: "sqlite3.Connection") -> int:
            connection.execute("PRAGMA secure_delete = ON")
            return connection.execute(f"DELETE FROM quarantine_items WHERE id IN {KEYS}", (keys(item_ids),)).rowcount  # noqa: S608 - a constant

        await asyncio.to_thread(self._files.remove, item_ids)
        forgotten = await self._database.write(work)
        await asyncio.to_thread(self._empty_journal)
        return forgotten

    async def held(self) -> dict[str, Held]:
        """Return reason code → how much there is."""
        rows = await self._database.read(
            lambda connection: connection.execute(
                "SELECT reason_code, count(*), sum(held_bytes) FROM quarantine_items GROUP BY reason_code"
            ).fetchall()
        )
        return {code: Held(count=count, size_bytes=size) for code, count, size in rows}

    async def _page(
        self, wanted: Wanted, *, newest_first: bool, size: int, last: QuarantineItem | None = None
    ) -> list[QuarantineItem]:
        """Return what comes first, or first after ``last``."""
        beyond = (None, None) if last is None else (to_microseconds(last.quarantined_at), last.id)
        parameters = (*_conditions(wanted), *beyond, size)
        return await self._database.read(partial(_documents.many, statement=_PAGE[newest_first], parameters=parameters))

    def _empty_journal(self) -> None:
        """Take what was overwritten out of the journal too; while others read that stays for a while."""
        with closing(connect(self._database.path)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    async def _known(self, item_ids: list[str]) -> set[str]:
        """Return those whose content lies here."""
        rows = await self._database.read(lambda connection: connection.execute(_KNOWN, (keys(item_ids),)).fetchall())
        return {item_id for item_id, in_file in rows if not in_file or self._files.path(item_id).exists()}

    def _rows(self, items: "list[tuple[QuarantineItem, bytes | Path]]", known: set[str]) -> "list[_Row]":
        return [(item, None) if item.id in known else (item, (self._files.keep(item.id, raw),)) for item, raw in items]


_Row = tuple[QuarantineItem, tuple[bytes | None] | None]
"""An item and what goes into the table of its content (nothing of one in a file); without, when it was there already."""


def columns(item: QuarantineItem) -> tuple[object, ...]:
    """Return what the columns hold of an item, but for its id and its content."""
    moments = (item.quarantined_at, item.seen_at, item.replayed_at)
    in_microseconds = (None if at is None else to_microseconds(at) for at in moments)
    return (item.name, item.source, item.reason_code, *in_microseconds, item.held_bytes, encode(item))


def _add(connection: "sqlite3.Connection", rows: "list[_Row]") -> set[str]:
    """Add items, or unite them with those that are there; return the ids of those that are gone meanwhile."""
    gone = set()
    for item, content in rows:
        there = _documents.one(connection, _ONE, (item.id,))
        whole = item if there is None else seen_again(there, item)
        if content is not None:
            connection.execute(UPSERT, (item.id, *columns(whole), *content))
        elif there is not None:
            _change(connection, whole)
        else:
            gone.add(item.id)
    return gone


def _change(connection: "sqlite3.Connection", item: QuarantineItem) -> None:
    connection.execute(_CHANGE, (*columns(item), item.id))


def _conditions(wanted: Wanted) -> tuple[object, ...]:
    codes = None if wanted.reason_codes is None else keys(wanted.reason_codes)
    since, before = (None if at is None else to_microseconds(at) for at in (wanted.since, wanted.before))
    return (wanted.source, wanted.name, codes, since, before, wanted.waiting)


def _not_found(item_id: str) -> NotFoundError:
    return NotFoundError(f"隔离区里没有 {item_id}；用 zhitui quarantine list 看看有哪些。")
