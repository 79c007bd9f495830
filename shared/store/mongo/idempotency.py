"""Collection ``idempotency_keys``; a TTL index forgets what is over."""

import secrets
from typing import TYPE_CHECKING

from pymongo import ReturnDocument

from shared.store.coordination import TOKEN_BITS, Begun, Standing
from shared.store.mongo.documents import Document, present
from shared.store.mongo.failures import translated
from shared.store.mongo.server_time import NOW, from_now

if TYPE_CHECKING:
    from shared.store.mongo.link import Link

NAME = "idempotency_keys"


class MongoIdempotency:
    """See `shared.store.coordination.Idempotency`; the server's clock decides."""

    def __init__(self, link: "Link") -> None:
        self._keys = link[NAME]

    @translated
    async def begin(self, key: str, digest: str, *, lease_seconds: float) -> Begun:
        """Begin a request, unless its key is taken: one update that changes nothing while it is."""
        is_free = {"$or": [{"$not": ["$token"]}, {"$lte": ["$ends_at", NOW]}]}
        fields = {
            "digest": ({"$literal": digest}, "$digest"),
            "token": (secrets.randbits(TOKEN_BITS), "$token"),
            "ends_at": (from_now(lease_seconds), "$ends_at"),
            "answer": ("$$REMOVE", "$answer"),
        }
        begun = {field: {"$cond": ["$begun", taken, kept]} for field, (taken, kept) in fields.items()}
        found = await self._keys.find_one_and_update(
            {"_id": key},
            [{"$set": {"begun": is_free}}, {"$set": begun}],
            upsert=True,
            return_document=ReturnDocument.AFTER,
        )
        return _begun(present(found), digest)

    @translated
    async def finish(self, key: str, token: int, answer: bytes, *, keep_seconds: float) -> bool:
        """Keep the answer."""
        kept = {"answer": {"$literal": answer}, "ends_at": from_now(keep_seconds)}
        return (await self._keys.update_one(_mine(key, token), [{"$set": kept}])).matched_count == 1

    @translated
    async def give_up(self, key: str, token: int) -> None:
        """Let the key be free again."""
        await self._keys.update_one(_mine(key, token), [{"$set": {"ends_at": NOW}}])


def _begun(document: Document, digest: str) -> Begun:
    if document["begun"]:
        return Begun(standing=Standing.BEGUN, token=document["token"])
    if document["digest"] != digest:
        return Begun(standing=Standing.DIFFERENT)
    if (answer := document.get("answer")) is None:
        return Begun(standing=Standing.IN_PROGRESS)
    return Begun(standing=Standing.DONE, answer=bytes(answer))


def _mine(key: str, token: int) -> Document:
    return {"_id": key, "token": token, "answer": {"$exists": False}}
