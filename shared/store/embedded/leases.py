"""Collection ``leases``."""

from typing import TYPE_CHECKING

from shared.sqlite.moments import to_microseconds
from shared.store.coordination import Lease

if TYPE_CHECKING:
    import sqlite3

    from shared.clock import Clock
    from shared.sqlite.database import Database

# A row outlives its lease, so that tokens go on growing.
_ACQUIRE = (
    "INSERT INTO leases (name, owner, token, ends_at) VALUES (?1, ?2, 1, ?4)"
    " ON CONFLICT (name) DO UPDATE SET owner = ?2, token = token + 1, ends_at = ?4 WHERE owner = ?2 OR ends_at <= ?3"
    " RETURNING token"
)
_RENEW = "UPDATE leases SET ends_at = ? WHERE name = ? AND token = ? AND ends_at > ?"
_RELEASE = "UPDATE leases SET ends_at = 0 WHERE name = ? AND token = ?"
_HELD = "SELECT name, owner, token FROM leases WHERE ends_at > ? ORDER BY name"


class EmbeddedLeases:
    """See `shared.store.coordination.Leases`."""

    def __init__(self, database: "Database", clock: "Clock") -> None:
        self._database = database
        self._clock = clock

    async def acquire(self, name: str, owner: str, *, seconds: float) -> Lease | None:
        """Take a lease that nobody has."""

        def work(connection: "sqlite3.Connection") -> Lease | None:
            now = to_microseconds(self._clock.now())
            row = connection.execute(_ACQUIRE, (name, owner, now, now + int(seconds * 1e6))).fetchone()
            return None if row is None else Lease(name=name, owner=owner, token=row[0])

        return await self._database.write(work)

    async def renew(self, lease: Lease, *, seconds: float) -> bool:
        """Let it last."""

        def work(connection: "sqlite3.Connection") -> bool:
            now = to_microseconds(self._clock.now())
            row = (now + int(seconds * 1e6), lease.name, lease.token, now)
            return connection.execute(_RENEW, row).rowcount == 1

        return await self._database.write(work)

    async def release(self, lease: Lease) -> None:
        """Give it back."""
        await self._database.write(lambda connection: connection.execute(_RELEASE, (lease.name, lease.token)))

    async def held(self) -> list[Lease]:
        """Return the leases that are not over."""
        now = to_microseconds(self._clock.now())
        rows = await self._database.read(lambda connection: connection.execute(_HELD, (now,)).fetchall())
        return [Lease(name=name, owner=owner, token=token) for name, owner, token in rows]
