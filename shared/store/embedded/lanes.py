"""Collection ``lanes``: a row for each turn that counts."""

from typing import TYPE_CHECKING

from shared.sqlite.moments import to_microseconds

if TYPE_CHECKING:
    import sqlite3

    from shared.clock import Clock
    from shared.sqlite.database import Database

_FORGET = "DELETE FROM lane_turns WHERE lane = ? AND counts_until <= ?"
# A clock that was set back must not close a lane for hours: nothing counts for longer than a turn taken now would.
_FORGET_ALL = "DELETE FROM lane_turns WHERE counts_until <= ?"
_SET_BACK = "UPDATE lane_turns SET counts_until = ?2 WHERE lane = ?1 AND counts_until > ?2"
_TURNS = "SELECT turn, counts_until FROM lane_turns WHERE lane = ? ORDER BY counts_until DESC"
_TAKE = "INSERT INTO lane_turns (lane, turn, counts_until) VALUES (?, ?, ?)"
_DONE = "UPDATE lane_turns SET counts_until = min(counts_until, ?) WHERE lane = ? AND turn = ?"


class EmbeddedLanes:
    """See `shared.store.coordination.Lanes`."""

    def __init__(self, database: "Database", clock: "Clock") -> None:
        self._database = database
        self._clock = clock

    async def take(self, lane: str, turn: str, *, calls: int, window_seconds: float, hold_seconds: float) -> float:
        """Take a turn, unless as many as may be counted are counted already."""

        def work(connection: "sqlite3.Connection") -> float:
            now = to_microseconds(self._clock.now())
            until = now + int((hold_seconds + window_seconds) * 1e6)
            connection.execute(_FORGET, (lane, now))
            connection.execute(_SET_BACK, (lane, until))
            counting = dict(connection.execute(_TURNS, (lane,)).fetchall())
            if turn in counting:
                return 0.0
            if len(counting) >= calls:
                return float(list(counting.values())[calls - 1] - now) / 1e6
            connection.execute(_TAKE, (lane, turn, until))
            return 0.0

        return await self._database.write(work)

    async def done(self, lane: str, turn: str, *, window_seconds: float) -> None:
        """Say that the turn's call is over."""

        def work(connection: "sqlite3.Connection") -> None:
            until = to_microseconds(self._clock.now()) + int(window_seconds * 1e6)
            connection.execute(_DONE, (until, lane, turn))

        await self._database.write(work)

    async def forget(self) -> None:
        """Forget the turns that count no more."""

        def work(connection: "sqlite3.Connection") -> None:
            connection.execute(_FORGET_ALL, (to_microseconds(self._clock.now()),))

        await self._database.write(work)
