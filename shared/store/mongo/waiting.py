"""The alerts that wait: what every collection does to them.

An alert waits as long as its document has ``due``: whole microseconds since 1970 before which nobody need ask about it, or
a negative number, different each time, when something changed and a planner must look again. Settling takes the field away,
and with it the alert's place in the two indexes that hold only what waits. A third, by destination, would make planning a fifth
dearer for the server; who changes a destination asks the subscriptions that name it instead.
"""

import secrets
from typing import TYPE_CHECKING, Any

from shared.store.records import AlertState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pymongo.asynchronous.client_session import AsyncClientSession

    from shared.store.mongo.documents import Document
    from shared.store.mongo.link import Link

ALERTS = "alerts"

WAITS: "Document" = {"due": {"$exists": True}}
_MARK_BITS = 50


def group_of(subscription_id: str, destination_id: str) -> str:
    """Return the name of what waits for both; an id has no blank in it, so names are as different as pairs, and sort like them."""
    return f"{subscription_id} {destination_id}"


def of_subscription(subscription_id: str) -> "Document":
    """Return the condition for the waiting alerts of a subscription, as a range of their index."""
    return {**WAITS, "group": {"$gte": f"{subscription_id} ", "$lt": f"{subscription_id}!"}}


def counted(groups: "Sequence[str]", limit: int) -> "list[Document]":
    """Return the steps that count by subscription what waits for these groups; of at most so many alerts."""
    of_publication = {"_id": {"at": "$subscription_id", "of": "$publication_number"}, "due": {"$min": "$due"}}
    of_subscription = {"_id": "$_id.at", "publications": {"$sum": 1}, "due": {"$min": "$due"}}
    return [
        {"$match": {"group": {"$in": list(groups)}, **WAITS}},
        {"$limit": limit},
        {"$group": of_publication},
        {"$group": of_subscription},
    ]


def look_again_mark() -> int:
    """Return a value for ``due`` that nobody has seen."""
    return -1 - secrets.randbits(_MARK_BITS)


def settled(state: AlertState, delivery_id: str | None = None) -> "Document":
    """Return the update that settles an alert."""
    changes: dict[str, Any] = {"state": state.value}
    if delivery_id is not None:
        changes["delivery_id"] = delivery_id
    return {"$set": changes, "$unset": {"due": ""}}


async def drop(link: "Link", condition: "Document", session: "AsyncClientSession") -> None:
    """Drop waiting alerts."""
    await link[ALERTS].update_many({**WAITS, **condition}, settled(AlertState.DROPPED), session=session)


async def look_again(link: "Link", condition: "Document", session: "AsyncClientSession | None" = None) -> None:
    """Make waiting alerts due at once."""
    await link[ALERTS].update_many({**WAITS, **condition}, {"$set": {"due": look_again_mark()}}, session=session)
