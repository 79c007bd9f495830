"""Endpoints of matches."""

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from services.portal.api.endpoint import Ask, endpoint
from services.portal.api.paging import Page, Paged
from services.portal.api.views import MatchView
from services.portal.desk.actor import Permission
from services.portal.desk.drafts import Id

Moment = Annotated[datetime, Meta(tz=True)]


class WhichMatches(Paged, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which matches."""

    subscription_id: Id | None = None
    since: Moment | None = None


class MatchesTold(msgspec.Struct, frozen=True, kw_only=True):
    """Why a publication is told, once for each subscription."""

    items: tuple[MatchView, ...]


@endpoint("GET", "/matches", needs=Permission.READ)
async def list_matches(ask: Ask, query: WhichMatches) -> Page[MatchView]:
    """Return what the organisation's subscriptions tell, with the evidence, the newest first."""
    listing = f"matches {query.subscription_id or ''} {query.since or ''}"
    found = await ask.desk.matches.page(
        ask.actor,
        subscription_id=query.subscription_id,
        since=query.since,
        after=ask.position(listing, query.after),
        limit=query.limit,
    )
    return Page(items=tuple(map(MatchView.of, found.items)), next=ask.cursor(listing, found.after))


@endpoint("GET", "/matches/{key}", needs=Permission.READ)
async def read_match(ask: Ask, key: str) -> MatchesTold:
    """Return why a publication (by its number) or legal event (by its key) is told."""
    return MatchesTold(items=tuple(map(MatchView.of, await ask.desk.matches.of_publication(ask.actor, key))))
