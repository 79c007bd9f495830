"""Writes alerts: those that are new, and what others say more of those that wait."""

from typing import TYPE_CHECKING

import msgspec

from shared.sqlite.moments import to_microseconds
from shared.store.embedded.documents import encode
from shared.store.merging import merge_alert
from shared.store.records import Alert, AlertState

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from shared.store.records import AlertKey

_decode = msgspec.json.Decoder(Alert).decode

BY_KEY = "subscription_id = ? AND publication_number = ? AND destination_id = ?"
ALERT_COLUMNS = ("family_key", "kind", "state", "delivery_id", "created_at", "due", "doc")
_INSERT = (
    f"INSERT INTO alerts (subscription_id, publication_number, destination_id, {', '.join(ALERT_COLUMNS)})"  # noqa: S608 - names above
    f" VALUES (?, ?, ?{', ?' * len(ALERT_COLUMNS)}) ON CONFLICT DO NOTHING"
)
_WAITING = f"SELECT doc, due FROM alerts WHERE {BY_KEY} AND state = 'pending'"  # noqa: S608 - a constant
_MERGE = f"UPDATE alerts SET doc = ?, family_key = ?, kind = ? WHERE {BY_KEY}"  # noqa: S608 - a constant
_SOONER = f"UPDATE alerts SET due = ? WHERE {BY_KEY}"  # noqa: S608 - a constant


def columns(key: "AlertKey") -> tuple[str, str, str]:
    """Return a key's columns, in the order of `BY_KEY`."""
    return key.subscription_id, key.publication_number, key.destination_id


def insert(connection: "sqlite3.Connection", alerts: "Sequence[Alert]") -> int:
    """Store those whose keys are new, and return how many these are."""
    if not alerts:
        return 0
    return connection.executemany(_INSERT, [(*columns(alert.key), *alert_columns(alert)) for alert in alerts]).rowcount


def merge(connection: "sqlite3.Connection", alerts: "Sequence[Alert]") -> None:
    """Bring what these say more to those stored that wait."""
    for alert in alerts:
        key = columns(alert.key)
        row = connection.execute(_WAITING, key).fetchone()
        if row is None:
            continue
        doc, due = row
        stored = _decode(doc)
        merged = merge_alert(stored, alert)
        if merged is not stored:
            connection.execute(_MERGE, (encode(merged), merged.family_key, merged.publication.kind, *key))
        if _due(alert) < due:
            connection.execute(_SOONER, (_due(alert), *key))


def alert_columns(alert: Alert) -> tuple[object, ...]:
    """Return what an alert fills of `ALERT_COLUMNS`."""
    moments = (to_microseconds(alert.created_at), _due(alert))
    return alert.family_key, alert.publication.kind, alert.state, alert.delivery_id, *moments, encode(alert)


def _due(alert: Alert) -> int:
    return to_microseconds(alert.due_at or alert.created_at)


def many(connection: "sqlite3.Connection", where: str, parameters: "Sequence[object]") -> list[Alert]:
    """Return the alerts of the rows that a clause chooses."""
    return [
        msgspec.structs.replace(_decode(doc), state=AlertState(state), delivery_id=delivery_id)
        for doc, state, delivery_id in connection.execute(
            f"SELECT doc, state, delivery_id FROM alerts {where}",  # noqa: S608 - constants
            parameters,
        )
    ]
