"""What is due, and how it is settled: the planner's side of ``alerts``."""

from itertools import chain
from typing import TYPE_CHECKING

from shared.sqlite.moments import from_microseconds, to_microseconds
from shared.store.embedded.alert_rows import columns
from shared.store.embedded.delivery_rows import insert as insert_deliveries
from shared.store.embedded.documents import rows
from shared.store.records import AlertState, DueGroup

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from datetime import datetime

    from shared.store.records import GroupPlan

_SETTLE = (
    "UPDATE alerts SET state = settled.value ->> 0, delivery_id = settled.value ->> 1 FROM json_each(?) settled"
    " WHERE subscription_id = settled.value ->> 2 AND publication_number = settled.value ->> 3"
    " AND destination_id = settled.value ->> 4 AND state = 'pending'"
)
_DUE = (
    "SELECT due, subscription_id, destination_id, min(created_at) FROM alerts INDEXED BY alerts_due"
    " WHERE state = 'pending' AND due <= ? AND (due, subscription_id, destination_id) > (?, ?, ?)"
    " GROUP BY due, subscription_id, destination_id ORDER BY due, subscription_id, destination_id LIMIT ?"
)
_POSTPONE = (
    "UPDATE alerts SET due = ? WHERE state = 'pending' AND due = ? AND subscription_id = ? AND destination_id = ?"
)
_BEFORE_ALL = (-(2**63), "", "")


def due(connection: "sqlite3.Connection", now: "datetime", limit: int, after: DueGroup | None = None) -> list[DueGroup]:
    """Return groups with alerts that are due, in order."""
    place = _BEFORE_ALL if after is None else (after.due, after.subscription_id, after.destination_id)
    return [
        DueGroup(
            due=due,
            subscription_id=subscription_id,
            destination_id=destination_id,
            oldest_created_at=from_microseconds(oldest),
        )
        for due, subscription_id, destination_id, oldest in connection.execute(
            _DUE, (to_microseconds(now), *place, limit)
        )
    ]


def next_due_at(connection: "sqlite3.Connection") -> "datetime | None":
    """Return when the next waiting alert is due."""
    (moment,) = connection.execute(
        "SELECT min(due) FROM alerts INDEXED BY alerts_due WHERE state = 'pending'"
    ).fetchone()
    return None if moment is None else from_microseconds(moment)


def postpone(connection: "sqlite3.Connection", groups: "Sequence[tuple[DueGroup, datetime]]") -> None:
    """Let alerts rest until a moment, unless somebody made them due meanwhile."""
    connection.executemany(
        _POSTPONE,
        [(to_microseconds(until), group.due, group.subscription_id, group.destination_id) for group, until in groups],
    )


def settle(connection: "sqlite3.Connection", settled: "Sequence[tuple[object, ...]]") -> int:
    """Settle waiting alerts, (state, delivery id, key) each, and return how many did wait."""
    return connection.execute(_SETTLE, rows(settled)).rowcount if settled else 0


def store(connection: "sqlite3.Connection", plans: "Sequence[GroupPlan]") -> list[bool]:
    """Store plans, each whole or not at all, and return which were: all in one go, or where one of them cannot be, each alone."""
    if _store_whole(connection, plans):
        return [True] * len(plans)
    return [len(plans) > 1 and _store_whole(connection, [plan]) for plan in plans]


def _store_whole(connection: "sqlite3.Connection", plans: "Sequence[GroupPlan]") -> bool:
    deliveries = list(chain.from_iterable(plan.deliveries for plan in plans))
    settled: list[tuple[object, ...]] = [
        (AlertState.PLANNED, delivery_id, *columns(key)) for plan in plans for key, delivery_id in plan.planned
    ]
    settled += [(AlertState.OVER_CAP, None, *columns(key)) for plan in plans for key in plan.over_cap]
    connection.execute("SAVEPOINT plan")
    stored = settle(connection, settled) == len(settled) and insert_deliveries(connection, deliveries) == len(
        deliveries
    )
    if not stored:
        connection.execute("ROLLBACK TO plan")
    connection.execute("RELEASE plan")
    return stored
