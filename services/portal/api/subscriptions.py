"""Endpoints of subscriptions."""

from functools import partial

from services.portal.api.endpoint import Ask, endpoint
from services.portal.api.paging import Page, Paged
from services.portal.api.views import SubscriptionView
from services.portal.desk.actor import Permission
from services.portal.desk.drafts import SubscriptionDraft


@endpoint("GET", "/subscriptions", needs=Permission.READ)
async def list_subscriptions(ask: Ask, query: Paged) -> Page[SubscriptionView]:
    """Return the organisation's subscriptions, the oldest first."""
    return await ask.page("subscriptions", query, partial(ask.desk.subscriptions.page, ask.actor), SubscriptionView.of)


@endpoint("POST", "/subscriptions", needs=Permission.WRITE_SUBSCRIPTIONS, status=201)
async def make_subscription(ask: Ask, body: SubscriptionDraft) -> SubscriptionView:
    """Tell profiles to destinations."""
    return SubscriptionView.of(await ask.desk.subscriptions.make(ask.actor, body))


@endpoint("GET", "/subscriptions/{subscription_id}", needs=Permission.READ)
async def read_subscription(ask: Ask, subscription_id: str) -> SubscriptionView:
    """Return a subscription."""
    return SubscriptionView.of(await ask.desk.subscriptions.get(ask.actor, subscription_id))


@endpoint("PUT", "/subscriptions/{subscription_id}", needs=Permission.WRITE_SUBSCRIPTIONS, edits=True)
async def replace_subscription(ask: Ask, subscription_id: str, body: SubscriptionDraft) -> SubscriptionView:
    """Change a subscription; who opted out of it, and whether it is paused, stays."""
    return SubscriptionView.of(
        await ask.desk.subscriptions.replace(ask.actor, subscription_id, body, revision=ask.revision)
    )


@endpoint("DELETE", "/subscriptions/{subscription_id}", needs=Permission.WRITE_SUBSCRIPTIONS, edits=True)
async def remove_subscription(ask: Ask, subscription_id: str) -> None:
    """Remove a subscription; what was not sent yet is not sent any more."""
    await ask.desk.subscriptions.remove(ask.actor, subscription_id, revision=ask.revision)


@endpoint("POST", "/subscriptions/{subscription_id}/pause", needs=Permission.WRITE_SUBSCRIPTIONS)
async def pause_subscription(ask: Ask, subscription_id: str) -> SubscriptionView:
    """Let what comes wait; said twice it changes nothing."""
    return SubscriptionView.of(await ask.desk.subscriptions.pause(ask.actor, subscription_id, paused=True))


@endpoint("POST", "/subscriptions/{subscription_id}/resume", needs=Permission.WRITE_SUBSCRIPTIONS)
async def resume_subscription(ask: Ask, subscription_id: str) -> SubscriptionView:
    """Go on with a subscription that was paused; what waited is told."""
    return SubscriptionView.of(await ask.desk.subscriptions.pause(ask.actor, subscription_id, paused=False))
