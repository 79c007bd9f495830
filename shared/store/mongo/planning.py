"""What is due, and how it is settled: the planner's side of ``alerts``.

A plan is the one place where a promise spans documents all day: a delivery exists if and only if its alerts are planned. It is
stored in a transaction; many plans share one, because a transaction costs as much as a hundred of its writes.
"""

from typing import TYPE_CHECKING

from pymongo import ASCENDING, UpdateMany
from pymongo.errors import BulkWriteError

from shared.sqlite.moments import from_microseconds, to_microseconds
from shared.store.mongo.alert_documents import id_of
from shared.store.mongo.delivery_documents import NAME as DELIVERIES
from shared.store.mongo.delivery_documents import new_document
from shared.store.mongo.failures import is_duplicate
from shared.store.mongo.waiting import ALERTS, WAITS, group_of, settled
from shared.store.mongo.walking import by_ids
from shared.store.records import AlertState, DueGroup

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from pymongo.asynchronous.client_session import AsyncClientSession

    from shared.store.mongo.documents import Document
    from shared.store.mongo.link import Link
    from shared.store.records import AlertKey, GroupPlan

_ROWS_A_GROUP = 2
_MOST_ROWS_A_GROUP = 50
"""Alerts of a group that are due at one moment: so many rows of the index are read at once, and at most, for each group."""

_BY_ID = "_id_"
"""Named to the server, which would else try the indexes of what waits on every update."""


class _NoLongerPendingError(Exception):
    """Rolls plans back."""


class Planning:
    """Finds what is due and stores plans."""

    def __init__(self, link: "Link") -> None:
        self._link = link
        self._alerts = link[ALERTS]
        self._deliveries = link[DELIVERIES]

    async def due(self, now: "datetime", limit: int, after: DueGroup | None) -> list[DueGroup]:
        """Return groups with alerts that are due, in order; the first row of a group in the index has its oldest alert."""
        until = to_microseconds(now)
        place: Document = {"due": {"$lte": until}}
        if after is not None:
            group = group_of(after.subscription_id, after.destination_id)
            place = {"$or": [{"due": after.due, "group": {"$gt": group}}, {"due": {"$gt": after.due, "$lte": until}}]}
        rows = self._alerts.find(
            place,
            {"_id": 0, "due": 1, "group": 1, "created_at_us": 1},
            sort=[("due", ASCENDING), ("group", ASCENDING), ("created_at_us", ASCENDING)],
            hint="due",
            limit=limit * _MOST_ROWS_A_GROUP,
            batch_size=limit * _ROWS_A_GROUP,
        )
        groups: dict[tuple[int, str], DueGroup] = {}
        async with rows:
            async for row in rows:
                name = (row["due"], row["group"])
                if name in groups:
                    continue
                if len(groups) == limit:
                    break
                groups[name] = _due_group(row)
        return list(groups.values())

    async def next_due_at(self) -> "datetime | None":
        """Return when the next waiting alert is due."""
        first = await self._alerts.find_one(WAITS, {"_id": 0, "due": 1}, sort=[("due", ASCENDING)])
        return None if first is None else from_microseconds(first["due"])

    async def postpone(self, groups: "Sequence[tuple[DueGroup, datetime]]") -> None:
        """Let alerts rest until a moment, unless somebody made them due meanwhile."""
        writes = [
            UpdateMany(
                {"due": group.due, "group": group_of(group.subscription_id, group.destination_id)},
                {"$set": {"due": to_microseconds(until)}},
            )
            for group, until in groups
        ]
        if writes:
            await self._alerts.bulk_write(writes, ordered=False)

    async def store(self, plans: "Sequence[GroupPlan]") -> list[bool]:
        """Store plans, each whole or not at all, and return which were."""
        try:
            await self._store_all(plans)
        except _NoLongerPendingError:
            return await self._store_what_holds(plans)
        return [True] * len(plans)

    async def _store_all(self, plans: "Sequence[GroupPlan]") -> None:
        if plans:
            await self._link.transaction(lambda session: self._write(plans, session))

    async def _store_what_holds(self, plans: "Sequence[GroupPlan]") -> list[bool]:
        """Store those plans that nobody was in the way of: who waits and who exists is read in the same transaction."""

        async def work(session: "AsyncClientSession") -> list[bool]:
            ids = [id_of(key) for plan in plans for key in _keys(plan)]
            waiting = {d["_id"] async for d in by_ids(self._alerts, ids, {"_id": 1}, session=session, **WAITS)}
            known = [delivery.id for plan in plans for delivery in plan.deliveries]
            taken = {d["_id"] async for d in by_ids(self._deliveries, known, {"_id": 1}, session=session)}
            stored = []
            for plan in plans:
                wanted = [id_of(key) for key in _keys(plan)]
                made = [delivery.id for delivery in plan.deliveries]
                holds = waiting.issuperset(wanted) and taken.isdisjoint(made) and _once(wanted) and _once(made)
                stored.append(holds)
                if holds:
                    waiting.difference_update(wanted)
                    taken.update(made)
            good = [plan for plan, holds in zip(plans, stored, strict=True) if holds]
            if good:
                await self._write(good, session)
            return stored

        return await self._link.transaction(work)

    async def _write(self, plans: "Sequence[GroupPlan]", session: "AsyncClientSession") -> None:
        """Settle all alerts and store all deliveries.

        Raises:
            _NoLongerPendingError: an alert does not wait, or a delivery exists.
        """
        settling = [write for plan in plans for write in _settling(plan)]
        deliveries = [new_document(delivery) for plan in plans for delivery in plan.deliveries]
        if settling:
            result = await self._alerts.bulk_write(settling, ordered=True, session=session)
            if result.matched_count != sum(len(_keys(plan)) for plan in plans):
                raise _NoLongerPendingError
        try:
            if deliveries:
                await self._deliveries.insert_many(deliveries, session=session)
        except BulkWriteError as error:
            if is_duplicate(error):
                raise _NoLongerPendingError from error
            raise


def _settling(plan: "GroupPlan") -> list[UpdateMany]:
    told: dict[str, list[str]] = {}
    for key, delivery_id in plan.planned:
        told.setdefault(delivery_id, []).append(id_of(key))
    writes = [
        UpdateMany({"_id": {"$in": ids}, **WAITS}, settled(AlertState.PLANNED, delivery_id), hint=_BY_ID)
        for delivery_id, ids in told.items()
    ]
    if plan.over_cap:
        ids = [id_of(key) for key in plan.over_cap]
        writes.append(UpdateMany({"_id": {"$in": ids}, **WAITS}, settled(AlertState.OVER_CAP), hint=_BY_ID))
    return writes


def _keys(plan: "GroupPlan") -> "list[AlertKey]":
    return [*(key for key, _ in plan.planned), *plan.over_cap]


def _once(values: "Sequence[str]") -> bool:
    return len(set(values)) == len(values)


def _due_group(row: "Document") -> DueGroup:
    subscription_id, _, destination_id = row["group"].partition(" ")
    return DueGroup(
        due=row["due"],
        subscription_id=subscription_id,
        destination_id=destination_id,
        oldest_created_at=from_microseconds(row["created_at_us"]),
    )
