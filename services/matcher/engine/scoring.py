"""Scores: documented in docs/matching.md, monotone, always from 0 to 1.

A term that is found in a field earns points: a plain word of ordinary rarity that an abstract holds once earns 100. Points of a
rule's terms and fields add up; at 100 points a keyword group the score is one half. Better evidence (a heavier field, a better
kind of hit, a rarer term, an earlier place) and more evidence (another mention, another field, another term) never lower a score.

Everything is counted in integers, so that order, batch and compiler do not matter: scores in `UNITS`, rarities in
thousandths (`rarity.rarities`), points in thousandths. The steps are kernels that Python may call, too; `score` puts them
together, slowly and obviously.
"""

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from services.matcher.engine.kernel import kernel
from shared.wire.match import HitKind
from shared.wire.profile import TEXT_FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterable

UNITS = 10_000
"""A score of one; scores have four decimals."""

KIND_WEIGHT = {
    HitKind.WORD: 1.0,
    HitKind.AFFIX: 0.8,
    HitKind.SYNONYM: 0.8,
    HitKind.FUZZY: 0.8,
    HitKind.ANYWHERE: 0.6,
}
"""What a hit of each kind scores, before its term's weight and, of a variant, its similarity."""

FIELD_POINTS = {"title": 300, "claim": 150, "abstract": 100}
"""Points of a plain word of ordinary rarity."""
EARLY_CHARACTERS = 64
"""An abstract, or a claim, begins with what the invention is; a hit that begins among so many characters is early."""
EARLY_PERCENT = 120
"""What an early hit counts; a title has no early part."""
MENTIONS_PERCENT = (0, 100, 137, 157, 169, 177, 183, 188, 191, 194, 196, 198, 200)
"""What so many hits of one term in one field count, and all that are more: 2.2 n / (n + 1.2) for n hits, up to twice."""
HALF_POINTS = 100
"""Points a keyword group for a score of one half."""
BIBLIOGRAPHIC_UNITS = 6_000
"""Of a rule without keywords: it says where a publication stands, not what it is about."""

_THOUSANDTHS = 1_000
_PERCENT = 100
_LAST_MENTION = len(MENTIONS_PERCENT) - 1
_TITLE = TEXT_FIELDS.index("title")
_FIELD = np.array([FIELD_POINTS[name] for name in TEXT_FIELDS])
_MENTIONS = np.array(MENTIONS_PERCENT)


class Found(NamedTuple):
    """A hit that counts for a rule.

    Attributes:
        group: position of the keyword group in the rule.
        term: position of the term in the group.
        field: position in `TEXT_FIELDS`.
        start: its first character in the field.
        units: `hit_units`.
        rarity: of the text that was looked for (the term, or its synonym), in thousandths.
    """

    group: int
    term: int
    field: int
    start: int
    units: int
    rarity: int


@kernel
def hit_units(kind_weight: float, term_weight: float, similarity: float) -> int:
    """Return the score of one hit by itself, in `UNITS`; a hit that is no variant has a similarity of 1."""
    return int(kind_weight * term_weight * similarity * UNITS + 0.5)


@kernel
def hit_worth(units: int, rarity: int, field: int, start: int) -> int:
    """Return what one hit is worth; of the hits of a term in a field the greatest goes into `points`."""
    early = field != _TITLE and start < EARLY_CHARACTERS
    return int(units * rarity * _FIELD[field] * (EARLY_PERCENT if early else _PERCENT))


@kernel
def points(worth: int, hits: int) -> int:
    """Return the points, in thousandths, of a term in a field: from the worth of its best hit, and how many there are."""
    return int(worth * _MENTIONS[min(hits, _LAST_MENTION)] // (UNITS * _PERCENT * _PERCENT))


@kernel
def rule_units(total: int, groups: int) -> int:
    """Return the score of a rule that holds, in `UNITS`, from the points of its terms in all fields and its keyword groups."""
    if groups == 0:
        return BIBLIOGRAPHIC_UNITS
    whole = total + groups * HALF_POINTS * _THOUSANDTHS
    return (2 * UNITS * total + whole) // (2 * whole)


def score(groups: int, found: "Iterable[Found]") -> float:
    """Return the score of a rule that holds, with so many keyword groups and these hits: the specification."""
    worths = defaultdict(list)
    for hit in found:
        worths[hit.group, hit.term, hit.field].append(hit_worth(hit.units, hit.rarity, hit.field, hit.start))
    return rule_units(sum(points(max(of_hits), len(of_hits)) for of_hits in worths.values()), groups) / UNITS


def least_units(least_score: float) -> int:
    """Return the least number of `UNITS` that is not below a score."""
    units = int(least_score * UNITS)
    return units if units / UNITS >= least_score else units + 1
