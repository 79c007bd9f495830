"""Collection ``destinations``; addresses and option values lie in it sealed."""

from functools import partial
from typing import TYPE_CHECKING

from shared.store.embedded.alerts import drop_waiting, look_again
from shared.store.embedded.documents import BY_ID, KEYS, Documents, encode, keys
from shared.store.sealing import Seal
from shared.wire.subscription import Destination

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from shared.secret_box import SecretBox
    from shared.sqlite.database import Database

_documents = Documents(Destination)

_ONE = "SELECT doc FROM destinations WHERE id = ?"
_MANY = f"SELECT doc FROM destinations WHERE id IN {KEYS}"  # noqa: S608 - a constant
_ALL = f"SELECT doc FROM destinations {BY_ID}"  # noqa: S608 - a constant
_NEXT = "SELECT doc FROM destinations WHERE id > ? ORDER BY id LIMIT ?"
_RESEAL = "UPDATE destinations SET doc = ? WHERE id = ?"
_PUT = "INSERT INTO destinations (id, doc) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET doc = excluded.doc"


class EmbeddedDestinations:
    """See `shared.store.telling.Destinations`."""

    def __init__(self, database: "Database", secrets: "SecretBox") -> None:
        self._database = database
        self._seal = Seal(secrets)

    async def put(self, destination: Destination) -> None:
        """Add or replace."""
        await self._database.write(partial(_put, sealed=self._seal.put_on(destination)))

    async def replace(self, before: Destination | None, after: Destination) -> bool:
        """Replace one that is still as it was read."""
        sealed = self._seal.put_on(after)

        def work(connection: "sqlite3.Connection") -> bool:
            there = _documents.one(connection, _ONE, (after.id,))
            if (None if there is None else self._seal.taken_off(there)) != before:
                return False
            _put(connection, sealed)
            return True

        return await self._database.write(work)

    async def get(self, destination_id: str) -> Destination | None:
        """Return one."""
        sealed = await self._database.read(partial(_documents.one, statement=_ONE, parameters=(destination_id,)))
        return None if sealed is None else self._seal.taken_off(sealed)

    async def many(self, destination_ids: "Sequence[str]") -> dict[str, Destination]:
        """Return those of these that there are, by id."""
        sealed = await self._database.read(
            partial(_documents.together, statement=_MANY, parameters=(keys(destination_ids),))
        )
        return {destination.id: self._seal.taken_off(destination) for destination in sealed}

    async def all(self, *, limit: int | None = None) -> list[Destination]:
        """Return all, or the first ones."""
        sealed = await self._database.read(partial(_documents.many, statement=_ALL, parameters=(limit,)))
        return [self._seal.taken_off(destination) for destination in sealed]

    async def reseal(self, *, after: str = "", limit: int = 500) -> tuple[int, str | None]:
        """Put secrets under the newest key."""

        def work(connection: "sqlite3.Connection") -> tuple[int, str | None]:
            looked_at = _documents.many(connection, _NEXT, (after, limit))
            renewed = [one for one in map(self._seal.renewed, looked_at) if one is not None]
            connection.executemany(_RESEAL, [(encode(one), one.id) for one in renewed])
            return len(renewed), looked_at[-1].id if looked_at else None

        return await self._database.write(work)

    async def remove(self, destination_id: str) -> bool:
        """Forget one and drop its waiting alerts."""

        def work(connection: "sqlite3.Connection") -> bool:
            drop_waiting(connection, destination_id=destination_id)
            return connection.execute("DELETE FROM destinations WHERE id = ?", (destination_id,)).rowcount > 0

        return await self._database.write(work)


def _put(connection: "sqlite3.Connection", sealed: Destination) -> None:
    connection.execute(_PUT, (sealed.id, encode(sealed)))
    look_again(connection, destination_id=sealed.id)
