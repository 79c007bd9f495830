"""How deliveries lie in their table."""

from typing import TYPE_CHECKING

from shared.sqlite.moments import to_microseconds
from shared.store.embedded.documents import Documents, encode, rows, text
from shared.store.records import Delivery

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

DELIVERIES = Documents(Delivery)
ONE = "SELECT doc FROM deliveries WHERE id = ?"

INSERT = (
    "INSERT INTO deliveries (id, subscription_id, destination_id, channel, page, created_at,"
    " state, owner, lease_until, next_attempt_at, doc) SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4,"
    " value ->> 5, value ->> 6, value ->> 7, value ->> 8, value ->> 9, CAST(value ->> 10 AS BLOB) FROM json_each(?)"
    " WHERE true ON CONFLICT DO NOTHING"
)
UPDATE = (
    "UPDATE deliveries SET state = changed.value ->> 1, owner = changed.value ->> 2, lease_until = changed.value ->> 3,"
    " next_attempt_at = changed.value ->> 4, doc = CAST(changed.value ->> 5 AS BLOB)"
    " FROM json_each(?) changed WHERE deliveries.id = changed.value ->> 0"
)


def insert(connection: "sqlite3.Connection", deliveries: "Sequence[Delivery]") -> int:
    """Store new deliveries and return how many there were; one whose id is known stays as it is."""
    if not deliveries:
        return 0
    new = rows(
        (
            one.id,
            one.subscription_id,
            one.destination_id,
            one.channel,
            one.page,
            to_microseconds(one.created_at),
            *_columns(one),
            text(one),
        )
        for one in deliveries
    )
    return connection.execute(INSERT, new).rowcount


def update(connection: "sqlite3.Connection", deliveries: "Iterable[Delivery]") -> None:
    """Put what has changed in the place of what is stored."""
    connection.execute(UPDATE, rows((one.id, *_columns(one), text(one)) for one in deliveries))


def standing(delivery: Delivery) -> tuple[object, ...]:
    """Return the columns that change: state, owner, lease_until, next_attempt_at, doc."""
    return *_columns(delivery), encode(delivery)


def _columns(delivery: Delivery) -> tuple[object, ...]:
    lease_until = None if delivery.lease_until is None else to_microseconds(delivery.lease_until)
    return delivery.state, delivery.owner, lease_until, to_microseconds(delivery.next_attempt_at)
