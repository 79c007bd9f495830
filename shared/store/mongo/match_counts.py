"""Collection ``match_counts``: how often each profile was found, of the matches that were counted already.

Counting every match when it is recorded would be a write for each of them, most of which nobody is ever told of. So a match
waits to be counted, in an index of its own, and whoever asks adds up what waits; when much does, that is written down once
for all: a few hundred thousand matches change each of the buckets that hold the profiles once.
"""

from collections import Counter
from heapq import nsmallest
from typing import TYPE_CHECKING
from zlib import crc32

from pymongo import ReplaceOne

from shared.sqlite.moments import from_microseconds
from shared.store.mongo.documents import Document
from shared.store.mongo.link import patiently

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable
    from datetime import datetime

    from pymongo.asynchronous.client_session import AsyncClientSession

    from shared.store.mongo.link import Link

NAME = "match_counts"
MATCHES = "matches"

UNCOUNTED: Document = {"uncounted": True}

BUCKETS = 512
"""Documents that hold counts: at a million profiles each has two thousand, about 60 KB."""

MANY = 5_000
"""Documents of matches that may wait to be counted; with more, they are written down."""


class Tally:
    """Counts of profiles: how often each was found, and when first in the newest publication."""

    def __init__(self) -> None:
        self.found: Counter[str] = Counter()
        self.last_us: dict[str, int] = {}

    def add(self, profiles: "Iterable[str]", at_us: int) -> None:
        """Count each of these once more."""
        for profile_id in profiles:
            self.found[profile_id] += 1
            if at_us > self.last_us.get(profile_id, at_us - 1):
                self.last_us[profile_id] = at_us

    def add_bucket(self, bucket: Document) -> None:
        """Count what a bucket holds."""
        for profile_id, found, last_us in zip(bucket["profiles"], bucket["found"], bucket["last_us"], strict=True):
            self.found[profile_id] += found
            self.last_us[profile_id] = max(last_us, self.last_us.get(profile_id, last_us))

    def buckets(self) -> "dict[int, Document]":
        """Return all as buckets."""
        made: dict[int, Document] = {}
        for profile_id, found in self.found.items():
            number = crc32(profile_id.encode()) % BUCKETS
            bucket = made.setdefault(number, {"_id": number, "profiles": [], "found": [], "last_us": []})
            bucket["profiles"].append(profile_id)
            bucket["found"].append(found)
            bucket["last_us"].append(self.last_us[profile_id])
        return made

    def most(self, limit: int) -> "list[tuple[str, int, datetime]]":
        """Return (profile id, publications, when), most first, then by id."""
        most = nsmallest(limit, self.found.items(), key=lambda item: (-item[1], item[0]))
        return [(profile_id, found, from_microseconds(self.last_us[profile_id])) for profile_id, found in most]


class MatchCounts:
    """Reads and writes them."""

    def __init__(self, link: "Link") -> None:
        self._link = link

    async def tally(self) -> Tally:
        """Return the counts of this moment: what was written down, and what waits."""
        with patiently():
            while await self._write_down_if_many():
                pass
            tally = Tally()
            async with self._link.at_one_moment() as moment:
                async for bucket in self._link[NAME].find({}, session=moment):
                    tally.add_bucket(bucket)
                async for match in self._waiting(moment):
                    tally.add(match["profiles"], match["matched_at_us"])
            return tally

    async def _write_down_if_many(self) -> bool:
        """Write down the counts of what waits, if that is much; false when it is not, or somebody else was faster."""
        waiting = [match["_id"] async for match in self._link[MATCHES].find(UNCOUNTED, {"_id": 1}, limit=2 * MANY)]
        if len(waiting) <= MANY:
            return False

        async def work(session: "AsyncClientSession") -> bool:
            tally = Tally()
            mine = {"_id": {"$in": waiting}, **UNCOUNTED}
            async for match in self._link[MATCHES].find(mine, _COUNTED_FIELDS, session=session):
                tally.add(match["profiles"], match["matched_at_us"])
            counted = await self._link[MATCHES].update_many(mine, {"$unset": {"uncounted": ""}}, session=session)
            async for bucket in self._link[NAME].find({}, session=session):
                tally.add_bucket(bucket)
            writes = [ReplaceOne({"_id": number}, made, upsert=True) for number, made in tally.buckets().items()]
            if writes:
                await self._link[NAME].bulk_write(writes, session=session)
            return counted.matched_count > 0

        return await self._link.transaction(work)

    def _waiting(self, session: "AsyncClientSession") -> "AsyncIterator[Document]":
        return self._link[MATCHES].find(UNCOUNTED, _COUNTED_FIELDS, session=session)


_COUNTED_FIELDS = {"_id": 0, "profiles": 1, "matched_at_us": 1}
