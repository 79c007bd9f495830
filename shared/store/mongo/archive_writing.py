"""Writes documents of a backup as the collections keep them, many at a time.

Nobody else works on the store meanwhile (it is closed), so nothing here needs a transaction: what a kill leaves half done is
written again, to the same effect.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from pymongo import ReplaceOne, ReturnDocument, UpdateOne

from shared.errors import MisconfiguredError
from shared.store.archived import QUARANTINE_PART_BYTES, QuarantinePart, SavedProfile
from shared.store.mongo import (
    alert_documents,
    delivery_documents,
    filed_documents,
    matches,
    profiles,
    publications,
    quarantine,
    subscriptions,
    waiting,
)
from shared.store.mongo.archive_shapes import FILED, PLAIN
from shared.store.mongo.documents import Document as Fields
from shared.store.mongo.told import ToldPublications
from shared.store.mongo.walking import pieces
from shared.store.records import Alert, AlertKey, AlertState, Attempt, Delivery, MatchRecord, PublicationVersion

if TYPE_CHECKING:
    from shared.store.archived import Document, Key
    from shared.store.filing import FiledRecord
    from shared.store.mongo.link import Link
    from shared.wire.subscription import Subscription

_DELIVERY_FIELDS = frozenset(Delivery.__struct_fields__) - {"id"}


def id_of(collection: str, key: "Key") -> str:
    """Return the ``_id`` of the document with this key."""
    if collection == publications.EARLIER:
        return f"{key[0]} {key[1]}"
    if collection == waiting.ALERTS:
        subscription_id, number, destination_id = map(str, key)
        return alert_documents.id_of(
            AlertKey(subscription_id=subscription_id, publication_number=number, destination_id=destination_id)
        )
    return str(key[0])


class Writing:
    """Adds or replaces."""

    def __init__(self, link: "Link") -> None:
        self._link = link
        self._told = ToldPublications(link)

    async def write(self, collection: str, documents: "Sequence[Any]") -> None:
        """Write documents of one collection."""
        if collection == waiting.ALERTS:
            await self._write_alerts(documents)
        elif collection == matches.NAME:
            await self._write_matches(documents)
        elif collection == subscriptions.NAME:
            await self._write_subscriptions(documents)
        elif collection == delivery_documents.NAME:
            await self._write_deliveries(documents)
        elif collection == "delivery_attempts":
            await self._write_attempts(documents)
        elif collection == quarantine.ITEMS:
            for part in documents:
                await self._write_part(part)
        elif collection in FILED:
            await self._write_filed(collection, documents)
        else:
            await self._replace(collection, [_fields(collection, document) for document in documents])

    async def mark(self, subscription_ids: Sequence[str]) -> None:
        """Note that subscriptions changed, for those who keep them in memory."""
        changes = self._link[subscriptions.CHANGES]
        counter = await changes.find_one_and_update(
            {"_id": subscriptions.COUNTER["_id"]},
            {"$inc": {"last_mark": len(subscription_ids)}},
            return_document=ReturnDocument.AFTER,
        )
        if counter is None:
            raise MisconfiguredError("MongoDB 里缺少订阅变更的计数；请运行 zhitui store migrate。")
        first = counter["last_mark"] - len(subscription_ids) + 1
        await changes.bulk_write(
            [
                UpdateOne({"_id": subscription_id}, {"$set": {"mark": first + place}}, upsert=True)
                for place, subscription_id in enumerate(subscription_ids)
            ],
            ordered=False,
        )

    async def _replace(self, collection: str, documents: Iterable[Fields]) -> None:
        await self._link[collection].bulk_write(
            [ReplaceOne({"_id": document["_id"]}, document, upsert=True) for document in documents], ordered=False
        )

    async def _write_alerts(self, alerts: Sequence[Alert]) -> None:
        names = await self._told.save(alerts)
        documents = [alert_documents.document(alert, name) for alert, name in zip(alerts, names, strict=True)]
        for alert, document in zip(alerts, documents, strict=True):
            if alert.state is AlertState.PENDING:  # until when it may rest is not in a backup: somebody asks anew
                document["due"] = waiting.look_again_mark()
        await self._replace(waiting.ALERTS, documents)

    async def _write_matches(self, records: Sequence[MatchRecord]) -> None:
        numbers = [record.publication_number for record in records]
        await self._link[matches.NAME].delete_many({"publication_number": {"$in": numbers}})
        await self._replace(
            matches.NAME,
            [
                matches.document(record.publication_number, part, dict.fromkeys(some, record.matched_at))
                for record in records
                for part, some in enumerate(_cut(record.profile_ids, matches.LARGEST))
            ],
        )

    async def _write_subscriptions(self, documents: "Sequence[Subscription]") -> None:
        await self.mark([subscription.id for subscription in documents])
        await self._replace(subscriptions.NAME, map(subscriptions.SHAPE.document, documents))

    async def _write_deliveries(self, deliveries: Sequence[Delivery]) -> None:
        """Replace all but the attempts, which are documents of their own to a backup."""
        updates = []
        for delivery in deliveries:
            document = delivery_documents.new_document(delivery)
            del document["tries"], document["revision"]
            gone = {name: "" for field in _DELIVERY_FIELDS for name in (field, f"{field}_us") if name not in document}
            first = {"$setOnInsert": {"tries": [], "revision": 0}}
            updates.append(
                UpdateOne({"_id": document.pop("_id")}, {"$set": document, "$unset": gone, **first}, upsert=True)
            )
        await self._link[delivery_documents.NAME].bulk_write(updates, ordered=False)

    async def _write_attempts(self, attempts: Sequence[Attempt]) -> None:
        of_delivery: defaultdict[str, list[Attempt]] = defaultdict(list)
        for attempt in attempts:
            of_delivery[attempt.delivery_id].append(attempt)
        updates = []
        for delivery_id, some in of_delivery.items():
            others = {"$not": [{"$in": ["$$this.number", [attempt.number for attempt in some]]}]}
            kept = {"$filter": {"input": "$tries", "cond": others}}
            written = {"$literal": [delivery_documents.try_document(attempt) for attempt in some]}
            tries = {"$sortArray": {"input": {"$concatArrays": [kept, written]}, "sortBy": {"number": 1}}}
            updates.append(UpdateOne({"_id": delivery_id}, [{"$set": {"tries": tries}}]))
        await self._link[delivery_documents.NAME].bulk_write(updates, ordered=False)

    async def _write_filed(self, collection: str, records: "Sequence[FiledRecord]") -> None:
        """Write records in whatever order they come: one may have a lookup that another is about to lose."""
        lookups = [lookup for record in records for lookup in record.lookups]
        for piece in pieces(lookups):
            await self._link[collection].update_many({"lookups": {"$in": piece}}, {"$unset": {"lookups": ""}})
        await self._link[collection].bulk_write(
            [UpdateOne({"_id": one.id}, filed_documents.rewritten(one), upsert=True) for one in records], ordered=False
        )

    async def _write_part(self, part: QuarantinePart) -> None:
        chunks = self._link[quarantine.CHUNKS]
        number = part.offset // QUARANTINE_PART_BYTES
        if part.content:
            chunk = quarantine.chunk_document(part.id, number, part.content)
            await chunks.replace_one({"_id": chunk["_id"]}, chunk, upsert=True)
        if part.item is not None:
            count = number + 1 if part.content else number
            await chunks.delete_many(quarantine.chunks_of(part.id, first=count))
            document = quarantine.SHAPE.document(part.item, chunks=count)
            await self._replace(quarantine.ITEMS, [document])


def _fields(collection: str, document: "Document") -> Fields:
    match document:
        case PublicationVersion():
            make = publications.document if collection == publications.CURRENT else publications.earlier_document
            return make(document)
        case SavedProfile():
            return profiles.document(document.profile, document.saved_at)
    return PLAIN[collection].document(document)


def _cut(ids: Sequence[str], size: int) -> list[Sequence[str]]:
    return [ids[start : start + size] for start in range(0, len(ids), size)]
