"""Endpoints of deliveries."""

from functools import partial

from services.portal.api.endpoint import Ask, endpoint
from services.portal.api.paging import Page, Paged
from services.portal.api.told_views import DeliveryView, ToldView
from services.portal.desk.actor import Permission
from services.portal.desk.drafts import Id
from shared.store.records import DeliveryState


class WhichDeliveries(Paged, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which deliveries."""

    destination_id: Id | None = None
    state: DeliveryState | None = None


@endpoint("GET", "/deliveries", needs=Permission.READ)
async def list_deliveries(ask: Ask, query: WhichDeliveries) -> Page[DeliveryView]:
    """Return messages to the organisation's destinations, the newest first."""
    listing = f"deliveries {query.destination_id or ''} {query.state or ''}"
    found = partial(ask.desk.deliveries.page, ask.actor, destination_id=query.destination_id, state=query.state)
    return await ask.page(listing, query, found, DeliveryView.of)


@endpoint("GET", "/deliveries/{delivery_id}", needs=Permission.READ)
async def read_delivery(ask: Ask, delivery_id: str) -> ToldView:
    """Return a message with every attempt at sending it."""
    return ToldView.of(await ask.desk.deliveries.get(ask.actor, delivery_id))


@endpoint("POST", "/deliveries/{delivery_id}/retry", needs=Permission.RETRY_DELIVERIES)
async def retry_delivery(ask: Ask, delivery_id: str) -> ToldView:
    """Send a message that was given up once more."""
    return ToldView.of(await ask.desk.deliveries.retry(ask.actor, delivery_id))
