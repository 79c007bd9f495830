"""The kinds of hit: what the place of a keyword among the tokens of a text says about it."""

from enum import IntEnum
from typing import TYPE_CHECKING

from services.matcher.engine.kernel import kernel
from services.matcher.engine.lattice import excess
from services.matcher.engine.segment import HAN, character_class
from shared.wire.match import HitKind
from shared.wire.profile import TermMatch

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Place(IntEnum):
    """How a hit lies among the tokens; a higher place counts wherever a lower one does.

    Attributes:
        LOOSE: infix (inside a token, touching neither end) or straddle (across a boundary, not both ends aligned).
        AFFIX: inside one token of ideographs, touching exactly one of its ends.
        WORD: both ends are token boundaries.
    """

    LOOSE = 0
    AFFIX = 1
    WORD = 2


NEEDED = {
    TermMatch.WORD: Place.WORD,
    TermMatch.DEFAULT: Place.AFFIX,
    TermMatch.FUZZY: Place.AFFIX,
    TermMatch.ANYWHERE: Place.LOOSE,
}
"""The lowest place that counts. Variants of fuzzy terms are not looked for: such a term counts where a default one does."""

KIND = {Place.WORD: HitKind.WORD, Place.AFFIX: HitKind.AFFIX, Place.LOOSE: HitKind.ANYWHERE}
"""What a hit that counts is called."""


def place_of(text: str, tokens: list[tuple[int, int]], start: int, end: int) -> Place:
    """Say how ``text[start:end]`` lies among the tokens of the normalised text."""
    starts = {token_start for token_start, _ in tokens}
    ends = {token_end for _, token_end in tokens}
    if start in starts and end in ends:
        return Place.WORD
    inside = any(token_start <= start and end <= token_end for token_start, token_end in tokens)
    if inside and (start in starts or end in ends) and character_class(text[start]) == HAN:
        return Place.AFFIX
    return Place.LOOSE


WORD_LIMIT = 1500
"""A hit inside a run of ideographs whose ends are no token boundaries is a word all the same up to this excess, in millinats."""

AFFIX_LIMIT = 6000
"""A hit at one end of a token is no affix beyond this excess, in millinats: a boundary hides in it (动车 in 自动车床)."""

_LOOSE, _AFFIX, _WORD = int(Place.LOOSE), int(Place.AFFIX), int(Place.WORD)


@kernel
def judge(  # noqa: PLR0917 - the arrays of a batch, one by one
    start: int,
    end: int,
    first_cost: int,
    last_cost: int,
    boundary: "NDArray[np.bool_]",
    boundaries_before: "NDArray[np.int32]",
    han: "NDArray[np.bool_]",
    forward: "NDArray[np.int32]",
    backward: "NDArray[np.int32]",
    total: "NDArray[np.int32]",
) -> int:
    """Return the `Place`, as a number, of a hit on ``[start, end)`` of a batch; the same as `plain.CutText.place`.

    Args:
        start: where the hit begins in the text of the batch.
        end: one past its last character.
        first_cost: the term's row of `lattice.term_costs`, column 0.
        last_cost: column 1.
        boundary: as the other arrays, of the batch; see `Batch`.
        boundaries_before: see `Batch`.
        han: see `Batch`.
        forward: see `Batch`.
        backward: see `Batch`.
        total: see `Batch`.
    """
    at_start, at_end = boundary[start], boundary[end]
    if at_start and at_end:
        return _WORD
    if not (at_start or (han[start - 1] and han[start])) or not (at_end or (han[end - 1] and han[end])):
        return _LOOSE
    more = excess(start, end, first_cost, last_cost, forward, backward, total)
    if more <= WORD_LIMIT:
        return _WORD
    if (at_start or at_end) and more <= AFFIX_LIMIT and boundaries_before[end - 1] == boundaries_before[start]:
        return _AFFIX
    return _LOOSE
