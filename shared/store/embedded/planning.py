"""What is due, and how it is settled: the planner's side of ``alerts``."""

from typing import TYPE_CHECKING

from shared.sqlite.moments import from_microseconds, to_microseconds
from shared.store.embedded.alert_rows import BY_KEY, columns
from shared.store.embedded.deliveries import insert as insert_deliveries
from shared.store.records import AlertState, DueGroup

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from datetime import datetime

    from shared.store.records import GroupPlan

_SETTLE = f"UPDATE alerts SET state = ?, delivery_id = ? WHERE {BY_KEY} AND state = 'pending'"  # noqa: S608 - a constant
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


def settle(connection: "sqlite3.Connection", rows: "Sequence[tuple[object, ...]]") -> int:
    """Settle waiting alerts, (state, delivery id, key) each, and return how many did wait."""
    return connection.executemany(_SETTLE, rows).rowcount if rows else 0


def store(connection: "sqlite3.Connection", plans: "Sequence[GroupPlan]") -> list[bool]:
    """Store plans, each whole or not at all, and return which were."""
    return [_store_one(connection, plan) for plan in plans]


def _store_one(connection: "sqlite3.Connection", plan: "GroupPlan") -> bool:
    rows: list[tuple[object, ...]] = [
        (AlertState.PLANNED, delivery_id, *columns(key)) for key, delivery_id in plan.planned
    ]
    rows += [(AlertState.OVER_CAP, None, *columns(key)) for key in plan.over_cap]
    connection.execute("SAVEPOINT plan")
    stored = settle(connection, rows) == len(rows) and insert_deliveries(connection, plan.deliveries) == len(
        plan.deliveries
    )
    if not stored:
        connection.execute("ROLLBACK TO plan")
    connection.execute("RELEASE plan")
    return stored
