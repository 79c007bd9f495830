"""Collections ``publications`` and ``publication_versions``.

A correction takes two writes, and needs no transaction: the current version is first copied into the history, under its own
number, and then replaced if it is still the one that was copied. Whoever dies in between leaves a copy of what is current,
which `history` leaves out and the next correction finds there already.
"""

from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec
from pymongo import ASCENDING
from pymongo.errors import BulkWriteError, DuplicateKeyError

from shared.sqlite.moments import to_microseconds
from shared.store.mongo.documents import Document, Shape
from shared.store.mongo.failures import is_duplicate, translated
from shared.store.mongo.walking import by_ids
from shared.store.records import PublicationVersion

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from datetime import date

    from shared.store.mongo.link import Link
    from shared.wire.publication import Publication

CURRENT = "publications"
EARLIER = "publication_versions"

SHAPE = Shape(PublicationVersion)


class MongoPublications:
    """See `shared.store.port.Publications`."""

    def __init__(self, link: "Link") -> None:
        self._current = link[CURRENT]
        self._earlier = link[EARLIER]

    @translated
    async def content_hashes(self, numbers: "Sequence[str]") -> dict[str, str]:
        """Return number → content hash of those that are known."""
        return {d["_id"]: d["content_hash"] async for d in by_ids(self._current, numbers, {"content_hash": 1})}

    @translated
    async def save(self, versions: "Sequence[PublicationVersion]") -> None:
        """Store new publications and new versions of known ones; done again after a failure, it goes on where it stopped."""
        hashes = await self.content_hashes([version.publication.publication_number for version in versions])
        fresh: dict[str, PublicationVersion] = {}
        corrections: list[PublicationVersion] = []
        for version in versions:
            number = version.publication.publication_number
            if hashes.get(number) == version.content_hash:
                continue
            if number in hashes:
                corrections.append(version)
            else:
                fresh[number] = msgspec.structs.replace(version, version=1)
            hashes[number] = version.content_hash
        for version in [*await self._insert(fresh), *corrections]:
            await self._correct(version)

    @translated
    async def get(self, number: str) -> PublicationVersion | None:
        """Return the current version."""
        document = await self._current.find_one({"_id": number})
        return None if document is None else SHAPE.record(document)

    @translated
    async def history(self, number: str) -> list[PublicationVersion]:
        """Return every version, oldest first."""
        current = await self.get(number)
        if current is None:
            return []
        earlier = self._earlier.find({"publication_number": number, "version": {"$lt": current.version}})
        return [*map(SHAPE.record, await earlier.sort("version", ASCENDING).to_list()), current]

    async def scan(self, *, since: "date | None" = None, batch_size: int = 500) -> "AsyncIterator[list[Publication]]":
        """Walk over the current versions by (published_on, number)."""
        after = ("" if since is None else since.isoformat(), "")
        while documents := await self._page(after, batch_size):
            after = (documents[-1]["published_on"], documents[-1]["_id"])
            yield [SHAPE.record(document).publication for document in documents]

    @translated
    async def count(self) -> int:
        """Return how many publications are known."""
        return await self._current.estimated_document_count()

    @translated
    async def _page(self, after: tuple[str, str], size: int) -> list[Document]:
        date, number = after
        later = {"$or": [{"published_on": date, "_id": {"$gt": number}}, {"published_on": {"$gt": date}}]}
        order = [("published_on", ASCENDING), ("_id", ASCENDING)]
        return await self._current.find(later, sort=order, limit=size, batch_size=size).to_list()

    async def _insert(self, fresh: dict[str, PublicationVersion]) -> list[PublicationVersion]:
        """Store new publications, and return those that somebody else stored first."""
        if not fresh:
            return []
        documents = [document(version) for version in fresh.values()]
        try:
            await self._current.insert_many(documents, ordered=False)
        except BulkWriteError as error:
            if not is_duplicate(error):
                raise
            return [fresh[documents[one["index"]]["_id"]] for one in error.details["writeErrors"]]
        return []

    async def _correct(self, version: PublicationVersion) -> None:
        """Put the current version into the history and this one in its place, unless it is there or had its turn."""
        number = version.publication.publication_number
        told = {"publication_number": number, "content_hash": version.content_hash}
        told["accepted_at_us"] = to_microseconds(version.accepted_at)  # type: ignore[assignment]
        while True:
            current = await self.get(number)
            if current is None or current.content_hash == version.content_hash:
                return
            if await self._earlier.find_one({**told, "version": {"$lt": current.version}}, {"_id": 1}):
                return
            with suppress(DuplicateKeyError):  # of a correction that was not finished
                await self._earlier.insert_one(earlier_document(current))
            following = document(msgspec.structs.replace(version, version=current.version + 1))
            unchanged = {"_id": number, "version": current.version}
            if (await self._current.replace_one(unchanged, following)).matched_count:
                return


def document(version: PublicationVersion) -> Document:
    """Return the document of a current version; an unknown date comes first."""
    published_on = version.publication.published_on
    return SHAPE.document(
        version,
        _id=version.publication.publication_number,
        published_on="" if published_on is None else published_on.isoformat(),
    )


def earlier_document(version: PublicationVersion) -> Document:
    """Return the document of an earlier version."""
    number = version.publication.publication_number
    return SHAPE.document(version, _id=f"{number} {version.version}", publication_number=number)
