"""Endpoints of matches."""

from datetime import datetime
from functools import partial

import msgspec

from services.portal.api.endpoint import Ask, endpoint
from services.portal.api.paging import Moment, Page, Paged
from services.portal.api.told_views import MatchView
from services.portal.desk.actor import Permission
from services.portal.desk.drafts import Id
from shared.filing.marks import Verdict


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
    found = partial(ask.desk.matches.page, ask.actor, subscription_id=query.subscription_id, since=query.since)
    return await ask.page(listing, query, found, MatchView.of)


@endpoint("GET", "/matches/{key}", needs=Permission.READ)
async def read_match(ask: Ask, key: str) -> MatchesTold:
    """Return why a publication (by its number) or legal event (by its key) is told."""
    return MatchesTold(items=tuple(map(MatchView.of, await ask.desk.matches.of_publication(ask.actor, key))))


class Feedback(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a member says of a publication.

    Attributes:
        verdict: ``null``: what was said before counts no more.
        profile_id: of the profile that is judged; ``null``: all that found it.
    """

    verdict: Verdict | None
    profile_id: Id | None = None


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """What a member says of a publication as a profile found it."""

    profile_id: str
    verdict: Verdict
    made_at: datetime


class FeedbackTold(msgspec.Struct, frozen=True, kw_only=True):
    """What counts now, of the token's member."""

    items: tuple[Judged, ...]


@endpoint("PUT", "/matches/{key}/feedback", needs=Permission.WRITE_FEEDBACK)
async def give_feedback(ask: Ask, key: str, body: Feedback) -> FeedbackTold:
    """Say whether a publication was worth telling; said again it replaces what was said."""
    marks = await ask.desk.marking.mark(ask.actor, key, body.verdict, profile_id=body.profile_id)
    return FeedbackTold(
        items=tuple(Judged(profile_id=one.profile_id, verdict=one.verdict, made_at=one.made_at) for one in marks)
    )
