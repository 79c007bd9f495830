"""Collection ``source_states``."""

from typing import TYPE_CHECKING

from pymongo import ASCENDING

from shared.store.incoming import SourceState
from shared.store.mongo.documents import Shape
from shared.store.mongo.failures import translated

if TYPE_CHECKING:
    from shared.store.mongo.link import Link

NAME = "source_states"
SHAPE = Shape(SourceState, key="name", pairs=("cursor",))


class MongoSources:
    """See `shared.store.intake.Sources`."""

    def __init__(self, link: "Link") -> None:
        self._states = link[NAME]

    @translated
    async def get(self, name: str) -> SourceState | None:
        """Return one."""
        found = await self._states.find_one({"_id": name})
        return None if found is None else SHAPE.record(found)

    @translated
    async def save(self, state: SourceState) -> None:
        """Add or replace."""
        await self._states.replace_one({"_id": state.name}, SHAPE.document(state), upsert=True)

    @translated
    async def all(self) -> list[SourceState]:
        """Return all, by name."""
        return [SHAPE.record(found) async for found in self._states.find(sort=[("_id", ASCENDING)])]
