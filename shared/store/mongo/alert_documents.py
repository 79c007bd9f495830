"""Alerts as documents: everything of an alert but the publication, which lies in `told`.

The reasons are one text, in JSON: no query looks into them, and as BSON they were most of what writing, checking and reading an
alert cost.
"""

import zlib
from typing import TYPE_CHECKING

import msgspec

from shared.sqlite.moments import from_microseconds, to_microseconds
from shared.store.extents import Extent
from shared.store.mongo.documents import Document
from shared.store.mongo.waiting import group_of
from shared.store.records import Alert, AlertKey, AlertState, Why

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from shared.store.mongo.told import Told, ToldPublications

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(tuple[Why, ...]).decode
_decode_extent = msgspec.json.Decoder(tuple[int, Extent]).decode


def id_of(key: AlertKey) -> str:
    """Return the id: the key's parts, none of which has a blank in it; those of one publication lie side by side."""
    return f"{key.publication_number} {key.subscription_id} {key.destination_id}"


def document(alert: Alert, told: str) -> Document:
    """Return the document of an alert that tells this."""
    key = alert.key
    document: Document = {
        "_id": id_of(key),
        "publication_number": key.publication_number,
        "subscription_id": key.subscription_id,
        "destination_id": key.destination_id,
        "group": group_of(key.subscription_id, key.destination_id),
        "told": told,
        "whys": written(alert.whys),
        "score": float(alert.score),
        "created_at": alert.created_at,
        "created_at_us": to_microseconds(alert.created_at),
        "state": alert.state.value,
    }
    if alert.due_at is not None:
        document["due_at_us"] = to_microseconds(alert.due_at)
    if alert.delivery_id is not None:
        document["delivery_id"] = alert.delivery_id
    if alert.traceparent is not msgspec.UNSET:
        document["traceparent"] = alert.traceparent
    if alert.extent is not msgspec.UNSET:
        document["extent"] = _encode((_mark(document), alert.extent)).decode()
    if alert.state is AlertState.PENDING:
        document["due"] = first_due(alert)
    return document


def written(whys: tuple[Why, ...]) -> str:
    """Return reasons as they lie in a document."""
    return _encode(whys).decode()


def first_due(alert: Alert) -> int:
    """Return ``due`` as it is for an alert that begins to wait."""
    return to_microseconds(alert.due_at or alert.created_at)


def record(document: Document, told: "Told") -> Alert:
    """Return the alert of a document that tells this."""
    due_at_us, extent = document.get("due_at_us"), document.get("extent")
    return Alert(
        key=key_of(document),
        family_key=told.family_key,
        publication=told.publication,
        whys=_decode(document["whys"]),
        score=document["score"],
        created_at=from_microseconds(document["created_at_us"]),
        due_at=None if due_at_us is None else from_microseconds(due_at_us),
        state=AlertState(document["state"]),
        delivery_id=document.get("delivery_id"),
        traceparent=document.get("traceparent", msgspec.UNSET),
        extent=msgspec.UNSET if extent is None else _extent(document, extent),
    )


def _extent(document: Document, written: str) -> Extent | msgspec.UnsetType:
    mark, extent = _decode_extent(written)
    return extent if mark == _mark(document) else msgspec.UNSET


def _mark(document: Document) -> int:
    """Return what an extent is known to belong to: versions that know of none change what an alert tells and leave it there."""
    return zlib.crc32(f"{document['told']} {document['whys']}".encode())


def key_of(document: Document) -> AlertKey:
    """Return the key of a document."""
    return AlertKey(
        subscription_id=document["subscription_id"],
        publication_number=document["publication_number"],
        destination_id=document["destination_id"],
    )


async def records(documents: "Iterable[Document]", told: "ToldPublications") -> list[Alert]:
    """Return the alerts of documents, with what they tell."""
    found: Sequence[Document] = list(documents)
    contents = await told.many(document["told"] for document in found)
    return [record(document, contents[document["told"]]) for document in found]
