"""Starts and ends of attempts; all that come at one moment are one question and one write.

Every write is fenced by the ``revision`` that was read: who was slower changes nothing.
"""

from typing import TYPE_CHECKING

from bson.errors import BSONError
from pymongo import ReplaceOne, UpdateOne
from pymongo.errors import BulkWriteError

from shared.gathering import Gathering
from shared.store.attempting import not_found
from shared.store.mongo import delivery_documents as rows
from shared.store.mongo.failures import is_duplicate
from shared.store.records import Attempt, DeliveryState

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from pymongo.asynchronous.collection import AsyncCollection

    from shared.store.attempting import Ending, Start
    from shared.store.mongo.documents import Document

WAITING = {"state": DeliveryState.WAITING.value}


class AttemptsWriter:
    """Writes them down; what comes while a write is on its way goes into the next one.

    Args:
        deliveries: the collection.
    """

    def __init__(self, deliveries: "AsyncCollection[Document]") -> None:
        self._deliveries = deliveries
        self._starts: Gathering[Start, Attempt] = Gathering(self._start_all)
        self._ends: Gathering[Ending, Exception] = Gathering(self._end_all)

    async def start(self, start: "Start") -> Attempt | None:
        """Return the attempt, ``None`` where it may not be."""
        return await self._starts.get(start)

    async def end(self, ending: "Ending") -> None:
        """Write down an end.

        Raises:
            NotFoundError: the attempt was never started.
        """
        failure = await self._ends.get(ending)
        if failure is not None:
            raise failure

    async def _start_all(self, starts: "Sequence[Start]") -> "dict[Start, Attempt]":
        first: dict[str, Start] = {}
        for start in starts:
            first.setdefault(start.delivery_id, start)
        waiting = await self._deliveries.find(
            {"_id": {"$in": list(first)}, **WAITING}, {"destination_id": 1, "attempts": 1, "revision": 1}
        ).to_list()
        if not waiting:
            return {}
        begun = await self._begin([(document, first[document["_id"]]) for document in waiting])
        return {
            first[document["_id"]]: Attempt(
                delivery_id=document["_id"],
                destination_id=document["destination_id"],
                number=document["attempts"] + 1,
                started_at=first[document["_id"]].now,
            )
            for document in begun
        }

    async def _begin(self, starts: "Sequence[tuple[Document, Start]]") -> "Collection[Document]":
        """Write starts down and return the documents, as they were, of those that are ours now.

        An index lets one delivery of a destination be ``SENDING``.
        """
        writes = [
            UpdateOne(
                {"_id": document["_id"], **WAITING, "revision": document["revision"]},
                rows.started(start.owner, start.now, start.lease.total_seconds()),
            )
            for document, start in starts
        ]
        try:
            result = await self._deliveries.bulk_write(writes, ordered=False)
        except BulkWriteError as error:
            if not is_duplicate(error):
                raise
        else:
            if result.matched_count == len(writes):
                return [document for document, _ in starts]
        # Somebody else was quicker here or there. The server says how many of them were started, but not which.
        ids = [document["_id"] for document, _ in starts]
        now = {
            (one["_id"], one["revision"], one["owner"])
            async for one in self._deliveries.find(
                {"_id": {"$in": ids}, "state": DeliveryState.SENDING.value}, {"revision": 1, "owner": 1}
            )
        }
        return [
            document for document, start in starts if (document["_id"], document["revision"] + 1, start.owner) in now
        ]

    async def _end_all(self, endings: "Sequence[Ending]") -> "dict[Ending, Exception]":
        """Write ends down, again where somebody was faster, and return what was wrong with some of them."""
        failed: dict[Ending, Exception] = {}
        while len(failed) < len(endings):
            left = [one for one in endings if one not in failed]
            try:
                if await self._end_once(left, failed):
                    break
            except (BulkWriteError, BSONError, UnicodeError) as error:
                if isinstance(error, BulkWriteError) and error.details["writeConcernErrors"]:
                    raise
                if len(left) == 1:
                    return {**failed, left[0]: error}
                for one in left:  # one of them cannot be stored: that is no fault of the others
                    failed |= await self._end_all([one])
                break
        return failed

    async def _end_once(self, endings: "Sequence[Ending]", failed: "dict[Ending, Exception]") -> bool:
        """Write ends down that change anything; return whether nobody was faster anywhere."""
        ids = list({one.attempt.delivery_id for one in endings})
        found = {document["_id"]: document async for document in self._deliveries.find({"_id": {"$in": ids}})}
        changed: dict[str, Document] = {}
        for ending in endings:  # what is said twice of one attempt is judged one after another
            delivery_id = ending.attempt.delivery_id
            document = changed.get(delivery_id) or found.get(delivery_id)
            if document is None or len(document["tries"]) < ending.attempt.number:
                failed[ending] = not_found(delivery_id)
                continue
            after = rows.ended(document, ending.attempt, ending.now, ending.next_attempt_at)
            if after is not None:
                changed[delivery_id] = after
        if not changed:
            return True
        writes = [
            ReplaceOne({"_id": delivery_id, "revision": found[delivery_id]["revision"]}, document)
            for delivery_id, document in changed.items()
        ]
        return (await self._deliveries.bulk_write(writes, ordered=False)).matched_count == len(writes)
