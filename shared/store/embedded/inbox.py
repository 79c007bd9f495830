"""What subscriptions tell, as people read it: one row a publication, however many destinations are told."""

from itertools import islice
from typing import TYPE_CHECKING

from shared.sqlite.moments import to_microseconds
from shared.store.embedded.alert_rows import many
from shared.store.embedded.documents import KEYS, keys
from shared.store.positions import moment_of
from shared.store.records import SHOWN

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from datetime import datetime

    from shared.store.filed import Position
    from shared.store.records import Alert

_STATES = ", ".join(repr(state.value) for state in SHOWN)
_NEWEST_FIRST = "ORDER BY created_at DESC, publication_number DESC, subscription_id DESC, destination_id DESC"
_IN_ORDER = (
    "SELECT rowid, subscription_id, publication_number, created_at, destination_id FROM alerts"  # noqa: S608 - constants, as below
    f" WHERE subscription_id IN {KEYS.replace('?', '?1')} AND state IN ({_STATES}) AND (?2 IS NULL OR created_at >= ?2)"
    f" AND (?3 IS NULL OR (created_at, publication_number, subscription_id) < (?3, ?4, ?5)) {_NEWEST_FIRST}"
)
_NEWER = (
    "SELECT 1 FROM alerts WHERE subscription_id = ? AND publication_number = ?"  # noqa: S608
    f" AND (created_at, destination_id) > (?, ?) AND state IN ({_STATES}) LIMIT 1"
)
# The plus keeps SQLite from going by the state, of which there are few, in place of the publication.
_OF_PUBLICATION = (
    f"WHERE subscription_id IN {KEYS} AND publication_number = ? AND +state IN ({_STATES}) {_NEWEST_FIRST}"
)


def page(
    connection: "sqlite3.Connection",
    subscription_ids: "Sequence[str]",
    since: "datetime | None",
    before: "Position | None",
    limit: int,
) -> "list[Alert]":
    """Return what these told or will tell, newest first; only what is returned is read whole."""
    beyond: tuple[object, ...] = (None, None, None)
    if before is not None:
        number, _, subscription_id = before.id.partition(" ")
        beyond = (to_microseconds(moment_of(before)), number, subscription_id)
    from_on = None if since is None else to_microseconds(since)
    rows = connection.execute(_IN_ORDER, (keys(subscription_ids), from_on, *beyond))
    stands = (rowid for rowid, *place in rows if connection.execute(_NEWER, place).fetchone() is None)
    return [alert for rowid in islice(stands, limit) for alert in many(connection, "WHERE rowid = ?", (rowid,))]


def of_publication(
    connection: "sqlite3.Connection", subscription_ids: "Sequence[str]", publication_number: str
) -> "list[Alert]":
    """Return those of one publication."""
    found = many(connection, _OF_PUBLICATION, (keys(subscription_ids), publication_number))
    first = {alert.key.subscription_id: alert for alert in reversed(found)}
    return [alert for alert in found if first[alert.key.subscription_id] is alert]
