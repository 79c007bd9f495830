"""Documents of one kind that have an owner; what is over goes with the next that is written."""

from typing import TYPE_CHECKING, Generic, TypeVar

import msgspec

from shared.sqlite.moments import to_microseconds
from shared.store.embedded.documents import KEYS, keys
from shared.store.embedded.shelf_rows import COLUMNS, record_of, row

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from shared.clock import Clock
    from shared.sqlite.database import Database
    from shared.store.filed import Filed, Position
    from shared.store.filing import FiledRecord, Filing

D = TypeVar("D", bound=msgspec.Struct)

_FOUND = "SELECT id FROM filed_lookups WHERE kind = ? AND lookup = ?"
_TAKEN = f"SELECT 1 FROM filed_lookups WHERE kind = ? AND lookup IN {KEYS} AND id IS NOT ? LIMIT 1"  # noqa: S608 - a constant
_LIVES = "(expires_at IS NULL OR expires_at > ?)"


class EmbeddedShelf(Generic[D]):
    """See `shared.store.filed.Shelf`."""

    def __init__(self, database: "Database", filing: "Filing[D]", clock: "Clock") -> None:
        self._database = database
        self._filing = filing
        self._clock = clock
        self._kind = name = filing.kind.name
        select = f"SELECT {', '.join(COLUMNS)} FROM {name} WHERE"  # noqa: S608 - names of the code, as below
        self._one = f"{select} id = ? AND {_LIVES}"
        self._many = f"{select} id IN {KEYS} AND {_LIVES}"
        self._found = f"{select} id = ({_FOUND}) AND {_LIVES}"
        self._pages = {
            newest_first: (
                f"{select} owner = ?1 AND (?2 IS NULL OR (ord, id) {than} (?2, ?3)) AND (expires_at IS NULL OR expires_at > ?4)"
                f" ORDER BY ord {way}, id {way} LIMIT ?5"
            )
            for newest_first, than, way in ((False, ">", "ASC"), (True, "<", "DESC"))
        }
        self._count = f"SELECT count(*) FROM {name} WHERE owner = ? AND {_LIVES}"  # noqa: S608
        self._next = f"SELECT id, doc FROM {name} WHERE id > ? ORDER BY id LIMIT ?"  # noqa: S608
        self._there = f"SELECT 1 FROM {name} WHERE id IN {KEYS} LIMIT 1"  # noqa: S608
        self._insert = f"INSERT INTO {name} ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"  # noqa: S608
        changes = ", ".join(f"{column} = ?" for column in COLUMNS[1:])
        self._update = f"UPDATE {name} SET {changes} WHERE id = ? AND revision = ?"  # noqa: S608
        self._reseal = f"UPDATE {name} SET doc = ? WHERE id = ?"  # noqa: S608
        self._remove = f"DELETE FROM {name} WHERE id = ?1 AND (?2 IS NULL OR revision = ?2)"  # noqa: S608
        self._expire = f"DELETE FROM {name} WHERE expires_at <= ?"  # noqa: S608

    async def add(self, documents: "Sequence[D]") -> bool:
        """File new documents, all or none."""
        records = [self._filing.record(document) for document in documents]
        lookups = [lookup for record in records for lookup in record.lookups]
        ids = {record.id for record in records}
        if len(ids) < len(records) or len(set(lookups)) < len(lookups):
            return False

        def work(connection: "sqlite3.Connection") -> bool:
            connection.execute(self._expire, (self._now(),))
            if connection.execute(self._there, (keys(ids),)).fetchone() or self._taken(connection, lookups):
                return False
            connection.executemany(self._insert, [row(record) for record in records])
            return True

        return await self._database.write(work)

    async def get(self, document_id: str) -> "Filed[D] | None":
        """Return one."""
        return next(iter(await self._read(self._one, (document_id, self._now()))), None)

    async def many(self, document_ids: "Sequence[str]") -> "dict[str, Filed[D]]":
        """Return those of these that there are, by id."""
        found = await self._records(self._many, (keys(document_ids), self._now()))
        return {record.id: self._filing.filed(record) for record in found}

    async def find(self, lookup: str) -> "Filed[D] | None":
        """Return the one with this lookup."""
        return next(iter(await self._read(self._found, (self._kind, lookup, self._now()))), None)

    async def replace(self, document: D, *, revision: int) -> int | None:
        """Put a document in the place of the one of its id: compare and set."""
        record = self._filing.record(document, revision=revision + 1)

        def work(connection: "sqlite3.Connection") -> bool:
            connection.execute(self._expire, (self._now(),))
            if self._taken(connection, record.lookups, but_for=record.id):
                return False
            return connection.execute(self._update, (*row(record)[1:], record.id, revision)).rowcount > 0

        return record.revision if await self._database.write(work) else None

    async def remove(self, document_id: str, *, revision: int | None = None) -> bool:
        """Forget one, if it is still at this revision."""

        def work(connection: "sqlite3.Connection") -> bool:
            connection.execute(self._expire, (self._now(),))
            return connection.execute(self._remove, (document_id, revision)).rowcount > 0

        return await self._database.write(work)

    async def page(
        self, owner: str, *, after: "Position | None" = None, limit: int, newest_first: bool = False
    ) -> "list[Filed[D]]":
        """Return documents of one owner by (order, id), or the other way round."""
        beyond = (None, None) if after is None else (after.order, after.id)
        return await self._read(self._pages[newest_first], (owner, *beyond, self._now(), limit))

    async def count(self, owner: str) -> int:
        """Return how many documents an owner has."""
        parameters = (owner, self._now())
        return await self._database.read(
            lambda connection: int(connection.execute(self._count, parameters).fetchone()[0])
        )

    async def expire(self) -> int:
        """Forget what is over."""
        return await self._database.write(lambda connection: connection.execute(self._expire, (self._now(),)).rowcount)

    async def reseal(self, *, after: str = "", limit: int = 500) -> tuple[int, str | None]:
        """Put documents under the newest key."""

        def work(connection: "sqlite3.Connection") -> tuple[int, str | None]:
            looked_at = connection.execute(self._next, (after, limit)).fetchall()
            renewed = [(self._filing.renewed(text), document_id) for document_id, text in looked_at]
            fresh = [(text, document_id) for text, document_id in renewed if text is not None]
            connection.executemany(self._reseal, fresh)
            return len(fresh), looked_at[-1][0] if looked_at else None

        return await self._database.write(work)

    def _now(self) -> int:
        return to_microseconds(self._clock.now())

    def _taken(self, connection: "sqlite3.Connection", lookups: "Sequence[str]", *, but_for: str | None = None) -> bool:
        return connection.execute(_TAKEN, (self._kind, keys(lookups), but_for)).fetchone() is not None

    async def _records(self, statement: str, parameters: "Sequence[object]") -> "list[FiledRecord]":
        rows = await self._database.read(lambda connection: connection.execute(statement, parameters).fetchall())
        return [record_of(one) for one in rows]

    async def _read(self, statement: str, parameters: "Sequence[object]") -> "list[Filed[D]]":
        return [self._filing.filed(record) for record in await self._records(statement, parameters)]
