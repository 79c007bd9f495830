"""Collection ``members``; a TTL index forgets the dead."""

from typing import TYPE_CHECKING

from pymongo import ASCENDING

from shared.store.coordination import Member
from shared.store.mongo.failures import translated
from shared.store.mongo.server_time import NOW, from_now

if TYPE_CHECKING:
    from shared.store.mongo.link import Link

NAME = "members"

_LIVES = {"$expr": {"$gt": ["$alive_until", NOW]}}


class MongoMembers:
    """See `shared.store.coordination.Members`; the server's clock decides."""

    def __init__(self, link: "Link") -> None:
        self._members = link[NAME]

    @translated
    async def beat(self, role: str, instance: str, *, seconds: float) -> list[str]:
        """Say that this process is alive; return the living of its role."""
        beaten = {"role": role, "instance": {"$literal": instance}, "alive_until": from_now(seconds)}
        await self._members.update_one({"_id": _id(role, instance)}, [{"$set": beaten}], upsert=True)
        living = self._members.find({"role": role, **_LIVES}, sort=[("instance", ASCENDING)])
        return [document["instance"] async for document in living]

    @translated
    async def leave(self, role: str, instance: str) -> None:
        """Say that this process stops."""
        await self._members.delete_one({"_id": _id(role, instance)})

    @translated
    async def alive(self) -> list[Member]:
        """Return the living of all roles."""
        living = self._members.find(_LIVES, sort=[("role", ASCENDING), ("instance", ASCENDING)])
        return [Member(role=document["role"], instance=document["instance"]) async for document in living]


def _id(role: str, instance: str) -> str:
    return f"{role} {instance}"
