"""What a profile would have brought: week by week, with examples."""

import heapq
from collections import Counter
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from services.matcher.lookback.counting import extrapolated, sampled, stands_for
from services.matcher.lookback.judging import NO_MATCH, Judge
from services.matcher.lookback.past import Places
from services.matcher.lookback.segment import UNKNOWN_DAY
from services.matcher.lookback.wanted import Wanted
from shared.advice import Count, Example, Preview, Week

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from services.matcher.lookback.past import Past
    from services.matcher.rings.rings import Rings
    from shared.wire.profile import Profile

MOST_JUDGED = 12_000
"""Candidates of a preview that are judged: less than half a second."""

_DAYS = 7
_FAIR_PART = 0.2
"""A week with less than this part of the busiest one's publications is not over, or a gap: no week to expect from."""


class Best(NamedTuple):
    """A match that may be shown; the greatest are."""

    score: float
    day: int
    number: str


class Tally:
    """Counts of a profile's matches, added up piece by piece."""

    def __init__(self, examples: int) -> None:
        self._examples = examples
        self.weeks: Counter[int] = Counter()
        self.best: list[Best] = []

    def add(self, weeks: "Counter[int]", best: "Iterable[Best]") -> None:
        """Add what a piece gave, see `judged`."""
        self.weeks.update(weeks)
        self.best = heapq.nlargest(self._examples, [*self.best, *best])


def judged(past: "Past", judge: Judge, places: Places, examples: int) -> tuple[int, "Counter[int]", list[Best]]:
    """Judge some places; return how many match, how many of each week (its Monday's ordinal), and the best of them."""
    scores = judge.scores(past, places)
    hits = np.flatnonzero(scores != NO_MATCH)
    days = past.days(places)[hits]
    order = hits[np.lexsort((-days, -scores[hits]))][:examples]
    chosen = places.some(order)
    numbers = [publication.publication_number for publication in past.publications(chosen)]
    rows = zip(scores[order].tolist(), past.days(chosen).tolist(), numbers, strict=True)
    best = [Best(*row) for row in rows]
    return len(hits), _of_weeks(days[days != UNKNOWN_DAY]), best


def preview(past: "Past", profile: "Profile", rings: "Rings", *, weeks: int, examples: int) -> Preview:
    """Return what the last weeks would have brought, up to the one of the latest publication."""
    since = first_monday(past, weeks)
    places = past.find(Wanted.of(profile, rings), since=since)
    chosen = sampled(places, MOST_JUDGED)
    judge = Judge(profile, rings)
    tally = Tally(examples)
    matches, by_weeks, best = judged(past, judge, chosen, examples)
    tally.add(by_weeks, best)
    count = extrapolated(matches, len(chosen), len(places))
    return shown(past, judge, tally, since=since, count=count, scale=stands_for(chosen, places))


def shown(past: "Past", judge: Judge, tally: Tally, *, since: date, count: Count, scale: float = 1.0) -> Preview:
    """Return a tally as it is shown.

    Args:
        past: where the places are.
        judge: of the profile.
        tally: of the places.
        since: the first day that was looked at.
        count: of all matches.
        scale: how many matches each one that was counted stands for.
    """
    published = by_week(past, since)
    first, last = monday(since.toordinal()), max(published, default=monday(since.toordinal()))
    weeks = {week: round(tally.weeks[week] * scale) for week in range(first, last + 1, _DAYS)}
    fair = [week for week, number in published.items() if number >= _FAIR_PART * max(published.values())]
    a_week = scale * sum(tally.weeks[week] for week in fair) / len(fair) if fair else 0.0
    return Preview(
        count=count,
        weeks=tuple(Week(monday=date.fromordinal(week), matches=number) for week, number in weeks.items()),
        examples=examples_of(past, judge, tally.best),
        a_week=a_week,
    )


def examples_of(past: "Past", judge: Judge, best: list[Best]) -> tuple[Example, ...]:
    """Return matches with their publications and evidence, in the same order."""
    publications = [found for one in best if (found := past.with_number(one.number)) is not None]
    matches = judge.matches(publications)
    return tuple(
        Example(publication=publication, match=match)
        for publication, match in zip(publications, matches, strict=True)
        if match is not None
    )


def monday(day: int) -> int:
    """Return the Monday of a day's week, both as ordinals."""
    return day - (day - 1) % _DAYS


def latest_day(past: "Past") -> int:
    """Return the day of the latest publication, `UNKNOWN_DAY` where there is none."""
    return max((int(kept.segment.days.max()) for kept in past.kept if len(kept.segment)), default=UNKNOWN_DAY)


def first_monday(past: "Past", weeks: int) -> date:
    """Return the Monday with which the last weeks begin."""
    latest = latest_day(past) or date.min.toordinal() + _DAYS * weeks
    return date.fromordinal(max(1, monday(latest) - _DAYS * (weeks - 1)))


def by_week(past: "Past", since: date) -> "Counter[int]":
    """Return Monday → publications of that week, published on this day or later."""
    published: Counter[int] = Counter()
    for kept in past.kept:
        published.update(_of_weeks(kept.segment.days[kept.alive & (kept.segment.days >= since.toordinal())]))
    return published


def _of_weeks(days: "NDArray[np.int32]") -> "Counter[int]":
    """Return Monday → how many of these days lie in its week."""
    mondays, counts = np.unique(days - (days - 1) % _DAYS, return_counts=True)
    return Counter(dict(zip(mondays.tolist(), counts.tolist(), strict=True)))
