"""Collections ``matches``, ``match_counts``, ``told_publications`` and ``alerts``."""

from itertools import islice
from typing import TYPE_CHECKING

from pymongo import ASCENDING

from shared.sqlite.moments import from_microseconds
from shared.store.mongo import alert_documents as rows
from shared.store.mongo import waiting
from shared.store.mongo.delivery_documents import NAME as DELIVERIES
from shared.store.mongo.failures import translated
from shared.store.mongo.inbox import Inbox
from shared.store.mongo.link import patiently
from shared.store.mongo.match_counts import MatchCounts
from shared.store.mongo.matches import Matches
from shared.store.mongo.planning import Planning
from shared.store.mongo.recording import Recorder
from shared.store.mongo.told import ToldPublications
from shared.store.mongo.walking import by_ids, pieces
from shared.store.records import AlertKey, AlertState, Backlog, PendingGroup, Relative

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from shared.store.filed import Position
    from shared.store.mongo.documents import Document
    from shared.store.mongo.link import Link
    from shared.store.records import Alert, DueGroup, GroupPlan, MatchRecord

_GROUPS_AT_ONCE = 1_000
_RANGES_AT_ONCE = 100
_OLDEST_FIRST = [("group", ASCENDING), ("created_at_us", ASCENDING)]


class MongoAlerts:
    """See `shared.store.telling.Alerts`."""

    def __init__(self, link: "Link") -> None:
        self._link = link
        self._alerts = link[waiting.ALERTS]
        self._deliveries = link[DELIVERIES]
        self._matches = Matches(link)
        self._counts = MatchCounts(link)
        self._told = ToldPublications(link)
        self._recorder = Recorder(link, self._told)
        self._planning = Planning(link)
        self._inbox = Inbox(link, self._told)

    @translated
    async def record(self, matches: "Sequence[MatchRecord]", alerts: "Sequence[Alert]") -> int:
        """Store both, and return how many of the alerts are new."""
        await self._matches.record(matches)
        return await self._recorder.record(alerts)

    @translated
    async def family(self, family_keys: "Sequence[str]") -> list[Relative]:
        """Return the alerts with these family keys."""
        told = await self._told.of_families(family_keys)
        found: list[Document] = []
        for numbers in pieces({name.partition(" ")[0] for name in told}, 100):
            of_numbers = [{"_id": {"$gte": f"{number} ", "$lt": f"{number}!"}} for number in numbers]
            found += await self._alerts.find({"$or": of_numbers, "state": {"$ne": AlertState.DROPPED.value}}).to_list()
        found.sort(key=lambda document: (document["created_at_us"], document["_id"]))
        return [
            Relative(
                key=rows.key_of(document),
                family_key=told[document["told"]].family_key,
                kind=told[document["told"]].kind,
                state=AlertState(document["state"]),
                application_number=told[document["told"]].application_number,
            )
            for document in found
            if document["told"] in told
        ]

    @translated
    async def pending_groups(self, subscription_ids: "Sequence[str] | None" = None) -> list[PendingGroup]:
        """Return what waits to be planned."""
        wanted = [waiting.WAITS]
        if subscription_ids is not None:
            ranges = map(waiting.of_subscription, dict.fromkeys(subscription_ids))
            wanted = [{"$or": piece} for piece in pieces(ranges, _RANGES_AT_ONCE)]
        groups = {
            "_id": "$group",
            "count": {"$sum": 1},
            "oldest": {"$min": "$created_at_us"},
            "newest": {"$max": "$created_at_us"},
        }
        made: list[PendingGroup] = []
        with patiently():
            for condition in wanted:
                found = await self._alerts.aggregate([{"$match": condition}, {"$group": groups}])
                made += [_pending_group(document) async for document in found]
        return made

    @translated
    async def due(self, now: "datetime", *, limit: int, after: "DueGroup | None" = None) -> "list[DueGroup]":
        """Return groups with alerts that are due, in order."""
        return await self._planning.due(now, limit, after)

    @translated
    async def next_due_at(self) -> "datetime | None":
        """Return when the next waiting alert is due."""
        return await self._planning.next_due_at()

    @translated
    async def postpone(self, groups: "Sequence[tuple[DueGroup, datetime]]") -> None:
        """Let alerts rest until a moment."""
        await self._planning.postpone(groups)

    @translated
    async def look_again(self, subscription_ids: "Sequence[str]") -> None:
        """Make what waits for these subscriptions due at once."""
        for subscription_id in subscription_ids:
            await waiting.look_again(self._link, waiting.of_subscription(subscription_id))

    @translated
    async def pending(self, groups: "Sequence[tuple[str, str]]", *, limit: int) -> "list[Alert]":
        """Return what waits for these (subscription id, destination id), in the order of these ids, as the index has them."""
        documents: list[Document] = []
        names = sorted({waiting.group_of(*group) for group in groups})
        for piece in pieces(names, _GROUPS_AT_ONCE):
            condition, left = {"group": {"$in": piece}, **waiting.WAITS}, limit - len(documents)
            documents += await self._alerts.find(condition, sort=_OLDEST_FIRST, limit=left, batch_size=left).to_list()
            if len(documents) >= limit:
                break
        return await rows.records(documents, self._told)

    @translated
    async def backlogs(self, groups: "Sequence[tuple[str, str]]", *, limit: int) -> "dict[str, Backlog]":
        """Return by subscription what waits for these (subscription id, destination id)."""
        names = sorted({waiting.group_of(*group) for group in groups})
        found = await self._alerts.aggregate(waiting.counted(names, limit))
        return {
            one["_id"]: Backlog(publications=one["publications"], due_at=from_microseconds(max(0, one["due"])))
            async for one in found
        }

    @translated
    async def plan(self, plans: "Sequence[GroupPlan]") -> list[bool]:
        """Store deliveries and settle their alerts; each plan all or nothing."""
        return await self._planning.store(plans)

    @translated
    async def settle(self, keys: "Sequence[AlertKey]", state: AlertState) -> None:
        """Put waiting alerts into this final state; each stands for itself."""
        for piece in pieces(map(rows.id_of, keys)):
            await self._alerts.update_many({"_id": {"$in": piece}, **waiting.WAITS}, waiting.settled(state))

    @translated
    async def of_delivery(self, delivery_id: str) -> "list[Alert]":
        """Return what a delivery tells, in the delivery's own order."""
        return (await self.of_deliveries([delivery_id])).get(delivery_id, [])

    @translated
    async def of_deliveries(self, delivery_ids: "Sequence[str]") -> "dict[str, list[Alert]]":
        """Return what each of these deliveries tells, in its own order; however many, in three questions."""
        fields = {"subscription_id": 1, "subscription_ids": 1, "destination_id": 1, "publication_numbers": 1}
        told: dict[str, list[str]] = {}
        async for delivery in by_ids(self._deliveries, delivery_ids, fields):
            sections = sorted(delivery.get("subscription_ids") or [delivery["subscription_id"]])
            groups = [waiting.group_of(one, delivery["destination_id"]) for one in sections]
            numbers = delivery["publication_numbers"]
            told[delivery["_id"]] = [f"{number} {group}" for number in numbers for group in groups]
        ids = {name for names in told.values() for name in names}
        found = {d["_id"]: d async for d in by_ids(self._alerts, ids)}
        documents = {
            delivery_id: [
                found[name] for name in names if name in found and found[name].get("delivery_id") == delivery_id
            ]
            for delivery_id, names in told.items()
        }
        alerts = iter(await rows.records((one for listed in documents.values() for one in listed), self._told))
        return {delivery_id: list(islice(alerts, len(listed))) for delivery_id, listed in documents.items()}

    @translated
    async def inbox(
        self,
        subscription_ids: "Sequence[str]",
        *,
        since: "datetime | None" = None,
        before: "Position | None" = None,
        limit: int,
    ) -> "list[Alert]":
        """Return what these subscriptions told or will tell, newest first."""
        return await self._inbox.page(subscription_ids, since, before, limit)

    @translated
    async def find(self, subscription_ids: "Sequence[str]", publication_number: str) -> "list[Alert]":
        """Return what these subscriptions tell of a publication."""
        return await self._inbox.of_publication(subscription_ids, publication_number)

    @translated
    async def match_counts(self, *, limit: int) -> "list[tuple[str, int, datetime]]":
        """Return (profile id, publications found, when the newest was), most first."""
        return (await self._counts.tally()).most(limit)

    @translated
    async def match_count(self) -> int:
        """Return how many (profile, publication) were found."""
        return (await self._counts.tally()).found.total()

    @translated
    async def state_counts(self) -> dict[AlertState, int]:
        """Return how many alerts are in each state: it looks at every alert."""
        with patiently():
            found = await self._alerts.aggregate([{"$group": {"_id": "$state", "count": {"$sum": 1}}}])
            return {AlertState(document["_id"]): document["count"] async for document in found}


def _pending_group(document: "Document") -> PendingGroup:
    subscription_id, _, destination_id = document["_id"].partition(" ")
    return PendingGroup(
        subscription_id=subscription_id,
        destination_id=destination_id,
        count=document["count"],
        oldest_created_at=from_microseconds(document["oldest"]),
        newest_created_at=from_microseconds(document["newest"]),
    )
