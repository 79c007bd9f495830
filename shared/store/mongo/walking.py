"""Reading many documents in pieces that are neither too long for a command nor too much for the memory."""

from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Iterator, Mapping

    from pymongo.asynchronous.client_session import AsyncClientSession
    from pymongo.asynchronous.collection import AsyncCollection

    from shared.store.mongo.documents import Document

T = TypeVar("T")

AT_ONCE = 5_000


def pieces(values: "Iterable[T]", size: int = AT_ONCE) -> "Iterator[list[T]]":
    """Cut values into lists of at most ``size``."""
    iterator = iter(values)
    while piece := list(islice(iterator, size)):
        yield piece


async def by_ids(
    collection: "AsyncCollection[Document]",
    ids: "Iterable[str]",
    projection: "Mapping[str, Any] | None" = None,
    *,
    session: "AsyncClientSession | None" = None,
    **condition: Any,  # noqa: ANN401 - as filters take them
) -> "AsyncIterator[Document]":
    """Walk over the documents of these ids that there are, and that meet the condition."""
    for piece in pieces(ids):
        async for document in collection.find(
            {"_id": {"$in": piece}, **condition}, projection, session=session, batch_size=AT_ONCE
        ):
            yield document


def older(at_us: int, identity: str) -> "list[Document]":
    """Return the conditions for what comes after this moment and id when the newest is first; an index bounds by the first."""
    behind = [{"created_at_us": {"$lt": at_us}}, {"_id": {"$lt": identity}}]
    return [{"created_at_us": {"$lte": at_us}}, {"$or": behind}]
