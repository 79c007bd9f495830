"""Collections ``matches`` and ``alerts``.

An alert's document stays as it was recorded; its state and its delivery live in columns, so that settling a thousand
alerts rewrites no document.
"""

from functools import partial
from typing import TYPE_CHECKING

import msgspec

from shared.sqlite.moments import from_microseconds, to_microseconds
from shared.store.embedded.deliveries import insert as insert_deliveries
from shared.store.embedded.documents import KEYS, encode, keys
from shared.store.records import Alert, AlertState, PendingGroup

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from datetime import datetime

    from shared.sqlite.database import Database
    from shared.store.records import AlertKey, Delivery, MatchRecord

_decode = msgspec.json.Decoder(Alert).decode

_ALERTS = "SELECT doc, state, delivery_id FROM alerts"
_BY_KEY = "subscription_id = ? AND publication_number = ? AND destination_id = ?"
_SETTLE = f"UPDATE alerts SET state = ?, delivery_id = ? WHERE {_BY_KEY} AND state = 'pending'"  # noqa: S608 - a constant


class _NoLongerPendingError(Exception):
    """Rolls a plan back."""


class EmbeddedAlerts:
    """See `shared.store.port.Alerts`."""

    def __init__(self, database: "Database") -> None:
        self._database = database

    async def record(self, matches: "Sequence[MatchRecord]", alerts: "Sequence[Alert]") -> int:
        """Store both in one write, and return how many of the alerts are new."""
        return await self._database.write(partial(_record, matches=matches, alerts=alerts))

    async def family(self, family_keys: "Sequence[str]") -> list[Alert]:
        """Return the alerts with these family keys."""
        where = f"WHERE family_key IN {KEYS} AND state != 'dropped' ORDER BY created_at, rowid"
        return await self._database.read(partial(_many, where=where, parameters=(keys(family_keys),)))

    async def pending_groups(self) -> list[PendingGroup]:
        """Return what waits to be planned."""
        rows = await self._database.read(
            lambda connection: connection.execute(
                "SELECT subscription_id, destination_id, count(*), min(created_at), max(created_at) FROM alerts"
                " WHERE state = 'pending' GROUP BY subscription_id, destination_id"
            ).fetchall()
        )
        return [
            PendingGroup(
                subscription_id=subscription_id,
                destination_id=destination_id,
                count=count,
                oldest_created_at=from_microseconds(oldest),
                newest_created_at=from_microseconds(newest),
            )
            for subscription_id, destination_id, count, oldest, newest in rows
        ]

    async def pending(self, subscription_id: str, destination_id: str, *, limit: int) -> list[Alert]:
        """Return waiting alerts, oldest first."""
        where = (
            "WHERE state = 'pending' AND subscription_id = ? AND destination_id = ? ORDER BY created_at, rowid LIMIT ?"
        )
        return await self._database.read(
            partial(_many, where=where, parameters=(subscription_id, destination_id, limit))
        )

    async def plan(
        self,
        deliveries: "Sequence[Delivery]",
        planned: "Sequence[tuple[AlertKey, str]]",
        over_cap: "Sequence[AlertKey]",
    ) -> bool:
        """Store deliveries and settle their alerts in one write; false when somebody else was first."""
        try:
            await self._database.write(partial(_plan, deliveries=deliveries, planned=planned, over_cap=over_cap))
        except _NoLongerPendingError:
            return False
        return True

    async def settle(self, keys: "Sequence[AlertKey]", state: AlertState) -> None:
        """Put waiting alerts into this final state."""
        rows = [(state, None, *_columns(key)) for key in keys]
        await self._database.write(lambda connection: connection.executemany(_SETTLE, rows))

    async def of_delivery(self, delivery_id: str) -> list[Alert]:
        """Return what a delivery tells, in the delivery's own order."""
        where = (
            "WHERE delivery_id = ?1 ORDER BY (SELECT number.key FROM deliveries,"
            " json_each(cast(deliveries.doc AS TEXT), '$.publication_numbers') number"
            " WHERE deliveries.id = ?1 AND number.value = publication_number)"
        )
        return await self._database.read(partial(_many, where=where, parameters=(delivery_id,)))

    async def match_counts(self, *, limit: int) -> "list[tuple[str, int, datetime]]":
        """Return (profile id, matches, last matched at), most matches first."""
        rows = await self._database.read(
            lambda connection: connection.execute(
                "SELECT profile_id, count(*) AS found, max(matched_at) FROM matches"
                " GROUP BY profile_id ORDER BY found DESC, profile_id LIMIT ?",
                (limit,),
            ).fetchall()
        )
        return [(profile_id, found, from_microseconds(last)) for profile_id, found, last in rows]

    async def match_count(self) -> int:
        """Return how many matches were found."""
        return await self._database.read(
            lambda connection: int(connection.execute("SELECT count(*) FROM matches").fetchone()[0])
        )

    async def state_counts(self) -> dict[AlertState, int]:
        """Return how many alerts are in each state."""
        rows = await self._database.read(
            lambda connection: connection.execute("SELECT state, count(*) FROM alerts GROUP BY state").fetchall()
        )
        return {AlertState(state): count for state, count in rows}


def drop_waiting(
    connection: "sqlite3.Connection", *, subscription_id: str | None = None, destination_id: str | None = None
) -> None:
    """Drop the waiting alerts of a subscription, of a destination, or of both together."""
    connection.execute(
        "UPDATE alerts SET state = 'dropped' WHERE state = 'pending'"
        " AND subscription_id = coalesce(?, subscription_id) AND destination_id = coalesce(?, destination_id)",
        (subscription_id, destination_id),
    )


def _columns(key: "AlertKey") -> tuple[str, str, str]:
    return key.subscription_id, key.publication_number, key.destination_id


def _many(connection: "sqlite3.Connection", where: str, parameters: "Sequence[object]") -> list[Alert]:
    return [
        msgspec.structs.replace(_decode(doc), state=AlertState(state), delivery_id=delivery_id)
        for doc, state, delivery_id in connection.execute(f"{_ALERTS} {where}", parameters)
    ]


def _record(connection: "sqlite3.Connection", matches: "Sequence[MatchRecord]", alerts: "Sequence[Alert]") -> int:
    connection.executemany(
        "INSERT INTO matches (profile_id, publication_number, matched_at, doc) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (profile_id, publication_number)"
        " DO UPDATE SET matched_at = excluded.matched_at, doc = excluded.doc",
        [
            (
                record.match.profile_id,
                record.match.publication_number,
                to_microseconds(record.matched_at),
                encode(record),
            )
            for record in matches
        ],
    )
    return connection.executemany(
        "INSERT INTO alerts (subscription_id, publication_number, destination_id,"
        " family_key, state, delivery_id, created_at, doc) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        [
            (*_columns(a.key), a.family_key, a.state, a.delivery_id, to_microseconds(a.created_at), encode(a))
            for a in alerts
        ],
    ).rowcount


def _plan(
    connection: "sqlite3.Connection",
    deliveries: "Sequence[Delivery]",
    planned: "Sequence[tuple[AlertKey, str]]",
    over_cap: "Sequence[AlertKey]",
) -> None:
    rows: list[tuple[object, ...]] = [(AlertState.PLANNED, delivery_id, *_columns(key)) for key, delivery_id in planned]
    rows += [(AlertState.OVER_CAP, None, *_columns(key)) for key in over_cap]
    settled = connection.executemany(_SETTLE, rows).rowcount if rows else 0
    if settled != len(rows) or insert_deliveries(connection, deliveries) != len(deliveries):
        raise _NoLongerPendingError
