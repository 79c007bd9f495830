"""Calls that are owed to webhooks: one an event and receiver, made until it is taken or too old."""

from datetime import datetime, timedelta

import msgspec

from shared.filing.events import Event
from shared.filing.orders import by_moment
from shared.store.filed import Kind

TRIED_FOR = timedelta(days=1)
"""How long a receiver may be away; after that it reads `/api/v1/events`."""


class EventCall(msgspec.Struct, frozen=True, kw_only=True):
    """One call.

    Attributes:
        destination_id: of the webhook that is called.
        due_at: not before then.
        tries: that failed.
    """

    id: str
    event: Event
    destination_id: str
    due_at: datetime
    tries: int = 0


EVENT_CALLS: Kind[EventCall] = Kind(
    name="event_calls",
    title="待通知的事件",
    document=EventCall,
    order=lambda call: by_moment(call.due_at),
    expires_at=lambda call: call.event.at + TRIED_FOR,
)
