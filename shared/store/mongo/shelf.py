"""Documents of one kind that have an owner; a TTL index forgets what is over."""

from typing import TYPE_CHECKING, Any, Generic, TypeVar

import msgspec
from pymongo import ASCENDING, DESCENDING
from pymongo.errors import BulkWriteError, DuplicateKeyError

from shared.store.mongo.failures import is_duplicate, translated
from shared.store.mongo.filed_documents import SHAPE, document
from shared.store.mongo.server_time import NOW
from shared.store.mongo.walking import by_ids, pieces

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pymongo.asynchronous.client_session import AsyncClientSession

    from shared.store.filed import Filed, Position
    from shared.store.filing import Filing
    from shared.store.mongo.documents import Document
    from shared.store.mongo.link import Link

D = TypeVar("D", bound=msgspec.Struct)

_LIVES: dict[str, Any] = {"$or": [{"expires_at": None}, {"$expr": {"$gt": ["$expires_at", NOW]}}]}
_IS_OVER: dict[str, Any] = {"expires_at": {"$ne": None}, "$expr": {"$lte": ["$expires_at", NOW]}}


class MongoShelf(Generic[D]):
    """See `shared.store.filed.Shelf`; the server's clock decides what is over."""

    def __init__(self, link: "Link", filing: "Filing[D]") -> None:
        self._link = link
        self._filing = filing
        self._documents = link[filing.kind.name]

    @translated
    async def add(self, documents: "Sequence[D]") -> bool:
        """File new documents: one as it is, several in a transaction."""
        written = [document(self._filing.record(one)) for one in documents]
        lookups = [lookup for one in written for lookup in one.get("lookups", ())]
        while True:
            try:
                await self._insert(written)
            except (DuplicateKeyError, BulkWriteError) as error:
                if not is_duplicate(error):
                    raise
                if not await self._make_room([one["_id"] for one in written], lookups):
                    return False
            else:
                return True

    @translated
    async def get(self, document_id: str) -> "Filed[D] | None":
        """Return one."""
        return await self._one({"_id": document_id})

    @translated
    async def many(self, document_ids: "Sequence[str]") -> "dict[str, Filed[D]]":
        """Return those of these that there are, by id."""
        return {found["_id"]: self._filed(found) async for found in by_ids(self._documents, document_ids, **_LIVES)}

    @translated
    async def find(self, lookup: str) -> "Filed[D] | None":
        """Return the one with this lookup."""
        return await self._one({"lookups": lookup})

    @translated
    async def replace(self, document_: D, *, revision: int) -> int | None:
        """Put a document in the place of the one of its id: compare and set."""
        record = self._filing.record(document_, revision=revision + 1)
        expected = {"_id": record.id, "revision": revision, **_LIVES}
        while True:
            try:
                replaced = await self._documents.replace_one(expected, document(record))
            except DuplicateKeyError:
                if not await self._make_room([], record.lookups):
                    return None
            else:
                return record.revision if replaced.matched_count else None

    @translated
    async def remove(self, document_id: str, *, revision: int | None = None) -> bool:
        """Forget one, if it is still at this revision."""
        expected = {"_id": document_id, **_LIVES, **({} if revision is None else {"revision": revision})}
        return (await self._documents.delete_one(expected)).deleted_count > 0

    @translated
    async def page(
        self, owner: str, *, after: "Position | None" = None, limit: int, newest_first: bool = False
    ) -> "list[Filed[D]]":
        """Return documents of one owner by (order, id), or the other way round."""
        way, than = (DESCENDING, "$lt") if newest_first else (ASCENDING, "$gt")
        wanted: Document = {"owner": owner, **_LIVES}
        if after is not None:
            beyond = [{"order": {than: after.order}}, {"order": after.order, "_id": {than: after.id}}]
            wanted = {"owner": owner, "$and": [_LIVES, {"$or": beyond}]}
        found = self._documents.find(wanted, sort=[("order", way), ("_id", way)], limit=limit)
        return [self._filed(one) async for one in found]

    @translated
    async def count(self, owner: str) -> int:
        """Return how many documents an owner has."""
        return await self._documents.count_documents({"owner": owner, **_LIVES})

    @translated
    async def expire(self) -> int:
        """Forget what is over."""
        return (await self._documents.delete_many(_IS_OVER)).deleted_count

    @translated
    async def reseal(self, *, after: str = "", limit: int = 500) -> tuple[int, str | None]:
        """Put documents under the newest key: a compare-and-set each."""
        last, resealed = None, 0
        fields = {"text": 1}
        async for found in self._documents.find(
            {"_id": {"$gt": after}}, fields, sort=[("_id", ASCENDING)], limit=limit
        ):
            last = found["_id"]
            renewed = self._filing.renewed(found["text"])
            if renewed is not None:
                changed = await self._documents.update_one(found, {"$set": {"text": renewed}})
                resealed += changed.modified_count
        return resealed, last

    async def _insert(self, written: "list[Document]") -> None:
        if len(written) == 1:
            await self._documents.insert_one(written[0])
        elif written:

            async def work(session: "AsyncClientSession") -> None:
                await self._documents.insert_many(written, session=session)

            await self._link.transaction(work)

    async def _make_room(self, ids: "Sequence[str]", lookups: "Sequence[str]") -> bool:
        """Forget what is over and in the way; false when there is no such."""
        forgotten = 0
        for field, values in (("_id", ids), ("lookups", lookups)):
            for piece in pieces(values):
                forgotten += (await self._documents.delete_many({field: {"$in": piece}, **_IS_OVER})).deleted_count
        return forgotten > 0

    async def _one(self, condition: "Document") -> "Filed[D] | None":
        found = await self._documents.find_one({**condition, **_LIVES})
        return None if found is None else self._filed(found)

    def _filed(self, found: "Document") -> "Filed[D]":
        return self._filing.filed(SHAPE.record(found))
