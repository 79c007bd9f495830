"""Collection ``destinations``; addresses and option values lie in it sealed."""

from typing import TYPE_CHECKING

from pymongo import ASCENDING

from shared.store.mongo import waiting
from shared.store.mongo.documents import Shape
from shared.store.mongo.failures import translated
from shared.store.mongo.subscriptions import waits_at
from shared.store.mongo.walking import by_ids
from shared.store.sealing import Seal
from shared.wire.subscription import Destination

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pymongo.asynchronous.client_session import AsyncClientSession

    from shared.secret_box import SecretBox
    from shared.store.mongo.documents import Document
    from shared.store.mongo.link import Link

NAME = "destinations"
SHAPE = Shape(Destination, key="id", pairs=("options",))


class MongoDestinations:
    """See `shared.store.telling.Destinations`.

    Every change is a transaction with what it does to the waiting alerts: a destination that is gone is owed nothing, and
    one that came back is told what waited for it.
    """

    def __init__(self, link: "Link", secrets: "SecretBox") -> None:
        self._link = link
        self._destinations = link[NAME]
        self._seal = Seal(secrets)

    @translated
    async def put(self, destination: Destination) -> None:
        """Add or replace."""
        document = SHAPE.document(self._seal.put_on(destination))
        await self._link.transaction(lambda session: self._put(document, session))

    @translated
    async def replace(self, before: Destination | None, after: Destination) -> bool:
        """Replace one that is still as it was read; what others commit in between makes the transaction begin anew."""
        document = SHAPE.document(self._seal.put_on(after))

        async def work(session: "AsyncClientSession") -> bool:
            there = await self._destinations.find_one({"_id": after.id}, session=session)
            if (None if there is None else self._seal.taken_off(SHAPE.record(there))) != before:
                return False
            await self._put(document, session)
            return True

        return await self._link.transaction(work)

    @translated
    async def get(self, destination_id: str) -> Destination | None:
        """Return one."""
        document = await self._destinations.find_one({"_id": destination_id})
        return None if document is None else self._seal.taken_off(SHAPE.record(document))

    @translated
    async def many(self, destination_ids: "Sequence[str]") -> dict[str, Destination]:
        """Return those of these that there are, by id."""
        return {
            d["_id"]: self._seal.taken_off(SHAPE.record(d)) async for d in by_ids(self._destinations, destination_ids)
        }

    @translated
    async def all(self, *, limit: int | None = None) -> list[Destination]:
        """Return all, or the first ones."""
        return [
            self._seal.taken_off(SHAPE.record(document))
            async for document in self._destinations.find(sort=[("_id", ASCENDING)], limit=limit or 0)
        ]

    @translated
    async def reseal(self, *, after: str = "", limit: int = 500) -> tuple[int, str | None]:
        """Put secrets under the newest key: a compare-and-set each."""
        last, resealed = None, 0
        async for document in self._destinations.find({"_id": {"$gt": after}}, sort=[("_id", ASCENDING)], limit=limit):
            last = document["_id"]
            renewed = self._seal.renewed(SHAPE.record(dict(document)))
            if renewed is None:
                continue
            sealed = ("address", "options")
            unchanged = {"_id": last, **{field: document[field] for field in sealed}}
            fresh = SHAPE.document(renewed)
            change = {"$set": {field: fresh[field] for field in sealed}}
            resealed += (await self._destinations.update_one(unchanged, change)).modified_count
        return resealed, last

    @translated
    async def remove(self, destination_id: str) -> bool:
        """Forget one and drop its waiting alerts."""

        async def work(session: "AsyncClientSession") -> bool:
            waits = await waits_at(self._link, destination_id, session)
            await waiting.drop(self._link, waits, session)
            removed = await self._destinations.delete_one({"_id": destination_id}, session=session)
            return removed.deleted_count > 0

        return await self._link.transaction(work)

    async def _put(self, document: "Document", session: "AsyncClientSession") -> None:
        await self._destinations.replace_one({"_id": document["_id"]}, document, upsert=True, session=session)
        waits = await waits_at(self._link, document["_id"], session)
        await waiting.look_again(self._link, waits, session)
