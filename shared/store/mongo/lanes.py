"""Collection ``lanes``: a document a lane, with the turns that count in it, so that taking one is one atomic step.

A document goes by itself when nothing in it counts any more.
"""

from typing import TYPE_CHECKING, Any

from pymongo import ReturnDocument

from shared.store.mongo.documents import Document, present
from shared.store.mongo.failures import translated
from shared.store.mongo.server_time import NOW, from_now

if TYPE_CHECKING:
    from shared.store.mongo.link import Link

NAME = "lanes"


class MongoLanes:
    """See `shared.store.coordination.Lanes`; the server's clock decides."""

    def __init__(self, link: "Link") -> None:
        self._lanes = link[NAME]

    @translated
    async def take(self, lane: str, turn: str, *, calls: int, window_seconds: float, hold_seconds: float) -> float:
        """Take a turn, unless as many as may be counted are counted already."""
        until = from_now(hold_seconds + window_seconds)
        mine = {"turn": {"$literal": turn}, "counts_until": until}
        has_it = {"$in": [{"$literal": turn}, "$turns.turn"]}
        has_room = {"$lt": [{"$size": "$turns"}, calls]}
        taken = {"$concatArrays": ["$turns", {"$cond": [{"$and": [{"$not": [has_it]}, has_room]}, [mine], []]}]}
        found = await self._lanes.find_one_and_update(
            {"_id": lane},
            [
                {"$set": {"turns": _counting(until), "asked_at": NOW}},
                {"$set": {"turns": taken}},
                {"$set": {"forget_at": {"$max": ["$turns.counts_until", until]}}},
            ],
            upsert=True,
            return_document=ReturnDocument.AFTER,
        )
        document = present(found)
        if any(one["turn"] == turn for one in document["turns"]):
            return 0.0
        latest_first = sorted((int(one["counts_until"]) for one in document["turns"]), reverse=True)
        return (latest_first[calls - 1] - int(document["asked_at"])) / 1000

    @translated
    async def done(self, lane: str, turn: str, *, window_seconds: float) -> None:
        """Say that the turn's call is over."""
        over = {"turn": "$$one.turn", "counts_until": {"$min": ["$$one.counts_until", from_now(window_seconds)]}}
        shortened = _each({"$cond": [{"$eq": ["$$one.turn", {"$literal": turn}]}, over, "$$one"]}, "$turns")
        await self._lanes.update_one({"_id": lane}, [{"$set": {"turns": shortened}}])

    async def forget(self) -> None:
        """Nothing to do: the server's TTL index does."""


def _counting(longest: Document) -> Document:
    """Return the turns that count; no one for longer than one taken now, in case the server's clock was set back."""
    still = {
        "$filter": {
            "input": {"$ifNull": ["$turns", []]},
            "as": "one",
            "cond": {"$gt": ["$$one.counts_until", NOW]},
        }
    }
    return _each({"turn": "$$one.turn", "counts_until": {"$min": ["$$one.counts_until", longest]}}, still)


def _each(made: Any, of: Any) -> Document:  # noqa: ANN401 - expressions
    return {"$map": {"input": of, "as": "one", "in": made}}
