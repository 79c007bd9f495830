"""Collection ``alerts``.

An alert's document stays as it was recorded or merged; its state, its delivery and when it is due live in columns, so that
settling a thousand alerts rewrites no document.
"""

from functools import partial
from typing import TYPE_CHECKING

from shared.sqlite.moments import from_microseconds
from shared.store.embedded import backlogs, inbox, planning
from shared.store.embedded import matches as found
from shared.store.embedded.alert_rows import columns, insert, many, merge
from shared.store.embedded.alert_schema import LOOK_AGAIN
from shared.store.embedded.documents import KEYS, keys
from shared.store.records import AlertKey, AlertState, PendingGroup, Relative

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from datetime import datetime

    from shared.sqlite.database import Database
    from shared.store.filed import Position
    from shared.store.records import Alert, Backlog, DueGroup, GroupPlan, MatchRecord

_FAMILY = (
    "SELECT subscription_id, publication_number, destination_id, family_key, kind, state,"  # noqa: S608 - a constant
    " json_extract(cast(doc AS TEXT), '$.publication.application_number') FROM alerts"
    f" WHERE family_key IN {KEYS} AND state != 'dropped' ORDER BY created_at, rowid"
)
_OF_DELIVERIES = (
    f"WHERE delivery_id IN {KEYS} ORDER BY (SELECT number.key FROM deliveries,"  # noqa: S608 - a constant
    " json_each(cast(deliveries.doc AS TEXT), '$.publication_numbers') number"
    " WHERE deliveries.id = delivery_id AND number.value = publication_number), subscription_id"
)
_PENDING = (
    "SELECT subscription_id, destination_id, count(*), min(created_at), max(created_at) FROM alerts"
    " WHERE state = 'pending' {}GROUP BY destination_id, subscription_id"
)
_WAITING = "WHERE state = 'pending' AND subscription_id = ? AND destination_id = ? ORDER BY created_at, rowid LIMIT ?"
_LOOK_AGAIN = f"UPDATE alerts SET due = {LOOK_AGAIN} WHERE state = 'pending'"  # noqa: S608 - a constant


