"""Collections ``publications`` and ``publication_versions``.

A correction takes two writes, and needs no transaction: the current version is first copied into the history, under its own
number, and then replaced if it is still the one that was copied. Whoever dies in between leaves a copy of what is current,
which `history` leaves out and the next correction finds there already. Many corrections take as many writes as one.
"""

from typing import TYPE_CHECKING

from pymongo import ASCENDING, ReplaceOne
from pymongo.errors import BulkWriteError

from shared.sqlite.moments import to_microseconds
from shared.store.mongo.documents import Document, Shape
from shared.store.mongo.failures import is_duplicate, translated
from shared.store.mongo.walking import by_ids, pieces
from shared.store.records import PublicationVersion
from shared.store.walking import AFTER_ALL_DATES, date_of, events_between
from shared.wire.identity import is_document, item_key

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
    async def content_hashes(self, keys: "Sequence[str]") -> dict[str, str]:
        """Return item key → content hash of those that are known."""
        return {d["_id"]: d["content_hash"] async for d in by_ids(self._current, keys, {"content_hash": 1})}

    @translated
    async def save(self, versions: "Sequence[PublicationVersion]") -> list[str]:
        """Store each as the version that it says it is; return the keys of those that came too late.

        Done again after a failure, it goes on where it stopped.
        """
        late: set[str] = set()
        for wave in _waves(versions):
            unsure = await self._insert({key: one for key, one in wave.items() if one.version == 1})
            unsure |= await self._follow({key: one for key, one in wave.items() if one.version > 1 and key not in late})
            late |= await self._not_there({key: wave[key] for key in unsure})
        return sorted(late)

    @translated
    async def get(self, key: str) -> PublicationVersion | None:
        """Return the current version."""
        document = await self._current.find_one({"_id": key})
        return None if document is None else SHAPE.record(document)

    @translated
    async def history(self, key: str) -> list[PublicationVersion]:
        """Return every version, oldest first."""
        return (await self.histories([key])).get(key, [])

    @translated
    async def histories(self, keys: "Sequence[str]") -> dict[str, list[PublicationVersion]]:
        """Return item key → every version, oldest first, of those that are known."""
        found = [SHAPE.record(d) async for d in by_ids(self._current, keys)]
        currents = {item_key(current.publication): current for current in found}
        histories: dict[str, list[PublicationVersion]] = {key: [] for key in currents}
        for piece in pieces(key for key, current in currents.items() if current.version > 1):
            earlier = self._earlier.find({"publication_number": {"$in": piece}}).sort("version", ASCENDING)
            async for d in earlier:
                key = d["publication_number"]
                if d["version"] < currents[key].version:
                    histories[key].append(SHAPE.record(d))
        return {key: [*earlier_ones, currents[key]] for key, earlier_ones in histories.items()}

    @translated
    async def documents(self, *, numbers: "Sequence[str]", applications: "Sequence[str]") -> list[PublicationVersion]:
        """Return the current versions of the documents with one of these numbers or of one of these applications."""
        found = {d["_id"]: SHAPE.record(d) async for d in by_ids(self._current, numbers)}
        for piece in pieces(applications):
            async for d in self._current.find({"application_number": {"$in": piece}}):
                number = d["_id"]
                found[number] = SHAPE.record(d)
        return list(found.values())

    @translated
    async def events(self, number: str) -> list[PublicationVersion]:
        """Return the legal events told under a publication number, by item key."""
        after, before = events_between(number)
        found = self._current.find({"_id": {"$gt": after, "$lt": before}}).sort("_id", ASCENDING)
        return [SHAPE.record(d) for d in await found.to_list()]

    async def scan(self, *, since: "date | None" = None, batch_size: int = 500) -> "AsyncIterator[list[Publication]]":
        """Walk over the documents by (published_on, number)."""
        after = ("" if since is None else since.isoformat(), "")
        while documents := await self._page(after, batch_size):
            after = (documents[-1]["published_on"], documents[-1]["_id"])
            yield [SHAPE.record(document).publication for document in documents]

    @translated
    async def count(self) -> int:
        """Return how many documents are known."""
        events = await self._current.count_documents({"published_on": {"$gte": AFTER_ALL_DATES}})
        return await self._current.estimated_document_count() - events

    @translated
    async def _page(self, after: tuple[str, str], size: int) -> list[Document]:
        date, number = after
        after_date = {"published_on": {"$gt": date, "$lt": AFTER_ALL_DATES}}
        later = {"$or": [{"published_on": date, "_id": {"$gt": number}}, after_date]}
        order = [("published_on", ASCENDING), ("_id", ASCENDING)]
        return await self._current.find(later, sort=order, limit=size, batch_size=size).to_list()

    async def _insert(self, fresh: dict[str, PublicationVersion]) -> set[str]:
        """Store first versions; return the keys of those that were there before."""
        if not fresh:
            return set()
        documents = [document(version) for version in fresh.values()]
        try:
            await self._current.insert_many(documents, ordered=False)
        except BulkWriteError as error:
            if not is_duplicate(error):
                raise
            return {documents[one["index"]]["_id"] for one in error.details["writeErrors"]}
        return set()

    async def _follow(self, following: dict[str, PublicationVersion]) -> set[str]:
        """Put current versions into the history and these in their places; return the keys of those where that may have failed."""
        if not following:
            return set()
        found = [SHAPE.record(d) async for d in by_ids(self._current, following)]
        currents = {item_key(current.publication): current for current in found}
        ready = {
            key: version
            for key, version in following.items()
            if (current := currents.get(key)) is not None and version.version == current.version + 1
        }
        unsure = set(following) - set(ready)
        if ready:
            try:
                await self._earlier.insert_many([earlier_document(currents[key]) for key in ready], ordered=False)
            except BulkWriteError as error:
                if not is_duplicate(error):  # of a correction that was not finished
                    raise
            replaced = await self._current.bulk_write(
                [
                    ReplaceOne({"_id": key, "version": version.version - 1}, document(version))
                    for key, version in ready.items()
                ],
                ordered=False,
            )
            if replaced.matched_count < len(ready):
                unsure |= set(ready)
        return unsure

    async def _not_there(self, asked: dict[str, PublicationVersion]) -> set[str]:
        """Return the keys of those that are neither the current version nor one that had its turn."""
        if not asked:
            return set()
        told = {key: (one.content_hash, to_microseconds(one.accepted_at)) for key, one in asked.items()}
        fields = {"publication_number": 1, "content_hash": 1, "version": 1, "accepted_at_us": 1}
        currents = {d["_id"]: d async for d in by_ids(self._current, asked, fields)}
        left = {key for key in asked if key not in currents or currents[key]["content_hash"] != told[key][0]}
        for piece in pieces(left):
            async for d in self._earlier.find({"publication_number": {"$in": piece}}, fields):
                key = d["publication_number"]
                had_its_turn = key in currents and d["version"] < currents[key]["version"]
                if had_its_turn and (d["content_hash"], d["accepted_at_us"]) == told[key]:
                    left.discard(key)
        return left


def _waves(versions: "Sequence[PublicationVersion]") -> list[dict[str, PublicationVersion]]:
    """Return groups that hold each key once, in which the versions of a key keep their order."""
    waves: list[dict[str, PublicationVersion]] = []
    waiting: dict[str, int] = {}
    for version in versions:
        key = item_key(version.publication)
        place = waiting[key] = waiting.get(key, -1) + 1
        if place == len(waves):
            waves.append({})
        waves[place][key] = version
    return waves


def document(version: PublicationVersion) -> Document:
    """Return the document of a current version, with what it is walked over and found by."""
    publication = version.publication
    beside = {"_id": item_key(publication), "published_on": date_of(publication)}
    if publication.application_number and is_document(publication):
        beside["application_number"] = publication.application_number
    return SHAPE.document(version, **beside)


def earlier_document(version: PublicationVersion) -> Document:
    """Return the document of an earlier version."""
    key = item_key(version.publication)
    return SHAPE.document(version, _id=f"{key} {version.version}", publication_number=key)
