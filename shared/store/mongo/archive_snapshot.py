"""All collections at one moment: a session whose reads all see the same point of the server's history."""

from itertools import groupby
from typing import TYPE_CHECKING, Any

from bson.errors import BSONError
from pymongo import ASCENDING
from pymongo.errors import OperationFailure, PyMongoError

from shared.errors import RetryLaterError
from shared.sqlite.moments import from_microseconds
from shared.store.archived import COLLECTIONS, QUARANTINE_PART_BYTES, QuarantinePart, SavedProfile
from shared.store.mongo import (
    alert_documents,
    delivery_documents,
    matches,
    profiles,
    publications,
    quarantine,
    subscriptions,
    waiting,
)
from shared.store.mongo.archive_shapes import PLAIN
from shared.store.mongo.failures import translate
from shared.store.mongo.link import patiently
from shared.store.mongo.told import ToldPublications
from shared.store.records import MatchRecord

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from pymongo.asynchronous.client_session import AsyncClientSession

    from shared.store.archived import Document
    from shared.store.mongo.documents import Document as Fields
    from shared.store.mongo.link import Link

_MOMENT_GONE = frozenset({239, 246})
"""``SnapshotTooOld``, ``SnapshotUnavailable``."""

ATTEMPTS = "delivery_attempts"
_PARTS_AT_ONCE = 16
_SHAPES = {
    **PLAIN,
    publications.CURRENT: publications.SHAPE,
    subscriptions.NAME: subscriptions.SHAPE,
    delivery_documents.NAME: delivery_documents.SHAPE,
}


class MongoSnapshot:
    """See `shared.store.archived.Snapshot`."""

    def __init__(self, link: "Link", session: "AsyncClientSession") -> None:
        self._link = link
        self._session = session
        self._told = ToldPublications(link)

    async def begin(self) -> None:
        """Choose the moment: that of the first read."""
        await self._fetch(self._link["closures"].find_one({}, session=self._session))

    async def counts(self) -> dict[str, int]:
        """Return collection → how many documents it has."""
        found: dict[str, int] = await self._fetch(counts(self._link, self._session))
        return found

    async def walk(self, collection: str, *, batch_size: int = 500) -> "AsyncIterator[list[Document]]":
        """Walk over all documents of a collection; matches by publication, others as they lie."""
        if collection == quarantine.ITEMS:
            walking = self._quarantined()
        elif collection == matches.NAME:
            walking = self._matches(batch_size)
        elif collection == ATTEMPTS:
            walking = self._attempts(batch_size)
        else:
            walking = self._plain(collection, batch_size)
        async for documents in walking:
            if documents:
                yield documents

    async def _plain(self, collection: str, size: int) -> "AsyncIterator[list[Document]]":
        async for found in self._batches(collection, size):
            if collection == waiting.ALERTS:
                yield list(await self._fetch(alert_documents.records(found, self._told)))
            elif collection == publications.EARLIER:
                yield [publications.SHAPE.record(fields) for fields in await self._earlier(found)]
            else:
                yield [_document(collection, fields) for fields in found]

    async def _attempts(self, size: int) -> "AsyncIterator[list[Document]]":
        async for found in self._batches(delivery_documents.NAME, size):
            yield [attempt for fields in found for attempt in delivery_documents.attempts_of(fields)]

    async def _matches(self, size: int) -> "AsyncIterator[list[Document]]":
        """Unite the documents of each publication; one may go on in the next batch."""
        begun: list[Fields] = []
        async for found in self._batches(matches.NAME, size, sort="publication_number"):
            groups = [list(some) for _, some in groupby([*begun, *found], key=_number)]
            begun = groups.pop()
            yield [_united(group) for group in groups]
        if begun:
            yield [_united(begun)]

    async def _quarantined(self) -> "AsyncIterator[list[Document]]":
        async for items in self._batches(quarantine.ITEMS, 1):
            item = quarantine.SHAPE.record(dict(items[0]))
            last = max(items[0]["chunks"] - 1, 0)
            if not items[0]["chunks"]:
                yield [QuarantinePart(id=item.id, offset=0, content=b"", item=item)]
            condition = quarantine.chunks_of(item.id)
            async for chunks in self._batches(quarantine.CHUNKS, _PARTS_AT_ONCE, condition, sort="_id"):
                yield [
                    QuarantinePart(
                        id=item.id,
                        offset=chunk["number"] * QUARANTINE_PART_BYTES,
                        content=chunk["content"],
                        item=item if chunk["number"] == last else None,
                    )
                    for chunk in chunks
                ]

    async def _earlier(self, found: "list[Fields]") -> "list[Fields]":
        """Leave out what an unfinished correction copied, and is current still."""
        numbers = sorted({fields["publication_number"] for fields in found})
        current = self._link[publications.CURRENT].find(
            {"_id": {"$in": numbers}}, {"version": 1}, session=self._session
        )
        versions = {fields["_id"]: fields["version"] for fields in await self._fetch(current.to_list())}
        kept = []
        for fields in found:
            number = fields.pop("publication_number")
            if fields["version"] < versions.get(number, fields["version"] + 1):
                kept.append(fields)
        return kept

    async def _batches(
        self, collection: str, size: int, condition: "Fields | None" = None, *, sort: str | None = None
    ) -> "AsyncIterator[list[Fields]]":
        order = None if sort is None else [(sort, ASCENDING)]
        cursor = self._link[collection].find(condition or {}, sort=order, batch_size=size, session=self._session)
        async with cursor:
            while found := await self._fetch(cursor.to_list(size)):
                yield found

    async def _fetch(self, asked: Any) -> Any:  # noqa: ANN401 - whatever it returns
        try:
            with patiently():
                return await asked
        except OperationFailure as error:
            if error.code in _MOMENT_GONE:
                raise RetryLaterError(
                    "MongoDB 没有把备份开始时的内容保留到读完。请在服务器上放宽期限再试："
                    "db.adminCommand({setParameter: 1, minSnapshotHistoryWindowInSeconds: 3600})。"
                ) from error
            raise translate(error) from error
        except (PyMongoError, BSONError) as error:
            raise translate(error) from error


async def counts(link: "Link", session: "AsyncClientSession | None") -> dict[str, int]:
    """Return collection → how many documents it has, counted one by one."""
    found = {}
    with patiently():
        for name in COLLECTIONS:
            if name == ATTEMPTS:
                total = [{"$group": {"_id": None, "n": {"$sum": {"$size": "$tries"}}}}]
                rows = await (await link[delivery_documents.NAME].aggregate(total, session=session)).to_list()
                found[name] = rows[0]["n"] if rows else 0
            else:
                condition = {"part": 0} if name == matches.NAME else {}
                found[name] = await link[name].count_documents(condition, session=session)
    return found


def _document(collection: str, fields: "Fields") -> "Document":
    if collection == profiles.NAME:
        saved_at = from_microseconds(fields["saved_at_us"])
        return SavedProfile(profile=profiles.SHAPE.record(fields), saved_at=saved_at)
    document: Document = _SHAPES[collection].record(fields)
    return document


def _number(fields: "Fields") -> str:
    return str(fields["publication_number"])


def _united(parts: "list[Fields]") -> MatchRecord:
    return MatchRecord(
        publication_number=_number(parts[0]),
        profile_ids=tuple(sorted({profile_id for part in parts for profile_id in part["profiles"]})),
        matched_at=from_microseconds(max(part["matched_at_us"] for part in parts)),
    )
