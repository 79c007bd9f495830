"""Collections ``subscriptions``, ``subscription_changes`` and ``unsubscribe_tokens``."""

from typing import TYPE_CHECKING

from pymongo import ASCENDING, InsertOne, ReturnDocument
from pymongo.errors import BulkWriteError

from shared.store.mongo import waiting
from shared.store.mongo.documents import Document, Shape, present
from shared.store.mongo.failures import is_duplicate, translated
from shared.store.mongo.walking import by_ids
from shared.store.records import SubscriptionChange
from shared.wire.subscription import Subscription

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pymongo.asynchronous.client_session import AsyncClientSession

    from shared.store.mongo.link import Link

NAME = "subscriptions"
CHANGES = "subscription_changes"
TOKENS = "unsubscribe_tokens"
SHAPE = Shape(Subscription, key="id")

COUNTER: Document = {"_id": "", "last_mark": 0}
"""The document of ``subscription_changes`` that is no subscription's, as a migration makes it."""


class MongoSubscriptions:
    """See `shared.store.telling.Subscriptions`.

    Every change is a transaction: the subscription, its mark and its waiting alerts go together. All of them write the
    counter of marks, so MongoDB lets them commit one after another only, and marks are in the order of the commits.
    """

    def __init__(self, link: "Link") -> None:
        self._link = link
        self._subscriptions = link[NAME]
        self._changes = link[CHANGES]
        self._tokens = link[TOKENS]

    @translated
    async def put(self, subscription: Subscription) -> None:
        """Add or replace."""
        await self._link.transaction(lambda session: self._put(subscription, session))

    @translated
    async def replace(self, before: Subscription | None, after: Subscription) -> bool:
        """Replace one that is still as it was read; what others commit in between makes the transaction begin anew."""

        async def work(session: "AsyncClientSession") -> bool:
            there = await self._subscriptions.find_one({"_id": after.id}, session=session)
            if (None if there is None else SHAPE.record(there)) != before:
                return False
            await self._put(after, session)
            return True

        return await self._link.transaction(work)

    @translated
    async def get(self, subscription_id: str) -> Subscription | None:
        """Return one."""
        document = await self._subscriptions.find_one({"_id": subscription_id})
        return None if document is None else SHAPE.record(document)

    @translated
    async def many(self, subscription_ids: "Sequence[str]") -> dict[str, Subscription]:
        """Return those of these that there are, by id."""
        return {d["_id"]: SHAPE.record(d) async for d in by_ids(self._subscriptions, subscription_ids)}

    @translated
    async def all(self, *, limit: int | None = None) -> list[Subscription]:
        """Return all, or the first ones."""
        found = self._subscriptions.find(sort=[("_id", ASCENDING)], limit=limit or 0)
        return [SHAPE.record(document) async for document in found]

    @translated
    async def changes(self, *, after: int, limit: int) -> list[SubscriptionChange]:
        """Return the last change of each subscription that changed after this mark.

        A subscription that changes again between the two reads is told with its newer content under its older mark, and
        once more under the newer one.
        """
        later = self._changes.find({"mark": {"$gt": after}}, sort=[("mark", ASCENDING)], limit=limit)
        marks = {change["_id"]: change["mark"] async for change in later}
        present = await self.many(list(marks))
        return [
            SubscriptionChange(mark=mark, subscription_id=i, subscription=present.get(i)) for i, mark in marks.items()
        ]

    @translated
    async def remove(self, subscription_id: str) -> bool:
        """Forget one and drop its waiting alerts."""

        async def work(session: "AsyncClientSession") -> bool:
            await waiting.drop(self._link, waiting.of_subscription(subscription_id), session)
            removed = await self._subscriptions.delete_one({"_id": subscription_id}, session=session)
            if not removed.deleted_count:
                return False
            await self._mark(subscription_id, session)
            return True

        return await self._link.transaction(work)

    @translated
    async def save_tokens(self, tokens: "Sequence[tuple[str, str, str]]") -> None:
        """Remember what unsubscribe tokens stand for."""
        inserts = [
            InsertOne({"_id": token_hash, "subscription_id": subscription_id, "destination_id": destination_id})
            for token_hash, subscription_id, destination_id in tokens
        ]
        try:
            if inserts:
                await self._tokens.bulk_write(inserts, ordered=False)
        except BulkWriteError as error:
            if not is_duplicate(error):
                raise

    @translated
    async def find_token(self, token_hash: str) -> tuple[str, str] | None:
        """Return (subscription id, destination id)."""
        found = await self._tokens.find_one({"_id": token_hash})
        return None if found is None else (found["subscription_id"], found["destination_id"])

    @translated
    async def opt_out(self, subscription_id: str, destination_id: str) -> bool:
        """Stop telling this subscription to this destination."""

        async def work(session: "AsyncClientSession") -> bool:
            one = {"_id": subscription_id}
            out = {"$setUnion": ["$opted_out", [{"$literal": destination_id}]]}
            changed = await self._subscriptions.update_one(
                one, [{"$set": {"opted_out": {"$sortArray": {"input": out, "sortBy": 1}}}}], session=session
            )
            if not changed.matched_count:
                return False
            await self._mark(subscription_id, session)
            await waiting.drop(self._link, {"group": waiting.group_of(subscription_id, destination_id)}, session)
            await waiting.look_again(self._link, waiting.of_subscription(subscription_id), session)
            return True

        return await self._link.transaction(work)

    async def _put(self, subscription: Subscription, session: "AsyncClientSession") -> None:
        await self._mark(subscription.id, session)
        one = {"_id": subscription.id}
        await self._subscriptions.replace_one(one, SHAPE.document(subscription), upsert=True, session=session)
        await waiting.look_again(self._link, waiting.of_subscription(subscription.id), session)

    async def _mark(self, subscription_id: str, session: "AsyncClientSession") -> None:
        counter = await self._changes.find_one_and_update(
            {"_id": COUNTER["_id"]}, {"$inc": {"last_mark": 1}}, return_document=ReturnDocument.AFTER, session=session
        )
        await self._changes.update_one(
            {"_id": subscription_id}, {"$set": {"mark": present(counter)["last_mark"]}}, upsert=True, session=session
        )


async def waits_at(link: "Link", destination_id: str, session: "AsyncClientSession") -> "Document":
    """Return the condition for what waits for a destination on behalf of the subscriptions that name it.

    What others wait for there is dropped when its time comes: the planner asks who it is for.
    """
    named = link[NAME].find({"destinations": destination_id}, {"_id": 1}, session=session)
    return {**waiting.WAITS, "group": {"$in": [waiting.group_of(one["_id"], destination_id) async for one in named]}}
