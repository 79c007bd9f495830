"""What subscriptions tell, as people read it: one row a publication, however many destinations are told."""

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

_IDS = KEYS.replace("?", "?1")
_IS_SHOWN = f"state IN ({', '.join(repr(state.value) for state in SHOWN)})"
_OF_NONE_NEWER = (
    f"{_IS_SHOWN} AND NOT EXISTS (SELECT 1 FROM alerts newer WHERE newer.subscription_id = alerts.subscription_id"  # noqa: S608 - constants, as below
    f" AND newer.publication_number = alerts.publication_number AND newer.{_IS_SHOWN}"
    " AND (newer.created_at, newer.destination_id) > (alerts.created_at, alerts.destination_id))"
)
_NEWEST_FIRST = "ORDER BY created_at DESC, publication_number DESC, subscription_id DESC"
_PAGE = (
    f"WHERE rowid IN (SELECT rowid FROM alerts WHERE subscription_id IN {_IDS} AND {_OF_NONE_NEWER}"  # noqa: S608
    " AND (?2 IS NULL OR created_at >= ?2)"
    " AND (?3 IS NULL OR (created_at, publication_number, subscription_id) < (?3, ?4, ?5))"
    f" {_NEWEST_FIRST} LIMIT ?6) {_NEWEST_FIRST}"
)
_OF_PUBLICATION = f"WHERE subscription_id IN {_IDS} AND publication_number = ?2 AND {_OF_NONE_NEWER} {_NEWEST_FIRST}"


def page(
    connection: "sqlite3.Connection",
    subscription_ids: "Sequence[str]",
    since: "datetime | None",
    before: "Position | None",
    limit: int,
) -> "list[Alert]":
    """Return what these told or will tell, newest first; the rows are chosen by what their indexes and heads say."""
    from_on = None if since is None else to_microseconds(since)
    beyond: tuple[object, ...] = (None, None, None)
    if before is not None:
        number, _, subscription_id = before.id.partition(" ")
        beyond = (to_microseconds(moment_of(before)), number, subscription_id)
    return many(connection, _PAGE, (keys(subscription_ids), from_on, *beyond, limit))


def of_publication(
    connection: "sqlite3.Connection", subscription_ids: "Sequence[str]", publication_number: str
) -> "list[Alert]":
    """Return those of one publication."""
    return many(connection, _OF_PUBLICATION, (keys(subscription_ids), publication_number))
