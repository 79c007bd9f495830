"""What the checks of a profile want to know of stored publications, counted with the index in place of a run over all of them."""

from collections import Counter
from datetime import date
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from services.matcher.engine.needs import Need, need_of
from services.matcher.health.measured import Measured, rule_probe, term_probe, unexcluded_probe
from services.matcher.lookback.counting import count, sampled, stands_for
from services.matcher.lookback.judging import NO_MATCH, Judge
from services.matcher.lookback.previewing import by_week, judged
from services.matcher.lookback.wanted import Wanted
from services.matcher.rings import Rings
from shared.wire.profile import TEXT_FIELDS, Profile, Rule, TermMatch, as_term

if TYPE_CHECKING:
    from services.matcher.lookback.past import Past, Places
    from shared.wire.profile import Term

MOST_OF_A_TERM = 200
"""Candidates of one keyword that are judged; one that more publications hold is taken to be found wherever it stands."""
MOST_TERMS = 30
"""Keywords that are judged; of further ones candidates are counted."""
_MOST = 1_500
_FIRST_DAY = date(1, 1, 1)
_NO_RINGS = Rings()


def measured(profile: Profile, rings: Rings, past: "Past") -> Measured | None:
    """Count; ``None`` when a profile has very many candidates and so few matches that a sample says nothing."""
    weeks = _weeks(profile, rings, past)
    if weeks is None:
        return None
    found = Measured(publications=len(past), with_field=_with_field(past), matches={profile.id: weeks})
    found.by_week.update({date.fromordinal(week): number for week, number in by_week(past, _FIRST_DAY).items()})
    for position, rule in enumerate(profile.rules):
        if rule.none:
            _count_exclusion(found, profile, position, rings, past)
    terms = dict.fromkeys(as_term(term) for rule in profile.rules for group in rule.groups for term in group)
    for number, term in enumerate(terms):
        _count_term(found, profile, term, past, closely=number < MOST_TERMS)
    return found


def _weeks(profile: Profile, rings: Rings, past: "Past") -> Counter[date | None] | None:
    """Return Monday → matches, ``None`` for the Monday of those whose date nobody knows; of many candidates from a sample."""
    places = past.find(Wanted.of(profile, rings))
    chosen = sampled(places, _MOST)
    hits, weeks, _ = judged(past, Judge(profile, rings), chosen, 0)
    if not hits and len(chosen) < len(places):
        return None
    scale = stands_for(chosen, places)
    found: Counter[date | None] = Counter()
    for week, number in weeks.items():
        found[date.fromordinal(week)] = round(scale * number)
    found[None] = round(scale * (hits - sum(weeks.values())))
    return found


def _with_field(past: "Past") -> Counter[str]:
    """Return how many publications have each text field, as far as one has it at all: from a sample, and at least one."""
    chosen = sampled(past.places(kept.alive for kept in past.kept), MOST_OF_A_TERM)
    return Counter(name for one in past.publications(chosen) for name in TEXT_FIELDS if getattr(one, name))


def _count_exclusion(found: Measured, profile: Profile, position: int, rings: Rings, past: "Past") -> None:
    rule = profile.rules[position]
    bare = msgspec.structs.replace(rule, none=())
    pair = [count(past, _alone(profile, one), rings, None, sample=_MOST) for one in (rule, bare)]
    if all(one.exact for one in pair):
        found.counts[rule_probe(profile, position)] = pair[0].matches
        found.counts[unexcluded_probe(profile, position)] = pair[1].matches


def _count_term(found: Measured, profile: Profile, term: "Term", past: "Past", *, closely: bool) -> None:
    """Count a keyword's own text, anywhere and as it is asked for; not closely: it is taken to be found wherever it may stand."""
    anywhere, asked = (term_probe(profile, term, match) for match in (TermMatch.ANYWHERE, term.match))
    loose = _alone(profile, _only(term, TermMatch.ANYWHERE))
    places = past.find(Wanted.of(loose, _NO_RINGS))
    if len(places) > MOST_OF_A_TERM or (len(places) and not closely):
        found.counts[anywhere] = found.counts[asked] = len(places)
        return
    found.counts[anywhere] = found.counts[asked] = _matches(loose, past, places)
    if asked != anywhere:
        strict = _alone(profile, _only(term, term.match))
        if need_of(term, profile.fuzziness) in (Need.NORMAL, Need.LOOSE):  # variants stand elsewhere, too
            places = sampled(past.find(Wanted.of(strict, _NO_RINGS)), MOST_OF_A_TERM)
        found.counts[asked] = _matches(strict, past, places)


def _only(term: "Term", match: TermMatch) -> Rule:
    return Rule(groups=((msgspec.structs.replace(term, match=match, synonyms=(), rings=False, weight=1.0),),))


def _matches(probe: Profile, past: "Past", places: "Places") -> int:
    return int(np.count_nonzero(Judge(probe, _NO_RINGS).scores(past, places) != NO_MATCH))


def _alone(profile: Profile, rule: Rule) -> Profile:
    return msgspec.structs.replace(profile, rules=(rule,), min_score=0.0)
