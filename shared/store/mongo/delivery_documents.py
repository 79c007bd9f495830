"""Deliveries as documents, each with its attempts in it.

So starting and ending an attempt change one document, atomically, with no transaction. What is said of the attempts is in
``tries``; ``attempts`` is how many there are, as in the record. ``revision`` changes with every write, for compare-and-set.
"""

from typing import TYPE_CHECKING

from shared.sqlite.moments import to_microseconds
from shared.store import ending
from shared.store.buckets import bucket_of
from shared.store.mongo.documents import Document, Shape
from shared.store.mongo.server_time import from_now
from shared.store.mongo.walking import older
from shared.store.positions import moment_of
from shared.store.records import Attempt, Delivery, DeliveryState, WantedDeliveries

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from shared.store.filed import Position

NAME = "deliveries"

SHAPE = Shape(Delivery, key="id")
ATTEMPT = Shape(Attempt)


def new_document(delivery: Delivery, tries: "Sequence[Document]" = ()) -> Document:
    """Return the document of a delivery."""
    bucket = bucket_of(delivery.destination_id)
    return SHAPE.document(delivery, bucket=bucket, tries=list(tries), revision=0)


def condition(wanted: WantedDeliveries, after: "Position | None" = None) -> Document:
    """Return what `find` takes.

    Raises:
        InvalidInputError: ``after`` is no position of a delivery.
    """
    asked = {
        "state": wanted.state and wanted.state.value,
        "channel": wanted.channel and wanted.channel.value,
        "destination_id": wanted.destination_id,
    }
    conditions: list[Document] = [{field: value} for field, value in asked.items() if value is not None]
    if wanted.destination_ids is not None:
        conditions.append({"destination_id": {"$in": list(wanted.destination_ids)}})
    one = None if wanted.subscription_id is None else (wanted.subscription_id,)
    conditions += [_told_by(ids) for ids in (one, wanted.subscription_ids) if ids is not None]
    moments = {"$gte": wanted.since, "$lt": wanted.before}
    created = {operator: to_microseconds(moment) for operator, moment in moments.items() if moment is not None}
    conditions += [{"created_at_us": created}] if created else []
    conditions += [] if after is None else older(to_microseconds(moment_of(after)), after.id)
    return {"$and": conditions} if conditions else {}


def _told_by(subscription_ids: "Sequence[str]") -> Document:
    any_of = {"$in": list(subscription_ids)}
    return {"$or": [{"subscription_id": any_of}, {"subscription_ids": any_of}]}


def try_document(attempt: Attempt) -> Document:
    """Return what a delivery's document says of an attempt."""
    document = ATTEMPT.document(attempt)
    del document["delivery_id"], document["destination_id"]
    return document


def attempts_of(document: Document) -> list[Attempt]:
    """Return the attempts in a delivery's document, oldest first."""
    whose = {"delivery_id": document["_id"], "destination_id": document["destination_id"]}
    return [ATTEMPT.record({**tried, **whose}) for tried in document["tries"]]


def started(owner: str, now: "datetime", lease_seconds: float) -> list[Document]:
    """Return the update that starts the next attempt, its lease counted by the server's clock."""
    number = {"$add": ["$attempts", 1]}
    begun = try_document(Attempt(delivery_id="", destination_id="", number=0, started_at=now))
    return [
        {
            "$set": {
                "state": DeliveryState.SENDING.value,
                "owner": {"$literal": owner},
                "attempts": number,
                "revision": {"$add": ["$revision", 1]},
                "lease_until": from_now(lease_seconds),
                "tries": {"$concatArrays": ["$tries", [{**begun, "number": number}]]},
            }
        },
        {"$set": {"lease_until_us": {"$multiply": [{"$toLong": "$lease_until"}, 1000]}}},
    ]


def ended(document: Document, attempt: Attempt, now: "datetime", next_attempt_at: "datetime | None") -> Document | None:
    """Return a delivery's document after an attempt; see `ending.ended`."""
    begun = attempts_of(document)[attempt.number - 1]
    delivery = ending.ended(SHAPE.record(dict(document)), begun, attempt, now, next_attempt_at)
    if delivery is None:
        return None
    tries = [*document["tries"]]
    tries[attempt.number - 1] = try_document(attempt)
    return {**new_document(delivery, tries), "revision": document["revision"] + 1}


def retried(now: "datetime") -> Document:
    """Return the update that lets a delivery wait again, due at once."""
    due = {"next_attempt_at": now, "next_attempt_at_us": to_microseconds(now)}
    return {"$set": {"state": DeliveryState.WAITING.value, **due}, "$inc": {"revision": 1}}
