"""Endpoints of events: what webhooks were, or should have been, called with beside matches."""

from functools import partial

from services.portal.api.endpoint import Ask, endpoint
from services.portal.api.paging import Moment, Page, Paged
from services.portal.api.told_views import EventView
from services.portal.desk.actor import Permission


class WhichEvents(Paged, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which events."""

    since: Moment | None = None


@endpoint("GET", "/events", needs=Permission.READ)
async def list_events(ask: Ask, query: WhichEvents) -> Page[EventView]:
    """Return what happened to messages in the last 30 days, the oldest first."""
    return await ask.page("events", query, partial(ask.desk.events.page, ask.actor, since=query.since), EventView.of)


@endpoint("POST", "/events/{event_id}/retry", needs=Permission.RETRY_DELIVERIES)
async def retry_event(ask: Ask, event_id: str) -> EventView:
    """Have the webhooks that did not take an event called with it again, for another day."""
    return EventView.of(await ask.desk.events.retry(ask.actor, event_id))
