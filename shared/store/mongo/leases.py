"""Collection ``leases``: a document a name, which outlives its leases so that tokens go on growing."""

from typing import TYPE_CHECKING

from pymongo import ASCENDING, ReturnDocument

from shared.store.coordination import Lease
from shared.store.mongo.documents import Document, present
from shared.store.mongo.failures import translated
from shared.store.mongo.server_time import NOW, from_now

if TYPE_CHECKING:
    from shared.store.mongo.link import Link

NAME = "leases"


class MongoLeases:
    """See `shared.store.coordination.Leases`; the server's clock decides."""

    def __init__(self, link: "Link") -> None:
        self._leases = link[NAME]

    @translated
    async def acquire(self, name: str, owner: str, *, seconds: float) -> Lease | None:
        """Take a lease that nobody has: one update that changes nothing while somebody else has it."""
        mine = {"$eq": ["$owner", {"$literal": owner}]}
        is_free = {"$or": [{"$not": ["$token"]}, mine, {"$lte": ["$ends_at", NOW]}]}
        fields = {
            "owner": ({"$literal": owner}, "$owner"),
            "token": ({"$add": [{"$ifNull": ["$token", 0]}, 1]}, "$token"),
            "ends_at": (from_now(seconds), "$ends_at"),
        }
        found = await self._leases.find_one_and_update(
            {"_id": name},
            [{"$set": {field: {"$cond": [is_free, taken, kept]} for field, (taken, kept) in fields.items()}}],
            upsert=True,
            return_document=ReturnDocument.AFTER,
        )
        lease = _lease(present(found))
        return lease if lease.owner == owner else None

    @translated
    async def renew(self, lease: Lease, *, seconds: float) -> bool:
        """Let it last."""
        renewed = await self._leases.update_one(
            {"_id": lease.name, "token": lease.token, "$expr": {"$gt": ["$ends_at", NOW]}},
            [{"$set": {"ends_at": from_now(seconds)}}],
        )
        return renewed.matched_count == 1

    @translated
    async def release(self, lease: Lease) -> None:
        """Give it back."""
        await self._leases.update_one({"_id": lease.name, "token": lease.token}, [{"$set": {"ends_at": from_now(0)}}])

    @translated
    async def held(self) -> list[Lease]:
        """Return the leases that are not over."""
        found = self._leases.find({"$expr": {"$gt": ["$ends_at", NOW]}}, sort=[("_id", ASCENDING)])
        return [_lease(document) async for document in found]


def _lease(document: Document) -> Lease:
    return Lease(name=document["_id"], owner=document["owner"], token=document["token"])
