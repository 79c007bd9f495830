"""Reads and writes alerts: those that are new, and what others say more of those that wait.

Many alerts tell one publication, each in a document of its own. It is read once: whoever has it knows what it knew.
"""

from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec

from shared.sqlite.moments import to_microseconds
from shared.store.embedded.documents import encode
from shared.store.extents import Extent
from shared.store.merging import merge_alert
from shared.store.records import Alert, AlertKey, AlertState, Why
from shared.wire.publication import Publication

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence


class Unread(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An alert's document whose publication is not yet read; fields as in `Alert`, but for those of which the row knows better."""

    key: AlertKey
    family_key: str | None
    publication: msgspec.Raw
    whys: tuple[Why, ...]
    score: float
    created_at: datetime
    due_at: datetime | None = None
    traceparent: str | msgspec.UnsetType = msgspec.UNSET
    extent: Extent | msgspec.UnsetType = msgspec.UNSET


_PUBLICATIONS = 2_500
"""In memory, about seven kilobytes each with the text that they were read from."""

_decode = msgspec.json.Decoder(Unread).decode
_decode_publication = lru_cache(_PUBLICATIONS)(msgspec.json.Decoder(Publication).decode)

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
        stored = read(doc)
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
        read(doc, AlertState(state), delivery_id)
        for doc, state, delivery_id in connection.execute(
            f"SELECT doc, state, delivery_id FROM alerts {where}",  # noqa: S608 - constants
            parameters,
        )
    ]


def read(doc: str | bytes, state: AlertState = AlertState.PENDING, delivery_id: str | None = None) -> Alert:
    """Return the alert of a document; what its row says of it holds."""
    unread = _decode(doc)
    return Alert(
        key=unread.key,
        family_key=unread.family_key,
        publication=_decode_publication(bytes(unread.publication)),
        whys=unread.whys,
        score=unread.score,
        created_at=unread.created_at,
        due_at=unread.due_at,
        state=state,
        delivery_id=delivery_id,
        traceparent=unread.traceparent,
        extent=unread.extent,
    )
