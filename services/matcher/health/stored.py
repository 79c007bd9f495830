"""What stored publications show of a profile's terms, exclusions and fields."""

import math
from typing import TYPE_CHECKING

from services.matcher.engine.rarity import RAREST, THOUSANDTHS
from services.matcher.health.finding import Code, Finding, Severity
from services.matcher.health.measured import rule_probe, term_probe, unexcluded_probe
from services.matcher.health.terms import about
from shared.wire.profile import TermMatch
from shared.wording.said import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from services.matcher.health.asked import AskedRule, AskedTerm
    from services.matcher.health.knowledge import Knowledge
    from services.matcher.health.measured import Measured

ENOUGH_PUBLICATIONS = 10_000
"""From so many on, none of them is worth telling."""
ENOUGH_WEEKS = 4
"""And spread over so many weeks, a profile that none of them matched is worth telling."""
ENOUGH_HITS = 10
"""From so many publications on, a share of them is worth telling."""
UNSEEN = 1.05 * math.exp(-RAREST / THOUSANDTHS)
"""The share of what the shipped statistics have not seen either."""
FEW = 0.5
MOST = 0.8


def check_stored(rules: "Sequence[AskedRule]", known: "Knowledge") -> "Iterator[Finding]":
    """Compare a profile with what was counted, if anything was."""
    measured = known.measured
    if measured is None:
        return
    for asked in rules:
        yield from _check_exclusion(asked, measured)
        yield from _check_hits(asked, known, measured)
    profile = rules[0].profile
    if measured.publications >= ENOUGH_HITS and not any(measured.with_field[name] for name in profile.fields):
        if all(asked.groups for asked in rules):
            yield Finding(severity=Severity.WARNING, said=say(Code.MISSING_FIELD, fields=profile.fields))
    elif _is_silent(measured, profile.id):
        said = say(Code.SILENCE, "stored", publications=measured.publications)
        yield Finding(severity=Severity.HINT, said=said, numbers={"publications": measured.publications})


def _is_silent(measured: "Measured", profile_id: str) -> bool:
    is_enough = measured.publications >= ENOUGH_PUBLICATIONS and len(measured.full_weeks) >= ENOUGH_WEEKS
    return is_enough and not measured.matches[profile_id].total()


def _check_exclusion(asked: "AskedRule", measured: "Measured") -> "Iterator[Finding]":
    found = measured.counts[unexcluded_probe(asked.profile, asked.number)]
    left = measured.counts[rule_probe(asked.profile, asked.number)]
    if found >= ENOUGH_HITS and found - left >= MOST * found:
        part = (found - left) / found
        numbers: dict[str, float] = {"found": found, "excluded": found - left, "part": part}
        said = say(Code.WIDE_EXCLUSION, **numbers)
        yield Finding(severity=Severity.WARNING, said=said, rule=asked.number, numbers=numbers)


def _check_hits(asked: "AskedRule", known: "Knowledge", measured: "Measured") -> "Iterator[Finding]":
    absent: list[AskedTerm] = []
    for term in (term for group in asked.groups for term in group if term.plain):
        held = measured.counts[term_probe(asked.profile, term.term, TermMatch.ANYWHERE)]
        counted = measured.counts[term_probe(asked.profile, term.term, term.term.match)]
        if not held and not counted:
            absent += [term] if known.shares[term.plain] <= UNSEEN else []
        elif held >= ENOUGH_HITS and counted < FEW * held and term.term.match is not TermMatch.WORD:
            said = say(Code.STRADDLING_TERM, term=term.term.text, held=held, counted=counted)
            yield about(asked, term, Severity.HINT, said, held=held, counted=counted)
    if absent and measured.publications >= ENOUGH_PUBLICATIONS:
        words = tuple(term.term.text for term in absent)
        said = say(Code.UNSEEN_TERM, "stored", publications=measured.publications, terms=words)
        numbers: dict[str, float] = {"publications": measured.publications, "terms": len(absent)}
        yield Finding(severity=Severity.HINT, said=said, rule=asked.number, numbers=numbers)
