"""Calls that are owed to webhooks: one an event and receiver, made until it is taken or too old."""

from datetime import datetime, timedelta

import msgspec

from shared.filing.events import Event
from shared.filing.orders import by_moment
from shared.store.filed import Kind

TRIED_FOR = timedelta(days=1)
"""How long a receiver may be away; after that it reads `/api/v1/events`, or somebody has it called again."""


class EventCall(msgspec.Struct, frozen=True, kw_only=True):
    """One call.

    Attributes:
        destination_id: of the webhook that is called.
        due_at: not before then.
        tries: that failed.
        asked_at: when a person wanted it made again; ``None``: nobody did.
    """

    id: str
    event: Event
    destination_id: str
    due_at: datetime
    tries: int = 0
    asked_at: datetime | None = None


def call_id(event_id: str, destination_id: str) -> str:
    """Return the id of the one call that there can be of an event to a webhook."""
    return f"{event_id}.{destination_id}"


EVENT_CALLS: Kind[EventCall] = Kind(
    name="event_calls",
    title="待通知的事件",
    document=EventCall,
    order=lambda call: by_moment(call.due_at),
    expires_at=lambda call: (call.asked_at or call.event.at) + TRIED_FOR,
)
