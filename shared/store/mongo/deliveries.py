"""Collection ``deliveries``: the outbox."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import msgspec
from pymongo import ASCENDING, DESCENDING

from shared.errors import InvalidInputError
from shared.sqlite.moments import from_microseconds, to_microseconds
from shared.store.attempting import Ending, Start, not_found
from shared.store.mongo import delivery_documents as rows
from shared.store.mongo.attempts import WAITING, AttemptsWriter
from shared.store.mongo.delivery_documents import NAME, SHAPE
from shared.store.mongo.failures import translated
from shared.store.mongo.link import patiently
from shared.store.mongo.server_time import NOW
from shared.store.records import Attempt, Delivery, DeliveryState, WantedDeliveries

if TYPE_CHECKING:
    from datetime import datetime

    from shared.store.filed import Position
    from shared.store.mongo.link import Link

_DUE_ORDER = [
    (field, ASCENDING) for field in ("next_attempt_at_us", "destination_id", "created_at_us", "subscription_id", "page")
]


class MongoDeliveries:
    """See `shared.store.outbox.Deliveries`."""

    def __init__(self, link: "Link") -> None:
        self._deliveries = link[NAME]
        self._attempts = AttemptsWriter(self._deliveries)

    @translated
    async def due(
        self,
        now: "datetime",
        *,
        limit: int,
        excluded_destinations: frozenset[str] = frozenset(),
        excluded_channels: frozenset[str] = frozenset(),
        buckets: frozenset[int] | None = None,
    ) -> list[Delivery]:
        """Return ``WAITING`` deliveries whose time has come."""
        condition: dict[str, Any] = {**WAITING, "next_attempt_at_us": {"$lte": to_microseconds(now)}}
        if excluded_destinations:
            condition["destination_id"] = {"$nin": sorted(excluded_destinations)}
        if excluded_channels:
            condition["channel"] = {"$nin": sorted(excluded_channels)}
        if buckets is not None:
            condition["bucket"] = {"$in": sorted(buckets)}
        found = self._deliveries.find(condition, sort=_DUE_ORDER, limit=limit)
        return [SHAPE.record(document) async for document in found]

    @translated
    async def next_due_at(self) -> "datetime | None":
        """Return when the next ``WAITING`` delivery is due."""
        field = "next_attempt_at_us"
        first = await self._deliveries.find_one(WAITING, {field: 1}, sort=[(field, ASCENDING)])
        return None if first is None else from_microseconds(first[field])

    @translated
    async def start(self, delivery_id: str, *, owner: str, now: "datetime", lease_seconds: float) -> Attempt | None:
        """Take a ``WAITING`` delivery to send it."""
        return await self._attempts.start(Start(delivery_id, owner, now, timedelta(seconds=lease_seconds)))

    @translated
    async def finish(
        self, attempt: Attempt, *, state: DeliveryState, now: "datetime", next_attempt_at: "datetime | None" = None
    ) -> None:
        """Write down how an attempt ended."""
        if state is DeliveryState.WAITING and next_attempt_at is None:
            raise ValueError("a delivery that waits needs next_attempt_at")
        over = msgspec.structs.replace(attempt, outcome=state)
        await self._attempts.end(Ending(over, now, next_attempt_at))

    @translated
    async def interrupted(self, *, owner: str) -> list[tuple[Delivery, Attempt]]:
        """Return ``SENDING`` deliveries that nobody is sending."""
        over = {"$or": [{"$eq": ["$owner", {"$literal": owner}]}, {"$lte": ["$lease_until", NOW]}]}
        found = await self._deliveries.find(
            {"state": DeliveryState.SENDING.value, "$expr": over},
            sort=[("created_at_us", ASCENDING), ("_id", ASCENDING)],
        ).to_list()
        return [(SHAPE.record(dict(document)), rows.attempts_of(document)[-1]) for document in found]

    @translated
    async def get(self, delivery_id: str) -> Delivery | None:
        """Return one."""
        document = await self._deliveries.find_one({"_id": delivery_id})
        return None if document is None else SHAPE.record(document)

    @translated
    async def recent(
        self, wanted: WantedDeliveries | None = None, *, after: "Position | None" = None, limit: int = 100
    ) -> list[Delivery]:
        """Return deliveries, newest first."""
        condition = rows.condition(wanted or WantedDeliveries(), after)
        newest = [("created_at_us", DESCENDING), ("_id", DESCENDING)]
        return [SHAPE.record(document) async for document in self._deliveries.find(condition, sort=newest, limit=limit)]

    @translated
    async def ids(self, wanted: WantedDeliveries, *, limit: int | None = None) -> list[str]:
        """Return the ids of deliveries, oldest first."""
        oldest = [("created_at_us", ASCENDING), ("_id", ASCENDING)]
        with patiently():
            found = self._deliveries.find(rows.condition(wanted), {"_id": 1}, sort=oldest, limit=limit or 0)
            return [document["_id"] async for document in found]

    @translated
    async def attempts(self, delivery_id: str) -> list[Attempt]:
        """Return its attempts, oldest first."""
        document = await self._deliveries.find_one({"_id": delivery_id}, {"destination_id": 1, "tries": 1})
        return [] if document is None else rows.attempts_of(document)

    @translated
    async def retry(self, delivery_id: str, *, now: "datetime") -> None:
        """Put a ``DEAD`` or ``HELD`` delivery back to ``WAITING``, due at once."""
        over = {"$in": [DeliveryState.DEAD.value, DeliveryState.HELD.value]}
        if (await self._deliveries.update_one({"_id": delivery_id, "state": over}, rows.retried(now))).matched_count:
            return
        delivery = await self.get(delivery_id)
        if delivery is None:
            raise not_found(delivery_id)
        raise InvalidInputError(
            f"推送 {delivery_id} 的状态是 {delivery.state.value}，不用重试；只有 dead 和 held 的可以重试。"
        )

    @translated
    async def state_counts(self) -> dict[tuple[str, DeliveryState], int]:
        """Return (channel, state) → how many."""
        each = {"$group": {"_id": {"channel": "$channel", "state": "$state"}, "count": {"$sum": 1}}}
        with patiently():
            found = await self._deliveries.aggregate([each], hint="by_state")
            return {(d["_id"]["channel"], DeliveryState(d["_id"]["state"])): d["count"] async for d in found}
