"""The store on MongoDB as a whole: read at one moment, written as it is, closed.

A closure keeps processes from working because they look at it, once a second and before they begin: MongoDB has nothing that
refuses writes of one database. So what must not be written to while others run is the embedded store, which has.
"""

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from pymongo import DeleteOne, UpdateOne

from shared.store.archived import COLLECTIONS
from shared.store.mongo import (
    closures,
    delivery_documents,
    idempotency,
    match_counts,
    matches,
    quarantine,
    subscriptions,
    told,
)
from shared.store.mongo.archive_snapshot import MongoSnapshot, counts
from shared.store.mongo.archive_writing import Writing, id_of
from shared.store.mongo.failures import translated
from shared.store.mongo.link import patiently
from shared.store.mongo.walking import pieces

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from shared.store.archived import Closure, Document, Key
    from shared.store.mongo.link import Link

_EMBEDDED = frozenset({"delivery_attempts"})
"""Collections that lie in documents of another."""

_BESIDE = (told.NAME, quarantine.CHUNKS, match_counts.NAME, idempotency.NAME)
"""Collections that hold parts of others' documents, or what is true only as long as these are there."""


class MongoArchive:
    """See `shared.store.archived.Archive`."""

    def __init__(self, link: "Link") -> None:
        self._link = link
        self._writing = Writing(link)

    @asynccontextmanager
    async def snapshot(self) -> "AsyncIterator[MongoSnapshot]":
        """Hold one moment's content, for as long as the server keeps it (``minSnapshotHistoryWindowInSeconds``)."""
        async with self._link.at_one_moment() as session:
            snapshot = MongoSnapshot(self._link, session)
            await snapshot.begin()
            yield snapshot

    @translated
    async def counts(self) -> dict[str, int]:
        """Return collection → how many documents it has now."""
        return await counts(self._link, None)

    @translated
    async def write(self, collection: str, documents: "Sequence[Document]") -> None:
        """Add or replace documents, exactly as they are."""
        if documents:
            await self._writing.write(collection, documents)

    @translated
    async def remove(self, collection: str, keys: "Sequence[Key]") -> None:
        """Forget documents."""
        for piece in pieces(keys):
            await self._remove(collection, piece)

    async def _remove(self, collection: str, keys: "list[Key]") -> None:
        names = [str(key[0]) for key in keys]
        if collection == "delivery_attempts":
            await self._link[delivery_documents.NAME].bulk_write(
                [UpdateOne({"_id": key[0]}, {"$pull": {"tries": {"number": key[1]}}}) for key in keys], ordered=False
            )
        elif collection == matches.NAME:
            await self._link[matches.NAME].delete_many({"publication_number": {"$in": names}})
        else:
            await self._link[collection].bulk_write(
                [DeleteOne({"_id": id_of(collection, key)}) for key in keys], ordered=False
            )
        if collection == quarantine.ITEMS:
            for name in names:
                await self._link[quarantine.CHUNKS].delete_many(quarantine.chunks_of(name))
        elif collection == subscriptions.NAME:
            await self._writing.mark(names)

    @translated
    async def clear(self) -> None:
        """Forget all documents; the indexes and rules stay."""
        with patiently():
            for name in (*COLLECTIONS, *_BESIDE):
                if name not in _EMBEDDED:
                    await self._link[name].delete_many({})
            await self._link[subscriptions.CHANGES].delete_many({"_id": {"$ne": subscriptions.COUNTER["_id"]}})
        self._writing = Writing(self._link)  # it remembers what lay there

    @translated
    async def closure(self) -> "Closure | None":
        """Return why nobody may work on this store."""
        document = await self._link[closures.NAME].find_one({"_id": closures.ID})
        return None if document is None else closures.SHAPE.record(document)

    @translated
    async def close(self, closure: "Closure") -> None:
        """Close the store, or close it in another way."""
        document = closures.SHAPE.document(closure, _id=closures.ID)
        await self._link[closures.NAME].replace_one({"_id": closures.ID}, document, upsert=True)

    @translated
    async def reopen(self) -> None:
        """Let everybody work on it again."""
        await self._link[closures.NAME].delete_one({"_id": closures.ID})
