"""What changes while the store is copied: triggers note the key of every document that is written or removed."""

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec

from shared.store.archived import COLLECTIONS
from shared.store.embedded import archive_quarantine
from shared.store.embedded.archive_tables import TABLES
from shared.store.quarantined import QuarantineItem

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import AsyncIterator, Sequence
    from pathlib import Path

    from shared.sqlite.database import Database
    from shared.store.archived import Document, Key, QuarantinePart

_PREFIX = "changed_"

_key = msgspec.json.Decoder(tuple[str | int, ...]).decode
_item = msgspec.json.Decoder(QuarantineItem).decode


@dataclass(frozen=True, slots=True)
class Changed:
    """Some of what changed, as it is now.

    Attributes:
        up_to: hand it to `Changes.forget` when all this has been copied.
        documents: by collection, what was written.
        removed: by collection, the keys of what is there no more.
        quarantined: ids of quarantined inputs that were written; ask `Changes.parts` for them, as they may be large.
    """

    up_to: int
    documents: "dict[str, list[Document]]" = field(default_factory=dict)
    removed: "dict[str, list[Key]]" = field(default_factory=dict)
    quarantined: list[str] = field(default_factory=list)


class Changes:
    """The note of changes of one database file."""

    def __init__(self, database: "Database", quarantine_folder: "Path") -> None:
        self._database = database
        self._folder = quarantine_folder

    async def begin(self) -> None:
        """Note every change from now on; when that is so already, go on."""

        def work(connection: "sqlite3.Connection") -> None:
            for name in COLLECTIONS:
                columns = TABLES[name].key if name in TABLES else ("id",)
                for event, row in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD")):
                    key = ", ".join(f"{row}.{column}" for column in columns)
                    connection.execute(
                        f"CREATE TRIGGER IF NOT EXISTS {_PREFIX}{name}_{event.lower()} AFTER {event} ON {name} BEGIN"  # noqa: S608 - names of the code
                        f" INSERT INTO archive_changes (collection, key) VALUES ('{name}', json_array({key})); END"
                    )

        await self._database.write(work)

    async def end(self) -> None:
        """Note nothing any more, and forget what was noted."""

        def work(connection: "sqlite3.Connection") -> None:
            triggers = connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name GLOB ?", (f"{_PREFIX}*",)
            ).fetchall()
            for (name,) in triggers:
                connection.execute(f"DROP TRIGGER {name}")
            connection.execute("DELETE FROM archive_changes")

        await self._database.write(work)

    async def count(self) -> int:
        """Return how many changes are noted."""
        return await self._database.read(
            lambda connection: int(connection.execute("SELECT count(*) FROM archive_changes").fetchone()[0])
        )

    async def next(self, limit: int) -> Changed | None:
        """Return the oldest changes, up to so many, as their documents are now; ``None`` when there are none."""
        return await self._database.read(lambda connection: self._next(connection, limit))

    async def forget(self, up_to: int) -> None:
        """Forget changes that have been copied; what changed again since then is noted further on."""
        await self._database.write(
            lambda connection: connection.execute("DELETE FROM archive_changes WHERE place <= ?", (up_to,))
        )

    async def parts(self, item_id: str) -> "AsyncIterator[QuarantinePart]":
        """Return a quarantined input part by part; nothing when it is gone meanwhile."""
        row = await self._database.read(
            lambda connection: connection.execute(
                "SELECT doc, content FROM quarantine_items WHERE id = ?", (item_id,)
            ).fetchone()
        )
        parts = iter(()) if row is None else archive_quarantine.parts(_item(row[0]), row[1], self._folder)
        while (part := await asyncio.to_thread(next, parts, None)) is not None:
            yield part

    def _next(self, connection: "sqlite3.Connection", limit: int) -> Changed | None:
        rows = connection.execute(
            "SELECT place, collection, key FROM archive_changes ORDER BY place LIMIT ?", (limit,)
        ).fetchall()
        if not rows:
            return None
        changed = Changed(up_to=rows[-1][0])
        for collection, key in dict.fromkeys((collection, _key(key)) for _, collection, key in rows):
            row = self._row(connection, collection, key)
            if row is None:
                changed.removed.setdefault(collection, []).append(key)
            elif collection in TABLES:
                changed.documents.setdefault(collection, []).append(TABLES[collection].read(row))
            else:
                changed.quarantined.append(str(key[0]))
        return changed

    @staticmethod
    def _row(connection: "sqlite3.Connection", collection: str, key: "Key") -> "Sequence[Any] | None":
        table = TABLES.get(collection)
        shown, where = (("id",), "id = ?") if table is None else (table.shown, table.where)
        row: Sequence[Any] | None = connection.execute(
            f"SELECT {', '.join(shown)} FROM {collection} WHERE {where}",  # noqa: S608 - names of the code
            key,
        ).fetchone()
        return row
