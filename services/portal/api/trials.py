"""Endpoints that try a profile before anybody subscribes: check, count, preview, back-test, why not."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Annotated

import msgspec
from msgspec import Meta

from services.portal.api.endpoint import Ask, endpoint
from services.portal.api.profiles import ProfileDraft
from services.portal.api.told_advice import worded, worded_preview, worded_progress, worded_why_not
from services.portal.desk.actor import Permission
from services.portal.desk.advising import advice_of
from services.portal.desk.refusals import MissingError, Text
from shared.advice import Count, Preview, Progress, Remark, WhyNot
from shared.wire.profile import Profile


class Trial(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A profile that need not be saved."""

    profile: ProfileDraft

    def tried(self) -> Profile:
        """Return the profile; raises as `ProfileDraft.profile`."""
        return self.profile.profile("/profile")


class Lookback(Trial, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which weeks to look back on, and how many examples to give."""

    weeks: Annotated[int, Meta(ge=1, le=52)] = 4
    examples: Annotated[int, Meta(ge=0, le=50)] = 20


class Backtest(Trial, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From which day on."""

    since: date


class Question(Trial, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Of which publication."""

    publication_number: Annotated[str, Meta(min_length=1, max_length=64)]


class Remarks(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong, or doubtful, in the language of ``Accept-Language``."""

    items: tuple[Remark, ...]


@endpoint("POST", "/trials/check", needs=Permission.READ)
async def check_profile(ask: Ask, body: Trial) -> Remarks:
    """Check a profile."""
    found = await advice_of(ask.desk.around).check(body.tried())
    return Remarks(items=tuple(worded(one, ask.language) for one in found))


@endpoint("POST", "/trials/count", needs=Permission.READ)
async def count_matches(ask: Ask, body: Trial) -> Count:
    """Count quickly what a profile would have brought in the year that is kept."""
    return await advice_of(ask.desk.around).count(body.tried())


@endpoint("POST", "/trials/preview", needs=Permission.READ)
async def preview_profile(ask: Ask, body: Lookback) -> Preview:
    """Return what the last weeks would have brought, with evidence."""
    found = await advice_of(ask.desk.around).preview(body.tried(), weeks=body.weeks, examples=body.examples)
    return worded_preview(found, ask.language)


@endpoint("POST", "/trials/backtest", needs=Permission.READ)
async def backtest_profile(ask: Ask, body: Backtest) -> AsyncIterator[Progress]:
    """Match all publications since a day; each line tells how far it is, the last one has the result."""
    async for progress in advice_of(ask.desk.around).backtest(body.tried(), since=body.since):
        yield worded_progress(progress, ask.language)


@endpoint("POST", "/trials/why-not", needs=Permission.READ)
async def why_not(ask: Ask, body: Question) -> WhyNot:
    """Hold a profile against one stored publication, condition by condition."""
    found = await advice_of(ask.desk.around).why_not(body.tried(), body.publication_number)
    if found is None:
        raise MissingError("no-such-publication", Text("库里没有这件公开。", "This publication is not stored."))
    return worded_why_not(found, ask.language)
