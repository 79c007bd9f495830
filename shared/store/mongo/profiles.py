"""Collection ``profiles``."""

from typing import TYPE_CHECKING

from pymongo import ASCENDING, ReplaceOne

from shared.store.mongo.documents import Document, Shape, moment
from shared.store.mongo.failures import translated
from shared.store.mongo.walking import by_ids, pieces
from shared.wire.profile import Profile

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from shared.store.mongo.link import Link

NAME = "profiles"
SHAPE = Shape(Profile, key="id", beside=("saved_at", "saved_at_us"))


class MongoProfiles:
    """See `shared.store.port.Profiles`."""

    def __init__(self, link: "Link") -> None:
        self._profiles = link[NAME]

    @translated
    async def put(self, profiles: "Sequence[Profile]", *, saved_at: "datetime") -> None:
        """Add or replace."""
        for piece in pieces(profiles):
            writes = [ReplaceOne({"_id": profile.id}, document(profile, saved_at), upsert=True) for profile in piece]
            await self._profiles.bulk_write(writes, ordered=True)  # the last of the same id has the last word

    @translated
    async def get(self, profile_id: str) -> Profile | None:
        """Return one."""
        found = await self._profiles.find_one({"_id": profile_id})
        return None if found is None else SHAPE.record(found)

    @translated
    async def many(self, profile_ids: "Sequence[str]") -> dict[str, Profile]:
        """Return those of these that there are, by id."""
        return {d["_id"]: SHAPE.record(d) async for d in by_ids(self._profiles, profile_ids)}

    @translated
    async def all(self, *, limit: int | None = None) -> list[Profile]:
        """Return all, or the first ones."""
        found = self._profiles.find(sort=[("_id", ASCENDING)], limit=limit or 0)
        return [SHAPE.record(document) async for document in found]

    @translated
    async def count(self) -> int:
        """Return how many there are, as the server's own count of the collection has it."""
        return await self._profiles.estimated_document_count()

    @translated
    async def remove(self, profile_id: str) -> bool:
        """Forget one."""
        return (await self._profiles.delete_one({"_id": profile_id})).deleted_count > 0


def document(profile: Profile, saved_at: "datetime") -> Document:
    """Return the document of a profile."""
    return SHAPE.document(profile, **moment("saved_at", saved_at))
