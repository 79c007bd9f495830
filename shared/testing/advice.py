"""An `shared.advice.Advice` over publications that a test gives: terms are looked for in titles, as plain text."""

from datetime import date, timedelta
from typing import TYPE_CHECKING

from shared.advice import (
    Condition,
    Count,
    Example,
    Found,
    Holder,
    IpcPlace,
    Preview,
    Progress,
    Remark,
    Suggestion,
    Tightening,
    Week,
    WhyNot,
)
from shared.errors import InvalidInputError
from shared.wire.match import Evidence, HitKind, Match
from shared.wire.profile import as_term
from shared.wording.advice import in_words
from shared.wording.said import say

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from shared.advice import Search
    from shared.wire.profile import Profile
    from shared.wire.publication import Publication

WRONG = "写错了"
"""A keyword for which the check of a profile finds an error."""


class PlainAdvice:
    """Answers by looking at each publication."""

    def __init__(self, publications: "Sequence[Publication]" = (), today: date = date(2026, 1, 5)) -> None:
        self.publications = list(publications)
        self.today = today

    async def count(self, profile: "Profile", *, since: date | None = None) -> Count:
        """Count them all."""
        return Count(matches=len(self._examples(profile, since)))

    async def preview(self, profile: "Profile", *, weeks: int = 4, examples: int = 20) -> Preview:
        """Look back so many weeks."""
        monday = self.today - timedelta(days=self.today.weekday())
        mondays = [monday - timedelta(weeks=n) for n in reversed(range(weeks))]
        found = self._examples(profile, mondays[0])
        bars = tuple(Week(monday=day, matches=sum(_week(one.publication) == day for one in found)) for day in mondays)
        return Preview(
            count=Count(matches=len(found)),
            weeks=bars,
            examples=tuple(found[:examples]),
            a_week=len(found) / weeks,
            remarks=await self.check(profile),
        )

    async def backtest(self, profile: "Profile", *, since: date) -> "AsyncIterator[Progress]":
        """Tell of the beginning and of the end."""
        total = len(self.publications)
        yield Progress(done=0, total=total)
        found = self._examples(profile, since)
        result = Preview(count=Count(matches=len(found)), weeks=(), examples=tuple(found), a_week=float(len(found)))
        yield Progress(done=total, total=total, result=result)

    async def check(self, profile: "Profile") -> tuple[Remark, ...]:
        """Find fault with `WRONG` alone."""
        said = say("empty-term", term=WRONG)
        return tuple(
            Remark(
                code=said.code,
                level="error",
                text=in_words(said),
                pointer=f"/rules/{r}/groups/{g}/{t}",
                said=said,
            )
            for r, rule in enumerate(profile.rules)
            for g, group in enumerate(rule.groups)
            for t, term in enumerate(group)
            if as_term(term).text == WRONG
        )

    async def why_not(self, profile: "Profile", number: str) -> WhyNot | None:
        """Look at each group."""
        for publication in self.publications:
            if publication.publication_number == number:
                conditions = tuple(
                    _condition(r, g, tuple(as_term(term).text for term in group), publication)
                    for r, rule in enumerate(profile.rules)
                    for g, group in enumerate(rule.groups)
                )
                return WhyNot(publication=publication, match=_match(profile, publication), conditions=conditions)
        return None

    async def suggest(self, terms: "Sequence[str]", *, limit: int = 12) -> tuple[Suggestion, ...]:
        """Know no words."""
        del terms, limit
        return ()

    async def describe(self, text: str, *, limit: int = 12) -> tuple[Suggestion, ...]:
        """Know no words."""
        del text, limit
        return ()

    async def holder(self, name: str) -> Holder:
        """Count the publications of a name."""
        own = sum(any(name == one.name for one in publication.applicants) for publication in self.publications)
        return Holder(name=name, publications=own, ipc=(), terms=(), together=())

    async def search(self, wanted: "Search") -> Found:
        """Look for the words in titles and numbers."""
        words = wanted.text.split()
        found = [one for one in self.publications if all(w in f"{one.title} {one.publication_number}" for w in words)]
        if wanted.after is not None and not wanted.after.isdecimal():
            raise InvalidInputError("翻页标记无效；请从第一页重新开始。")
        start = int(wanted.after or 0)
        end = start + wanted.limit
        return Found(
            publications=tuple(found[start:end]),
            total=Count(matches=len(found)),
            next=str(end) if end < len(found) else None,
        )

    async def ipc(self, symbol: str = "") -> tuple[IpcPlace, ...]:
        """Know no places."""
        del symbol
        return ()

    async def ipc_titles(self, text: str, *, limit: int = 20) -> tuple[IpcPlace, ...]:
        """Know no places."""
        del text, limit
        return ()

    async def tighten(
        self, profile: "Profile", *, irrelevant: "Sequence[str]", relevant: "Sequence[str]"
    ) -> tuple[Tightening, ...]:
        """Propose nothing."""
        del profile, irrelevant, relevant
        return ()

    def _examples(self, profile: "Profile", since: date | None) -> list[Example]:
        kept = (
            one
            for one in self.publications
            if since is None or (one.published_on is not None and one.published_on >= since)
        )
        return [Example(publication=one, match=match) for one in kept if (match := _match(profile, one)) is not None]


def _week(publication: "Publication") -> date | None:
    day = publication.published_on
    return None if day is None else day - timedelta(days=day.weekday())


def _condition(rule: int, group: int, words: tuple[str, ...], publication: "Publication") -> Condition:
    found = next((word for word in words if word in publication.title), "")
    said = say("group", "absent", fields=("title",), asked=words, more=())
    if found:
        said = say("group", "found", where=(say("found", field="title", text=found, term=found),), asked=words)
    pointer = f"/rules/{rule}/groups/{group}"
    return Condition(rule=rule, pointer=pointer, holds=bool(found), text=in_words(said), said=said)


def _match(profile: "Profile", publication: "Publication") -> Match | None:
    title = publication.title
    for number, rule in enumerate(profile.rules):
        hits = [[as_term(t).text for t in group if as_term(t).text in title] for group in rule.groups]
        if hits and all(hits):
            evidence = tuple(
                Evidence(
                    term=group[0],
                    field="title",
                    start=title.index(group[0]),
                    end=title.index(group[0]) + len(group[0]),
                    kind=HitKind.WORD,
                    score=1.0,
                )
                for group in hits
            )
            return Match(
                profile_id=profile.id,
                publication_number=publication.publication_number,
                score=1.0,
                rule=number,
                evidence=evidence,
            )
    return None
