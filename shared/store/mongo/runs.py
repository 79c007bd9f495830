"""Collection ``ingest_runs``."""

from typing import TYPE_CHECKING

from pymongo import DESCENDING

from shared.store.mongo.documents import Shape
from shared.store.mongo.failures import translated
from shared.store.records import IngestRun

if TYPE_CHECKING:
    from shared.store.mongo.link import Link

NAME = "ingest_runs"
SHAPE = Shape(IngestRun, key="id")


class MongoRuns:
    """See `shared.store.port.Runs`."""

    def __init__(self, link: "Link") -> None:
        self._runs = link[NAME]

    @translated
    async def save(self, run: IngestRun) -> None:
        """Add or replace."""
        await self._runs.replace_one({"_id": run.id}, SHAPE.document(run), upsert=True)

    @translated
    async def recent(self, *, limit: int = 50) -> list[IngestRun]:
        """Return runs, newest first."""
        newest = self._runs.find(sort=[("started_at_us", DESCENDING), ("_id", DESCENDING)], limit=limit)
        return [SHAPE.record(document) async for document in newest]
