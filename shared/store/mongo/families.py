"""Collection ``families``: a document a key.

What binds keys reads some and writes others, so it is a transaction; most publications of a feed bring nothing new, and then
a read is enough.
"""

from typing import TYPE_CHECKING

from pymongo import ReplaceOne

from shared.store.families import FamilyKey, bind
from shared.store.mongo.documents import Shape
from shared.store.mongo.failures import translated
from shared.store.mongo.walking import by_ids, pieces

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pymongo.asynchronous.client_session import AsyncClientSession

    from shared.store.mongo.link import Link

NAME = "families"
SHAPE = Shape(FamilyKey, key="key")


class MongoFamilies:
    """See `shared.store.intake.Families`."""

    def __init__(self, link: "Link") -> None:
        self._link = link

    @translated
    async def join(self, groups: "Sequence[Sequence[str]]") -> list[str]:
        """Give every group its family; of two processes that bind the same key, one comes after the other."""
        ids, changed = bind(groups, await self._known(groups, None))
        return await self._link.transaction(lambda session: self._join(groups, session)) if changed else ids

    async def _join(self, groups: "Sequence[Sequence[str]]", session: "AsyncClientSession") -> list[str]:
        ids, changed = bind(groups, await self._known(groups, session))
        for piece in pieces(changed.values()):
            writes = [ReplaceOne({"_id": one.key}, SHAPE.document(one), upsert=True) for one in piece]
            await self._link[NAME].bulk_write(writes, ordered=False, session=session)
        return ids

    async def _known(
        self, groups: "Sequence[Sequence[str]]", session: "AsyncClientSession | None"
    ) -> dict[str, FamilyKey]:
        asked = sorted({key for group in groups for key in group})
        return {found["_id"]: SHAPE.record(found) async for found in by_ids(self._link[NAME], asked, session=session)}
