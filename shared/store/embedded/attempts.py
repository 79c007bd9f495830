"""Starts and ends of attempts; all that come at one moment are written down in one go."""

from typing import TYPE_CHECKING

import msgspec

from shared.sqlite.moments import to_microseconds
from shared.store.attempting import Ending, Start, not_found
from shared.store.embedded.delivery_rows import DELIVERIES, update
from shared.store.embedded.documents import TOGETHER, Documents, keys, rows, text
from shared.store.ending import ended
from shared.store.records import Attempt, Delivery, DeliveryState

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from shared.clock import Clock

ATTEMPTS = Documents(Attempt)

# Without being told, SQLite would go through all that waits.
FREE = (
    "SELECT doc FROM json_each(?) asked CROSS JOIN deliveries ON deliveries.id = asked.value"
    " WHERE state = 'waiting' AND NOT EXISTS (SELECT 1 FROM deliveries busy INDEXED BY deliveries_sending"
    " WHERE busy.destination_id = deliveries.destination_id AND busy.state = 'sending')"
)
BEGUN = (
    f"SELECT {TOGETHER.format('deliveries.doc')}, {TOGETHER.format('delivery_attempts.doc')} FROM json_each(?) asked"  # noqa: S608 - a constant
    " CROSS JOIN delivery_attempts ON delivery_id = asked.value ->> 0 AND number = asked.value ->> 1"
    " CROSS JOIN deliveries ON deliveries.id = delivery_id"
)
INSERT = (
    "INSERT INTO delivery_attempts (delivery_id, number, destination_id, started_at, doc)"
    " SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, CAST(value ->> 4 AS BLOB) FROM json_each(?)"
)
UPDATE = (
    "UPDATE delivery_attempts SET doc = CAST(changed.value ->> 2 AS BLOB) FROM json_each(?) changed"
    " WHERE delivery_id = changed.value ->> 0 AND number = changed.value ->> 1"
)


class AttemptsWriter:
    """Writes them down.

    Args:
        clock: the store's, by which leases run.
    """

    def __init__(self, clock: "Clock") -> None:
        self._clock = clock

    def write(
        self, connection: "sqlite3.Connection", changes: "Sequence[Start | Ending]"
    ) -> "Sequence[Attempt | None]":
        """Write down the ends, then the starts.

        Returns:
            For each start that may be, its attempt; else ``None``.

        Raises:
            NotFoundError: one of the attempts was never started.
        """
        endings = [change for change in changes if isinstance(change, Ending)]
        if endings:
            _end(connection, endings)
        starts = [change for change in changes if isinstance(change, Start)]
        begun = iter(self._begin(connection, starts) if starts else ())
        return [next(begun) if isinstance(change, Start) else None for change in changes]

    def _begin(self, connection: "sqlite3.Connection", starts: "Sequence[Start]") -> "list[Attempt | None]":
        found = DELIVERIES.together(connection, FREE, (keys(start.delivery_id for start in starts),))
        waiting = {delivery.id: delivery for delivery in found}
        busy: set[str] = set()
        attempts: list[Attempt | None] = []
        sending: list[Delivery] = []
        lease_from = self._clock.now()
        for start in starts:
            delivery = waiting.pop(start.delivery_id, None)
            if delivery is None or delivery.destination_id in busy:
                attempts.append(None)
                continue
            busy.add(delivery.destination_id)
            number = delivery.attempts + 1
            attempts.append(
                Attempt(
                    delivery_id=delivery.id,
                    destination_id=delivery.destination_id,
                    number=number,
                    started_at=start.now,
                )
            )
            sending.append(
                msgspec.structs.replace(
                    delivery,
                    state=DeliveryState.SENDING,
                    attempts=number,
                    owner=start.owner,
                    lease_until=lease_from + start.lease,
                )
            )
        connection.execute(
            INSERT,
            rows(
                (one.delivery_id, one.number, one.destination_id, to_microseconds(one.started_at), text(one))
                for one in attempts
                if one is not None
            ),
        )
        update(connection, sending)
        return attempts


def _end(connection: "sqlite3.Connection", endings: "Sequence[Ending]") -> None:
    asked = rows((ending.attempt.delivery_id, ending.attempt.number) for ending in endings)
    delivery_docs, attempt_docs = connection.execute(BEGUN, asked).fetchone()
    deliveries = {delivery.id: delivery for delivery in DELIVERIES.decode_list(delivery_docs)}
    begun = {(attempt.delivery_id, attempt.number): attempt for attempt in ATTEMPTS.decode_list(attempt_docs)}
    changed: dict[str, Delivery] = {}
    over: dict[tuple[str, int], Attempt] = {}
    for ending in endings:  # what is said twice of one attempt is judged one after another
        attempt = ending.attempt
        place = attempt.delivery_id, attempt.number
        if place not in begun:
            raise not_found(attempt.delivery_id)
        delivery_after = ended(
            deliveries[attempt.delivery_id], begun[place], attempt, ending.now, ending.next_attempt_at
        )
        if delivery_after is not None:
            deliveries[attempt.delivery_id] = changed[attempt.delivery_id] = delivery_after
            begun[place] = over[place] = attempt
    connection.execute(UPDATE, rows((*place, text(attempt)) for place, attempt in over.items()))
    update(connection, changed.values())
