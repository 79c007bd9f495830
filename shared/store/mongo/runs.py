"""Collection ``ingest_runs``."""

from typing import TYPE_CHECKING

from pymongo import DESCENDING

from shared.sqlite.moments import from_microseconds, to_microseconds
from shared.store.incoming import IngestRun, RunState, SourceHour
from shared.store.mongo.documents import Shape
from shared.store.mongo.failures import translated

if TYPE_CHECKING:
    from datetime import datetime

    from shared.store.mongo.link import Link

NAME = "ingest_runs"
SHAPE = Shape(IngestRun, key="id")

_HOUR_US = 3_600_000_000


class MongoRuns:
    """See `shared.store.intake.Runs`."""

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

    @translated
    async def hours(self, *, since: "datetime") -> list[SourceHour]:
        """Return what every source sent, by source and hour."""
        began = {"$subtract": ["$started_at_us", {"$mod": ["$started_at_us", _HOUR_US]}]}
        groups = await self._runs.aggregate(
            [
                {
                    "$match": {
                        "started_at_us": {"$gte": to_microseconds(since)},
                        "state": {"$ne": RunState.READING.value},
                    }
                },
                {
                    "$group": {
                        "_id": {"source": "$source", "hour": began},
                        "inputs": {"$sum": 1},
                        "failed": {"$sum": {"$cond": [{"$eq": ["$state", RunState.FAILED.value]}, 1, 0]}},
                        "read": {"$sum": "$read"},
                        "new": {"$sum": {"$add": ["$accepted", "$corrected"]}},
                    }
                },
                {"$sort": {"_id.source": 1, "_id.hour": 1}},
            ]
        )
        return [
            SourceHour(
                source=group["_id"]["source"],
                hour=from_microseconds(group["_id"]["hour"]),
                **{name: group[name] for name in ("inputs", "failed", "read", "new")},
            )
            async for group in groups
        ]
