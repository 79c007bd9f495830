"""Scores: documented in docs/matching.md, monotone, always from 0 to 1.

Better evidence (a heavier field, a better kind of hit) and more evidence (another field, another term) never lower a score.
A term that a field repeats says no more than one that it holds once.
"""

from typing import TYPE_CHECKING

from shared.wire.match import HitKind
from shared.wire.profile import TEXT_FIELDS

if TYPE_CHECKING:
    from collections.abc import Mapping

FIELD_WEIGHT = {"title": 0.9, "claim": 0.65, "abstract": 0.5}
KIND_WEIGHT = {HitKind.WORD: 1.0, HitKind.AFFIX: 0.8, HitKind.SYNONYM: 0.8, HitKind.ANYWHERE: 0.6}
BIBLIOGRAPHIC_SCORE = 0.6
"""Of a rule without keywords: it says where a publication stands, not what it is about."""

DECIMALS = 4

_WEIGHT_OF_FIELD = tuple(FIELD_WEIGHT[name] for name in TEXT_FIELDS)


def hit_score(kind: HitKind, weight: float) -> float:
    """Return the score of one keyword hit, before fields are weighed."""
    return round(KIND_WEIGHT[kind] * weight, DECIMALS)


def rule_score(groups: int, best: "Mapping[tuple[int, int, int], float]") -> float:
    """Return the score of a rule that holds.

    Args:
        groups: how many keyword groups it has.
        best: (group, term of the group, text field) → score of the best such hit; the positions count from 0.

    Returns:
        The mean over the groups of ``1 - Π(1 - field weight × hit score)``; `BIBLIOGRAPHIC_SCORE` without groups.
    """
    if not groups:
        return BIBLIOGRAPHIC_SCORE
    missing = [1.0] * groups
    for group, term, field in sorted(best):  # one order, so that the last bit is the same wherever it is computed
        missing[group] *= 1.0 - _WEIGHT_OF_FIELD[field] * best[group, term, field]
    return round(1.0 - sum(missing) / groups, DECIMALS)
