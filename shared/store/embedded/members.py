"""Collection ``members``."""

from typing import TYPE_CHECKING

from shared.sqlite.moments import to_microseconds
from shared.store.coordination import Member

if TYPE_CHECKING:
    import sqlite3

    from shared.clock import Clock
    from shared.sqlite.database import Database

_FORGET = "DELETE FROM members WHERE alive_until <= ?"
_BEAT = (
    "INSERT INTO members (role, instance, alive_until) VALUES (?, ?, ?)"
    " ON CONFLICT (role, instance) DO UPDATE SET alive_until = excluded.alive_until"
)
_LIVING = "SELECT instance FROM members WHERE role = ? ORDER BY instance"
_LEAVE = "DELETE FROM members WHERE role = ? AND instance = ?"
_ALIVE = "SELECT role, instance FROM members WHERE alive_until > ? ORDER BY role, instance"


class EmbeddedMembers:
    """See `shared.store.coordination.Members`."""

    def __init__(self, database: "Database", clock: "Clock") -> None:
        self._database = database
        self._clock = clock

    async def beat(self, role: str, instance: str, *, seconds: float) -> list[str]:
        """Say that this process is alive; return the living of its role."""

        def work(connection: "sqlite3.Connection") -> list[str]:
            now = to_microseconds(self._clock.now())
            connection.execute(_FORGET, (now,))
            connection.execute(_BEAT, (role, instance, now + int(seconds * 1e6)))
            return [living for (living,) in connection.execute(_LIVING, (role,))]

        return await self._database.write(work)

    async def leave(self, role: str, instance: str) -> None:
        """Say that this process stops."""
        await self._database.write(lambda connection: connection.execute(_LEAVE, (role, instance)))

    async def alive(self) -> list[Member]:
        """Return the living of all roles."""
        now = to_microseconds(self._clock.now())
        rows = await self._database.read(lambda connection: connection.execute(_ALIVE, (now,)).fetchall())
        return [Member(role=role, instance=instance) for role, instance in rows]
