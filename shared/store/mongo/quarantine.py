"""Collections ``quarantine_items`` and ``quarantine_chunks``.

Contents lie in chunks under the item's id, which is the same for the same bytes; so storing one again writes nothing new, and
what a crash left half stored is taken up by the next try. The item is written last: an item that is there is whole.
"""

import asyncio
import tempfile
from contextlib import asynccontextmanager
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from pymongo import ASCENDING, DESCENDING
from pymongo.errors import DuplicateKeyError

from shared.errors import NotFoundError
from shared.sqlite.failures import storage_full
from shared.sqlite.moments import to_microseconds
from shared.store.archived import QUARANTINE_PART_BYTES
from shared.store.mongo.documents import Shape
from shared.store.mongo.failures import translated
from shared.store.mongo.link import patiently
from shared.store.mongo.walking import by_ids
from shared.store.quarantined import Held, QuarantineItem, Wanted

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Sequence
    from datetime import datetime

    from pymongo.asynchronous.client_session import AsyncClientSession

    from shared.store.mongo.documents import Document
    from shared.store.mongo.link import Link

ITEMS = "quarantine_items"
CHUNKS = "quarantine_chunks"
SHAPE = Shape(QuarantineItem, key="id", pairs=("context",), beside=("chunks",))

_CHUNKS_AT_ONCE = 16
_WAITS = {"replayed_at": {"$exists": False}}


class MongoQuarantine:
    """See `shared.store.intake.Quarantine`."""

    def __init__(self, link: "Link") -> None:
        self._link = link
        self._items = link[ITEMS]
        self._chunks = link[CHUNKS]

    @translated
    async def add(self, items: "Sequence[tuple[QuarantineItem, bytes | Path]]") -> None:
        """Store items with their raw content."""
        known = {found["_id"] async for found in by_ids(self._items, [item.id for item, _ in items], {"_id": 1})}
        for item, raw in items:
            if not (item.id in known and await self._seen_again(item)):
                await self._save(item, raw)

    @translated
    async def get(self, item_id: str) -> QuarantineItem | None:
        """Return one."""
        document = await self._items.find_one({"_id": item_id})
        return None if document is None else SHAPE.record(document)

    @asynccontextmanager
    async def open(self, item_id: str) -> "AsyncIterator[Path]":
        """Give the raw content as a file, written chunk by chunk."""
        with tempfile.TemporaryDirectory(prefix="zhitui-") as folder:
            path = Path(folder) / item_id
            await self._fetch(item_id, path)
            yield path

    async def recent(self, wanted: Wanted | None = None, *, limit: int = 100) -> list[QuarantineItem]:
        """Return items, newest first."""
        return await self._page(_condition(wanted or Wanted()), newest_first=True, size=limit)

    @translated
    async def mark_replayed(self, item_id: str, *, at: "datetime") -> None:
        """Record that it was read again with success."""
        replayed = {"replayed_at": at, "replayed_at_us": to_microseconds(at)}
        if not (await self._items.update_one({"_id": item_id}, {"$set": replayed})).matched_count:
            raise _not_found(item_id)

    @translated
    async def counts(self) -> dict[str, int]:
        """Return reason code → how many wait."""
        by_reason: list[Document] = [{"$match": _WAITS}, {"$group": {"_id": "$reason_code", "count": {"$sum": 1}}}]
        with patiently():
            return {found["_id"]: found["count"] async for found in await self._items.aggregate(by_reason)}

    async def walk(
        self, wanted: Wanted, *, newest_first: bool = False, batch_size: int = 200
    ) -> "AsyncIterator[list[QuarantineItem]]":
        """Walk over items by when they were first seen."""
        condition = _condition(wanted)
        while found := await self._page(condition, newest_first=newest_first, size=batch_size):
            yield found
            last = (to_microseconds(found[-1].quarantined_at), found[-1].id)
            condition = {"$and": [_condition(wanted), _beyond(*last, than="$lt" if newest_first else "$gt")]}

    @translated
    async def forget(self, item_ids: "Sequence[str]") -> int:
        """Erase items, each with all its chunks or not at all."""
        gone = 0
        for item_id in item_ids:
            gone += await self._link.transaction(partial(self._forget, item_id))
        return gone

    @translated
    async def held(self) -> dict[str, Held]:
        """Return reason code → how much there is."""
        size = {"$ifNull": ["$kept_bytes", "$size_bytes"]}
        total: list[Document] = [{"$group": {"_id": "$reason_code", "count": {"$sum": 1}, "size": {"$sum": size}}}]
        with patiently():
            found = await (await self._items.aggregate(total)).to_list()
        return {one["_id"]: Held(count=one["count"], size_bytes=one["size"]) for one in found}

    async def _forget(self, item_id: str, session: "AsyncClientSession") -> int:
        gone = await self._items.delete_one({"_id": item_id}, session=session)
        await self._chunks.delete_many(chunks_of(item_id), session=session)
        return gone.deleted_count

    @translated
    async def _page(self, condition: "Document", *, newest_first: bool, size: int) -> list[QuarantineItem]:
        order = DESCENDING if newest_first else ASCENDING
        found = self._items.find(condition, sort=[("quarantined_at_us", order), ("_id", order)], limit=size)
        return [SHAPE.record(document) async for document in found]

    async def _seen_again(self, item: QuarantineItem) -> bool:
        """Unite an item with the one that is there; false when that is gone. See `shared.store.quarantined.seen_again`."""
        fields = SHAPE.document(item)
        names = ("reason_code", "reason", "format", "context")
        newest = {name: {"$literal": fields[name]} if name in fields else "$$REMOVE" for name in names}
        seen_us = to_microseconds(item.seen_at)
        changes = {
            **newest,
            "count": {"$add": [{"$ifNull": ["$count", 1]}, item.count]},
            "last_seen_at": {"$max": [{"$ifNull": ["$last_seen_at", "$quarantined_at"]}, item.seen_at]},
            "last_seen_at_us": {"$max": [{"$ifNull": ["$last_seen_at_us", "$quarantined_at_us"]}, seen_us]},
            "replayed_at": "$$REMOVE",
            "replayed_at_us": "$$REMOVE",
        }
        return (await self._items.update_one({"_id": item.id}, [{"$set": changes}])).matched_count == 1

    async def _save(self, item: QuarantineItem, raw: bytes | Path) -> None:
        pieces = iter(_pieces(raw))
        count = 0
        while (piece := await asyncio.to_thread(next, pieces, None)) is not None:
            await self._save_chunk(item.id, count, piece)
            count += 1
        try:
            await self._items.insert_one(SHAPE.document(item, chunks=count))
        except DuplicateKeyError:
            await self._seen_again(item)  # somebody else stored it meanwhile

    async def _save_chunk(self, item_id: str, number: int, content: bytes) -> None:
        try:
            await self._chunks.insert_one(chunk_document(item_id, number, content))
        except DuplicateKeyError:
            return  # an earlier try stored it

    @translated
    async def _fetch(self, item_id: str, path: Path) -> None:
        if await self._items.find_one({"_id": item_id}, {"_id": 1}) is None:
            raise _not_found(item_id)
        in_order = [("_id", ASCENDING)]
        with patiently(), path.open("wb") as file:
            async for chunk in self._chunks.find(chunks_of(item_id), sort=in_order, batch_size=_CHUNKS_AT_ONCE):
                await asyncio.to_thread(file.write, chunk["content"])


