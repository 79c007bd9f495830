"""Collections ``deliveries`` and ``delivery_attempts``."""

from datetime import timedelta
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

import msgspec

from shared.errors import InvalidInputError
from shared.sqlite.moments import from_microseconds, to_microseconds
from shared.store.attempting import Ending, Start, not_found
from shared.store.buckets import bucket_of
from shared.store.embedded.attempts import ATTEMPTS, AttemptsWriter
from shared.store.embedded.delivery_rows import DELIVERIES, ONE, update
from shared.store.embedded.documents import KEYS, keys
from shared.store.positions import moment_of
from shared.store.records import Attempt, Delivery, DeliveryState, WantedDeliveries

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime

    from shared.clock import Clock
    from shared.sqlite.database import Database
    from shared.store.filed import Position

_ATTEMPTS = "SELECT doc FROM delivery_attempts WHERE delivery_id = ? ORDER BY number"
_DUE = (
    "SELECT doc, destination_id FROM deliveries WHERE state = 'waiting' AND next_attempt_at <= ?"  # noqa: S608 - a constant
    f" AND destination_id NOT IN {KEYS} AND channel NOT IN {KEYS}"
    " ORDER BY next_attempt_at, destination_id, created_at, subscription_id, page"
)
_SECTIONS = (
    "(SELECT subscription_id UNION ALL"
    " SELECT section.value FROM json_each(cast(doc AS TEXT), '$.subscription_ids') section)"
)
_TELLS = f"? IN {_SECTIONS}"
_TELLS_ANY = f"EXISTS (SELECT 1 FROM json_each(?) asked WHERE asked.value IN {_SECTIONS})"  # noqa: S608 - a constant
_INTERRUPTED = (
    "SELECT deliveries.doc, delivery_attempts.doc FROM deliveries"
    " JOIN delivery_attempts ON delivery_id = id AND number ="
    " (SELECT max(number) FROM delivery_attempts WHERE delivery_id = id)"
    " WHERE state = 'sending' AND (owner = ? OR lease_until <= ?) ORDER BY created_at, id"
)


