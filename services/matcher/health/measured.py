"""What stored publications tell about profiles: real counts, by matching the profiles and parts of them."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

import msgspec

from services.matcher.engine.engine import Engine
from shared.wire.profile import TEXT_FIELDS, Profile, Rule, TermMatch, as_term

if TYPE_CHECKING:
    from collections.abc import Sequence

    from services.matcher.rings import Rings
    from shared.wire.profile import Term
    from shared.wire.publication import Publication

ENOUGH = 2_000
"""Publications from which on they tell more of the stream than statistics made elsewhere."""
FAIR_PART = 0.2


@dataclass(slots=True)
class Measured:
    """Counts over publications; every one of them counts whatever its date, only the weeks leave out those without one.

    Attributes:
        publications: how many were looked at.
        with_field: how many have each text field.
        by_week: Monday → publications of that week.
        matches: profile id → Monday (``None``: date unknown) → publications that the profile matched.
        counts: what a probe is called (see `Probes`) → publications that it matched.
    """

    publications: int = 0
    with_field: Counter[str] = field(default_factory=Counter)
    by_week: Counter[date] = field(default_factory=Counter)
    matches: dict[str, Counter[date | None]] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)

    @property
    def is_enough(self) -> bool:
        """Whether a mean over the weeks says something."""
        return self.publications >= ENOUGH and bool(self.by_week)

    @property
    def full_weeks(self) -> list[date]:
        """The weeks, in order, that have a fair part of the busiest one's publications; others are stragglers and gaps."""
        least = FAIR_PART * max(self.by_week.values(), default=0)
        return sorted(week for week, count in self.by_week.items() if count >= least)

    @property
    def publications_a_week(self) -> float:
        """The mean over the full weeks; 0 without any."""
        return _mean([self.by_week[week] for week in self.full_weeks])

    def alerts_a_week(self, profile_id: str) -> float:
        """Return how many publications a profile would have matched in a full week, in the mean."""
        return _mean([self.matches[profile_id][week] for week in self.full_weeks])


def _mean(counts: "Sequence[int]") -> float:
    return sum(counts) / len(counts) if counts else 0.0


class Probes:
    """Profiles taken apart, to be matched one by one with the profiles themselves."""

    def __init__(self, profiles: "Sequence[Profile]", rings: "Rings | None" = None) -> None:
        self._names: dict[str, int] = {}
        self._made: list[Profile] = []
        for profile in profiles:
            self._add(profile_probe(profile), profile)
            for position, rule in enumerate(profile.rules):
                self._take_apart(profile, position, rule)
        self._whole = {self._names[profile_probe(profile)]: profile.id for profile in profiles}
        self._of_number = list(self._names)
        self._engine = Engine.compile(self._made, rings)
        self.measured = Measured(matches={profile.id: Counter() for profile in profiles})

    def _take_apart(self, profile: Profile, position: int, rule: Rule) -> None:
        if rule.none:
            bare = msgspec.structs.replace(rule, none=())
            self._add(rule_probe(profile, position), profile, rule)
            self._add(unexcluded_probe(profile, position), profile, bare)
        for term in (as_term(term) for group in rule.groups for term in group):
            for match in (term.match, TermMatch.ANYWHERE):
                alone = msgspec.structs.replace(term, match=match, synonyms=(), rings=False, weight=1.0)
                self._add(term_probe(profile, term, match), profile, Rule(groups=((alone,),)))

    def _add(self, name: str, profile: Profile, rule: Rule | None = None) -> None:
        if name in self._names:
            return
        number = self._names[name] = len(self._names)
        rules, least = (profile.rules, profile.min_score) if rule is None else ((rule,), 0.0)
        self._made.append(msgspec.structs.replace(profile, id=str(number), name="", rules=rules, min_score=least))

    def count(self, publications: "Sequence[Publication]") -> None:
        """Match a batch."""
        for found in self._engine.find(publications, evidence=False):
            for publication, matches in zip(found.publications, found.matches(), strict=True):
                self._count_one(publication, [int(match.profile_id) for match in matches])

    def _count_one(self, publication: "Publication", matched: list[int]) -> None:
        measured = self.measured
        week = monday(publication.published_on)
        measured.publications += 1
        measured.by_week.update([] if week is None else [week])
        measured.with_field.update(name for name in TEXT_FIELDS if getattr(publication, name))
        for number in matched:
            if (profile_id := self._whole.get(number)) is not None:
                measured.matches[profile_id][week] += 1
            else:
                measured.counts[self._of_number[number]] += 1


def profile_probe(profile: Profile) -> str:
    """Return what the probe of a whole profile is called."""
    return f"profile {profile.id}"


def monday(day: date | None) -> date | None:
    """Return the Monday of a day's week."""
    return None if day is None else day - timedelta(days=day.weekday())


def rule_probe(profile: Profile, position: int) -> str:
    """Return what the probe of a rule by itself is called."""
    return f"rule {profile.id} {position}"


def unexcluded_probe(profile: Profile, position: int) -> str:
    """Return what the probe of a rule without its excluded terms is called."""
    return f"unexcluded {profile.id} {position}"


def term_probe(profile: Profile, term: "Term", match: TermMatch) -> str:
    """Return what the probe of a keyword's own text, counted in such a way, is called; profiles share it."""
    varied = profile.fuzziness.value if match in (TermMatch.DEFAULT, TermMatch.FUZZY) else ""
    return f"term {match.value} {varied} {','.join(sorted(profile.fields))} {term.text}"
