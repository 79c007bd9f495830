"""Collection ``idempotency_keys``; what is over goes with the next that is begun."""

import secrets
from typing import TYPE_CHECKING

from shared.sqlite.moments import to_microseconds
from shared.store.coordination import TOKEN_BITS, Begun, Standing

if TYPE_CHECKING:
    import sqlite3

    from shared.clock import Clock
    from shared.sqlite.database import Database

_FORGET = "DELETE FROM idempotency_keys WHERE ends_at <= ?"
_FIND = "SELECT digest, answer FROM idempotency_keys WHERE key = ?"
_BEGIN = "INSERT INTO idempotency_keys (key, digest, token, ends_at) VALUES (?, ?, ?, ?)"
_MINE = "key = ? AND token = ? AND answer IS NULL"
_FINISH = f"UPDATE idempotency_keys SET answer = ?, ends_at = ? WHERE {_MINE}"  # noqa: S608 - a constant
_GIVE_UP = f"DELETE FROM idempotency_keys WHERE {_MINE}"  # noqa: S608 - a constant


class EmbeddedIdempotency:
    """See `shared.store.coordination.Idempotency`."""

    def __init__(self, database: "Database", clock: "Clock") -> None:
        self._database = database
        self._clock = clock

    async def begin(self, key: str, digest: str, *, lease_seconds: float) -> Begun:
        """Begin a request, unless its key is taken."""

        def work(connection: "sqlite3.Connection") -> Begun:
            now = to_microseconds(self._clock.now())
            connection.execute(_FORGET, (now,))
            row = connection.execute(_FIND, (key,)).fetchone()
            if row is None:
                token = secrets.randbits(TOKEN_BITS)
                connection.execute(_BEGIN, (key, digest, token, now + int(lease_seconds * 1e6)))
                return Begun(standing=Standing.BEGUN, token=token)
            known_digest, answer = row
            if known_digest != digest:
                return Begun(standing=Standing.DIFFERENT)
            if answer is None:
                return Begun(standing=Standing.IN_PROGRESS)
            return Begun(standing=Standing.DONE, answer=answer)

        return await self._database.write(work)

    async def finish(self, key: str, token: int, answer: bytes, *, keep_seconds: float) -> bool:
        """Keep the answer."""

        def work(connection: "sqlite3.Connection") -> bool:
            until = to_microseconds(self._clock.now()) + int(keep_seconds * 1e6)
            return connection.execute(_FINISH, (answer, until, key, token)).rowcount == 1

        return await self._database.write(work)

    async def give_up(self, key: str, token: int) -> None:
        """Let the key be free again."""
        await self._database.write(lambda connection: connection.execute(_GIVE_UP, (key, token)))