class EmbeddedDeliveries:
    """See `shared.store.outbox.Deliveries`."""

    def __init__(self, database: "Database", clock: "Clock") -> None:
        self._database = database
        self._clock = clock
        self._attempts = AttemptsWriter(clock)

    async def due(
        self,
        now: "datetime",
        *,
        limit: int,
        excluded_destinations: frozenset[str] = frozenset(),
        excluded_channels: frozenset[str] = frozenset(),
        buckets: frozenset[int] | None = None,
    ) -> list[Delivery]:
        """Return ``WAITING`` deliveries whose time has come."""

        def work(connection: "sqlite3.Connection") -> list[Delivery]:
            # The rows come one by one: no more are read than are wanted.
            excluded = keys(excluded_destinations), keys(excluded_channels)
            rows = connection.execute(_DUE, (to_microseconds(now), *excluded))
            wanted = (doc for doc, destination_id in rows if buckets is None or bucket_of(destination_id) in buckets)
            return [DELIVERIES.decode(doc) for doc in islice(wanted, limit)]

        return await self._database.read(work)

    async def next_due_at(self) -> "datetime | None":
        """Return when the next ``WAITING`` delivery is due."""
        (moment,) = await self._database.read(
            lambda connection: connection.execute(
                "SELECT min(next_attempt_at) FROM deliveries WHERE state = 'waiting'"
            ).fetchone()
        )
        return None if moment is None else from_microseconds(moment)

    async def start(self, delivery_id: str, *, owner: str, now: "datetime", lease_seconds: float) -> Attempt | None:
        """Take a ``WAITING`` delivery to send it."""
        start = Start(delivery_id, owner, now, timedelta(seconds=lease_seconds))
        return await self._database.write_item(self._attempts.write, start)

    async def finish(
        self, attempt: Attempt, *, state: DeliveryState, now: "datetime", next_attempt_at: "datetime | None" = None
    ) -> None:
        """Write down how an attempt ended."""
        if state is DeliveryState.WAITING and next_attempt_at is None:
            raise ValueError("a delivery that waits needs next_attempt_at")
        over = msgspec.structs.replace(attempt, outcome=state)
        await self._database.write_item(self._attempts.write, Ending(over, now, next_attempt_at))

    async def interrupted(self, *, owner: str) -> list[tuple[Delivery, Attempt]]:
        """Return ``SENDING`` deliveries that nobody is sending."""
        now = to_microseconds(self._clock.now())
        rows = await self._database.read(lambda connection: connection.execute(_INTERRUPTED, (owner, now)).fetchall())
        return [(DELIVERIES.decode(delivery), ATTEMPTS.decode(attempt)) for delivery, attempt in rows]

    async def get(self, delivery_id: str) -> Delivery | None:
        """Return one."""
        return await self._database.read(partial(DELIVERIES.one, statement=ONE, parameters=(delivery_id,)))

    async def recent(
        self, wanted: WantedDeliveries | None = None, *, after: "Position | None" = None, limit: int = 100
    ) -> list[Delivery]:
        """Return deliveries, newest first."""
        where, parameters = _where(wanted or WantedDeliveries(), after)
        statement = f"SELECT doc FROM deliveries {where} ORDER BY created_at DESC, id DESC LIMIT ?"  # noqa: S608 - names below
        return await self._database.read(partial(DELIVERIES.many, statement=statement, parameters=(*parameters, limit)))

    async def ids(self, wanted: WantedDeliveries, *, limit: int | None = None) -> list[str]:
        """Return the ids of deliveries, oldest first."""
        where, parameters = _where(wanted)
        statement = f"SELECT id FROM deliveries {where} ORDER BY created_at, id LIMIT ?"  # noqa: S608 - names below
        given = (*parameters, -1 if limit is None else limit)
        rows = await self._database.read(lambda connection: connection.execute(statement, given).fetchall())
        return [delivery_id for (delivery_id,) in rows]

    async def attempts(self, delivery_id: str) -> list[Attempt]:
        """Return its attempts, oldest first."""
        return await self._database.read(partial(ATTEMPTS.many, statement=_ATTEMPTS, parameters=(delivery_id,)))

    async def retry(self, delivery_id: str, *, now: "datetime") -> None:
        """Put a ``DEAD`` or ``HELD`` delivery back to ``WAITING``, due at once."""

        def work(connection: "sqlite3.Connection") -> None:
            delivery = DELIVERIES.one(connection, ONE, (delivery_id,))
            if delivery is None:
                raise not_found(delivery_id)
            if delivery.state not in (DeliveryState.DEAD, DeliveryState.HELD):
                raise InvalidInputError(
                    f"推送 {delivery_id} 的状态是 {delivery.state.value}，不用重试；只有 dead 和 held 的可以重试。"
                )
            update(connection, [msgspec.structs.replace(delivery, state=DeliveryState.WAITING, next_attempt_at=now)])

        await self._database.write(work)

    async def state_counts(self) -> dict[tuple[str, DeliveryState], int]:
        """Return (channel, state) → how many."""
        rows = await self._database.read(
            lambda connection: connection.execute(
                "SELECT channel, state, count(*) FROM deliveries GROUP BY channel, state"
            ).fetchall()
        )
        return {(channel, DeliveryState(state)): count for channel, state, count in rows}


def _where(wanted: WantedDeliveries, after: "Position | None" = None) -> tuple[str, tuple[object, ...]]:
    asked = {
        "state = ?": wanted.state,
        "channel = ?": wanted.channel,
        "destination_id = ?": wanted.destination_id,
        f"destination_id IN {KEYS}": None if wanted.destination_ids is None else keys(wanted.destination_ids),
        _TELLS: wanted.subscription_id,
        _TELLS_ANY: None if wanted.subscription_ids is None else keys(wanted.subscription_ids),
        "created_at >= ?": wanted.since and to_microseconds(wanted.since),
        "created_at < ?": wanted.before and to_microseconds(wanted.before),
    }
    given: dict[str, object] = {condition: value for condition, value in asked.items() if value is not None}
    parameters = tuple(given.values())
    if after is not None:
        given["(created_at, id) < (?, ?)"] = after
        parameters += (to_microseconds(moment_of(after)), after.id)
    return (f"WHERE {' AND '.join(given)}" if given else ""), parameters
