"""The kinds of hit: what the place of a keyword among the tokens of a text says about it."""

from enum import IntEnum
from typing import TYPE_CHECKING

from services.matcher.engine.kernel import kernel
from services.matcher.engine.lattice import PARTS, WORDS, excess
from services.matcher.engine.segment import HAN, character_class
from shared.wire.match import HitKind
from shared.wire.profile import TermMatch

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Place(IntEnum):
    """How a hit lies among the tokens; a higher place counts wherever a lower one does.

    Attributes:
        LOOSE: anything else: a straddle (across a boundary, not both ends aligned), a piece of letters, a part that is none (动车 in 自动车床).
        AFFIX: a part of one token of ideographs.
        WORD: both ends are token boundaries, or might as well be.
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


WORD_LIMIT = 200
"""A hit across a token boundary is a word all the same up to this excess, in millinats: the segmenter cut wrongly, or might have."""

AFFIX_LIMIT = 1000
"""A hit inside a token is a part of it up to this excess: 电池 in 电池组, but not 动车 in 自动车床."""

LONG_TERM = 3
"""A term of so many characters is weighed against other words, a shorter one inside a token against the token's parts."""

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
    inside = boundaries_before[end - 1] == boundaries_before[start]
    lattice = PARTS if inside and end - start < LONG_TERM else WORDS
    more = excess(start, end, first_cost, last_cost, lattice, forward, backward, total)
    if inside:
        return _AFFIX if more <= AFFIX_LIMIT else _LOOSE
    return _WORD if more <= WORD_LIMIT else _LOOSE