class EmbeddedAlerts:
    """See `shared.store.telling.Alerts`."""

    def __init__(self, database: "Database") -> None:
        self._database = database

    async def record(self, matches: "Sequence[MatchRecord]", alerts: "Sequence[Alert]") -> int:
        """Store both in one write, and return how many of the alerts are new."""
        return await self._database.write(partial(_record, matches=matches, alerts=alerts))

    async def family(self, family_keys: "Sequence[str]") -> list[Relative]:
        """Return the alerts with these family keys."""
        rows = await self._database.read(
            lambda connection: connection.execute(_FAMILY, (keys(family_keys),)).fetchall()
        )
        return [
            Relative(
                key=AlertKey(subscription_id=subscription_id, publication_number=number, destination_id=destination_id),
                family_key=family_key,
                kind=kind,
                state=AlertState(state),
                application_number=application,
            )
            for subscription_id, number, destination_id, family_key, kind, state, application in rows
        ]

    async def pending_groups(self, subscription_ids: "Sequence[str] | None" = None) -> list[PendingGroup]:
        """Return what waits to be planned."""
        asked: tuple[str, tuple[object, ...]] = (_PENDING.format(""), ())
        if subscription_ids is not None:
            asked = (_PENDING.format(f"AND subscription_id IN {KEYS} "), (keys(subscription_ids),))
        rows = await self._database.read(lambda connection: connection.execute(*asked).fetchall())
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

    async def due(self, now: "datetime", *, limit: int, after: "DueGroup | None" = None) -> "list[DueGroup]":
        """Return groups with alerts that are due, in order."""
        return await self._database.read(partial(planning.due, now=now, limit=limit, after=after))

    async def next_due_at(self) -> "datetime | None":
        """Return when the next waiting alert is due."""
        return await self._database.read(planning.next_due_at)

    async def postpone(self, groups: "Sequence[tuple[DueGroup, datetime]]") -> None:
        """Let alerts rest until a moment."""
        await self._database.write(partial(planning.postpone, groups=groups))

    async def look_again(self, subscription_ids: "Sequence[str]") -> None:
        """Make what waits for these subscriptions due at once."""
        await self._database.write(partial(look_again, subscription_ids=subscription_ids))

    async def pending(self, groups: "Sequence[tuple[str, str]]", *, limit: int) -> "list[Alert]":
        """Return what waits for these (subscription id, destination id), in the order of these ids."""

        def work(connection: "sqlite3.Connection") -> "list[Alert]":
            waiting: list[Alert] = []
            for group in sorted(set(groups)):
                waiting += many(connection, _WAITING, (*group, limit - len(waiting)))
                if len(waiting) >= limit:
                    break
            return waiting

        return await self._database.read(work)

    async def backlogs(self, groups: "Sequence[tuple[str, str]]", *, limit: int) -> "dict[str, Backlog]":
        """Return by subscription what waits for these (subscription id, destination id)."""
        return await self._database.read(partial(backlogs.backlogs, groups=groups, limit=limit))

    async def plan(self, plans: "Sequence[GroupPlan]") -> list[bool]:
        """Store deliveries and settle their alerts; each plan all or nothing."""
        return await self._database.write(partial(planning.store, plans=plans))

    async def settle(self, keys: "Sequence[AlertKey]", state: AlertState) -> None:
        """Put waiting alerts into this final state."""
        await self._database.write(partial(planning.settle, settled=[(state, None, *columns(key)) for key in keys]))

    async def of_delivery(self, delivery_id: str) -> "list[Alert]":
        """Return what a delivery tells, in the delivery's own order."""
        return (await self.of_deliveries([delivery_id]))[delivery_id]

    async def of_deliveries(self, delivery_ids: "Sequence[str]") -> "dict[str, list[Alert]]":
        """Return what each of these deliveries tells, in its own order."""
        found = await self._database.read(partial(many, where=_OF_DELIVERIES, parameters=(keys(delivery_ids),)))
        told: dict[str, list[Alert]] = {one: [] for one in delivery_ids}
        for alert in found:
            if alert.delivery_id is not None:
                told[alert.delivery_id].append(alert)
        return told

    async def inbox(
        self,
        subscription_ids: "Sequence[str]",
        *,
        since: "datetime | None" = None,
        before: "Position | None" = None,
        limit: int,
    ) -> "list[Alert]":
        """Return what these subscriptions told or will tell, newest first."""
        work = partial(inbox.page, subscription_ids=subscription_ids, since=since, before=before, limit=limit)
        return await self._database.read(work)

    async def find(self, subscription_ids: "Sequence[str]", publication_number: str) -> "list[Alert]":
        """Return what these subscriptions tell of a publication."""
        work = partial(inbox.of_publication, subscription_ids=subscription_ids, publication_number=publication_number)
        return await self._database.read(work)

    async def match_counts(self, *, limit: int) -> "list[tuple[str, int, datetime]]":
        """Return (profile id, publications found, when the newest was), most first."""
        return await self._database.read(partial(found.counts, limit=limit))

    async def match_count(self) -> int:
        """Return how many (profile, publication) were found."""
        return await self._database.read(found.count)

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
    wanted = {"subscription_id": subscription_id, "destination_id": destination_id}
    of = {column: value for column, value in wanted.items() if value is not None}
    where = "".join(f" AND {column} = ?" for column in of)
    connection.execute(
        f"UPDATE alerts SET state = 'dropped' WHERE state = 'pending'{where}",  # noqa: S608 - names above
        tuple(of.values()),
    )


def look_again(
    connection: "sqlite3.Connection", *, subscription_ids: "Sequence[str]" = (), destination_id: str | None = None
) -> None:
    """Make what waits for these subscriptions, or for this destination, due at once."""
    if destination_id is not None:
        connection.execute(f"{_LOOK_AGAIN} AND destination_id = ?", (destination_id,))
    if subscription_ids:
        connection.execute(f"{_LOOK_AGAIN} AND subscription_id IN {KEYS}", (keys(subscription_ids),))


def _record(connection: "sqlite3.Connection", matches: "Sequence[MatchRecord]", alerts: "Sequence[Alert]") -> int:
    found.record(connection, matches)
    new = insert(connection, alerts)
    if new < len(alerts):
        merge(connection, alerts)
    return new