def _condition(wanted: Wanted) -> "Document":
    condition: Document = {
        name: value for name, value in (("source", wanted.source), ("name", wanted.name)) if value is not None
    }
    if wanted.reason_codes is not None:
        condition["reason_code"] = {"$in": list(wanted.reason_codes)}
    if wanted.waiting is not None:
        condition["replayed_at"] = {"$exists": not wanted.waiting}
    seen = {"$ifNull": ["$last_seen_at_us", "$quarantined_at_us"]}
    bounds = [
        {operator: [seen, to_microseconds(at)]}
        for operator, at in (("$gte", wanted.since), ("$lt", wanted.before))
        if at
    ]
    return {**condition, "$expr": {"$and": bounds}} if bounds else condition


def _beyond(at_us: int, item_id: str, *, than: str) -> "Document":
    """Return the condition for what comes after an item in the order of `MongoQuarantine.walk`."""
    return {"$or": [{"quarantined_at_us": {than: at_us}}, {"quarantined_at_us": at_us, "_id": {than: item_id}}]}


def chunks_of(item_id: str, *, first: int | None = None) -> "Document":
    """Return the condition for an item's chunks, from the ``first`` on."""
    return {"_id": {"$gte": f"{item_id} " if first is None else _chunk_id(item_id, first), "$lt": f"{item_id}!"}}


def chunk_document(item_id: str, number: int, content: bytes) -> "Document":
    """Return the document of a chunk."""
    return {"_id": _chunk_id(item_id, number), "item_id": item_id, "number": number, "content": content}


def _chunk_id(item_id: str, number: int) -> str:
    return f"{item_id} {number:06}"


def _pieces(raw: bytes | Path) -> "Iterator[bytes]":
    """Cut a content into chunks; never more than one of a file is in memory.

    Raises:
        StorageFullError: the file cannot be read.
    """
    try:
        with BytesIO(raw) if isinstance(raw, bytes) else raw.open("rb") as content:
            while piece := content.read(QUARANTINE_PART_BYTES):
                yield piece
    except OSError as error:
        raise storage_full(error.strerror or str(error), Path(str(raw)).parent) from error


def _not_found(item_id: str) -> NotFoundError:
    return NotFoundError(f"隔离区里没有 {item_id}；用 zhitui quarantine list 看看有哪些。")
