"""Least scores that a rule cannot reach, or hardly."""

from typing import TYPE_CHECKING

from services.matcher.engine.rarity import rarities
from services.matcher.engine.scoring import (
    BIBLIOGRAPHIC_UNITS,
    KIND_WEIGHT,
    MENTIONS_PERCENT,
    UNITS,
    Found,
    hit_units,
    score,
)
from services.matcher.health.finding import Code, Finding, Severity
from shared.wire.match import HitKind
from shared.wire.profile import TEXT_FIELDS
from shared.wording.said import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from services.matcher.health.asked import AskedRule, AskedTerm

_TITLE = TEXT_FIELDS.index("title")


def check_score(asked: "AskedRule") -> "Iterator[Finding]":
    """Compare the least score with what the rule scores when everything is hit everywhere, and with one good title."""
    least = asked.profile.min_score
    if least <= 0 or not all(any(term.texts for term in group) for group in asked.groups):
        return
    best = highest(asked)
    if best < least:
        yield _finding(asked, Severity.ERROR, "", {"min_score": least, "highest": best})
    elif "title" in asked.profile.fields and (usual := of_title(asked)) < least:
        yield _finding(asked, Severity.WARNING, "title", {"min_score": least, "in_title": usual})


def _finding(asked: "AskedRule", severity: Severity, variant: str, numbers: dict[str, float]) -> Finding:
    said = say(Code.UNREACHABLE_SCORE, variant, **numbers)
    return Finding(severity=severity, said=said, rule=asked.number, numbers=numbers)


def highest(asked: "AskedRule") -> float:
    """Return the score when every field that is looked at mentions every keyword as often as still counts, from its beginning."""
    if not asked.groups:
        return BIBLIOGRAPHIC_UNITS / UNITS
    fields = [TEXT_FIELDS.index(name) for name in set(asked.profile.fields)]
    return score(
        len(asked.groups),
        (
            _hit(term, position, field)
            for group in asked.groups
            for position, term in enumerate(group)
            for field in fields
            for _ in MENTIONS_PERCENT[1:]
        ),
    )


def of_title(asked: "AskedRule") -> float:
    """Return the score of a title that holds, once, the best keyword of each group; 1 for a rule without any."""
    if not asked.groups:
        return 1.0
    hits = [[_hit(term, position, _TITLE) for position, term in enumerate(group)] for group in asked.groups]
    return score(len(asked.groups), (max(group, key=lambda hit: hit.units * hit.rarity) for group in hits))


def _hit(term: "AskedTerm", position: int, field: int) -> Found:
    units = hit_units(KIND_WEIGHT[HitKind.WORD], term.term.weight, 1.0)
    rarity = int(rarities([term.plain])[0]) if term.plain else 0
    return Found(term.group or 0, position, field, 0, units, rarity)
