"""Endpoints of events: what webhooks were, or should have been, called with beside matches."""

from datetime import datetime
from functools import partial

import msgspec

from services.portal.api.endpoint import Ask, endpoint
from services.portal.api.paging import Moment, Page, Paged
from services.portal.api.same_names import view_of
from services.portal.desk.actor import Permission
from shared.filing.events import Event, EventType


class WhichEvents(Paged, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which events."""

    since: Moment | None = None


class EventView(msgspec.Struct, frozen=True, kw_only=True):
    """An event; its id is the ``webhook-id`` of the call that tells it.

    Attributes:
        delivery_id, publication_numbers, reason: of a delivery that failed.
        detail: in Chinese.
    """

    id: str
    type: EventType
    at: datetime
    destination_id: str
    delivery_id: str | None
    publication_numbers: tuple[str, ...]
    reason: str | None
    detail: str | None

    @classmethod
    def of(cls, event: Event) -> "EventView":
        """Tell of an event."""
        return view_of(cls, event)


@endpoint("GET", "/events", needs=Permission.READ)
async def list_events(ask: Ask, query: WhichEvents) -> Page[EventView]:
    """Return what happened to messages in the last 30 days, the oldest first."""
    return await ask.page("events", query, partial(ask.desk.events.page, ask.actor, since=query.since), EventView.of)
