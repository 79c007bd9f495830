"""What happened to an organisation's messages that its programs must know of, beside the matches themselves."""

from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from shared.filing.orders import by_moment
from shared.ids import stable_id
from shared.store.filed import Kind

KEPT = timedelta(days=30)
"""How long an event can be read again."""


class EventType(StrEnum):
    """``DELIVERY_FAILED``: a message was given up. ``DESTINATION_DISABLED``: nothing goes there any more until it is enabled."""

    DELIVERY_FAILED = "delivery.failed"
    DESTINATION_DISABLED = "destination.disabled"


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One event.

    Attributes:
        destination_id: what it is about.
        delivery_id: of a delivery that failed.
        publication_numbers: what that one would have told.
        reason: of the delivery, one of `shared.errors.Reason`.
        detail: for people, in Chinese; holds no secret.
        untold: webhooks that are owed a call and have not taken it: while it is tried (`shared.filing.event_calls`), and for good
            after that, until somebody has it called again.
    """

    id: str
    organisation_id: str
    type: EventType
    at: datetime
    destination_id: str
    delivery_id: str | None = None
    publication_numbers: tuple[str, ...] = ()
    reason: str | None = None
    detail: str | None = None
    untold: tuple[str, ...] = ()


def failure_id(delivery_id: str, attempt_number: int) -> str:
    """Return the id of the event that a delivery was given up after this attempt."""
    return stable_id("ev", EventType.DELIVERY_FAILED, delivery_id, str(attempt_number))


EVENTS: Kind[Event] = Kind(
    name="events",
    title="事件",
    document=Event,
    owner=lambda event: event.organisation_id,
    order=lambda event: by_moment(event.at),
    expires_at=lambda event: event.at + KEPT,
)
