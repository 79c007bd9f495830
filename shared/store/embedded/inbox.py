"""What subscriptions tell, as people read it: one row a publication, however many destinations are told.

An index has each subscription's alerts in the order in which they are shown. So a page is merged out of as many runs, and costs
what it shows, however much was told before.
"""

from heapq import merge
from itertools import islice
from typing import TYPE_CHECKING

from shared.sqlite.moments import to_microseconds
from shared.store.embedded.alert_rows import many
from shared.store.embedded.documents import KEYS, keys
from shared.store.positions import moment_of
from shared.store.records import SHOWN

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from shared.store.filed import Position
    from shared.store.records import Alert

    _Row = tuple[int, str, str, str, int]
    """What orders an alert: when it was recorded, publication number, subscription id, destination id; and its rowid."""

    _Place = tuple[int, str, str]
    """The first three of them."""

_BEFORE_ALL, _BEHIND_ALL = -(2**63), (2**63 - 1, "", "")

_STATES = ", ".join(repr(state.value) for state in SHOWN)
_NEWEST_FIRST = "ORDER BY created_at DESC, publication_number DESC, subscription_id DESC, destination_id DESC"
# Left to itself, SQLite looks for what is newer among all of the subscription in place of the few of the publication.
_RUN = (
    "SELECT created_at, publication_number, subscription_id, destination_id, rowid FROM alerts told INDEXED BY alerts_inbox"  # noqa: S608 - constants, as below
    " WHERE subscription_id = ?1 AND created_at >= ?2"
    f" AND (created_at, publication_number, subscription_id) < (?3, ?4, ?5) AND state IN ({_STATES})"
    " AND NOT EXISTS (SELECT 1 FROM alerts newer INDEXED BY sqlite_autoindex_alerts_1"
    " WHERE newer.subscription_id = ?1 AND newer.publication_number = told.publication_number"
    " AND (newer.created_at, newer.destination_id) > (told.created_at, told.destination_id)"
    f" AND newer.state IN ({_STATES})) {_NEWEST_FIRST} LIMIT ?6"
)
_THESE = f"WHERE rowid IN {KEYS} {_NEWEST_FIRST}"
_OF_PUBLICATION = f"WHERE subscription_id IN {KEYS} AND publication_number = ? AND state IN ({_STATES}) {_NEWEST_FIRST}"


def page(
    connection: "sqlite3.Connection",
    subscription_ids: "Sequence[str]",
    since: "datetime | None",
    before: "Position | None",
    limit: int,
) -> "list[Alert]":
    """Return what these told or will tell, newest first; only what is returned is read whole."""
    wanted = dict.fromkeys(subscription_ids)
    if not wanted:
        return []
    begins = _BEFORE_ALL if since is None else to_microseconds(since)
    behind = _BEHIND_ALL if before is None else _place_of(before)
    size = limit // len(wanted) + 2
    runs = [_run(connection, one, begins, behind, size) for one in wanted]
    rowids = [row[-1] for row in islice(merge(*runs, reverse=True), limit)]
    return many(connection, _THESE, (keys(rowids),))


def of_publication(
    connection: "sqlite3.Connection", subscription_ids: "Sequence[str]", publication_number: str
) -> "list[Alert]":
    """Return those of one publication."""
    found = many(connection, _OF_PUBLICATION, (keys(subscription_ids), publication_number))
    first = {alert.key.subscription_id: alert for alert in reversed(found)}
    return [alert for alert in found if first[alert.key.subscription_id] is alert]


def _run(
    connection: "sqlite3.Connection", subscription_id: str, begins: int, behind: "_Place", size: int
) -> "Iterator[_Row]":
    """Yield what one subscription tells, newest first; read in pieces, the first of this size, each larger than the one before."""
    while True:
        rows = connection.execute(_RUN, (subscription_id, begins, *behind, size)).fetchall()
        yield from rows
        if len(rows) < size:
            return
        behind, size = rows[-1][:3], size * 2


def _place_of(position: "Position") -> "_Place":
    number, _, subscription_id = position.id.partition(" ")
    return to_microseconds(moment_of(position)), number, subscription_id
