"""The kinds of hit: what the place of a keyword among the tokens of a text says about it."""

from enum import IntEnum
from typing import TYPE_CHECKING

from services.matcher.engine.kernel import kernel
from services.matcher.engine.lattice import PARTS, WORDS, excess

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Place(IntEnum):
    """How a hit lies among the tokens; a higher place counts wherever a lower one does.

    Attributes:
        LOOSE: anything else: a straddle (across a boundary, not both ends aligned), a piece of letters, a part that is none (动车 in 自动车床).
        AFFIX: a part of one token of ideographs; or a longer term that ends (or begins) with a part of one.
        WORD: both ends are token boundaries, or might as well be.
    """

    LOOSE = 0
    AFFIX = 1
    WORD = 2


WORD_LIMIT = 200
"""A hit across a token boundary is a word all the same up to this excess, in millinats: the segmenter cut wrongly, or might have."""

AFFIX_LIMIT = 1000
"""A hit inside a token is a part of it up to this excess: 电池 in 电池组, but not 动车 in 自动车床."""

SHORT_TERM = 2
"""Inside a token, a term of no more characters is weighed against the token's parts (变压 in 变压|器), a longer one against words."""

LONG_TERM = 4
"""A term of so many characters seldom stands anywhere by chance: it may reach across a boundary into a part of the next token, as
锂离子电池 in 锂离子|电池组, where by parts it costs no more than `WORD_LIMIT`."""

_LOOSE, _AFFIX, _WORD = int(Place.LOOSE), int(Place.AFFIX), int(Place.WORD)


@kernel
def judge(
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
    if inside:
        lattice = PARTS if end - start <= SHORT_TERM else WORDS
        more = excess(start, end, first_cost, last_cost, lattice, forward, backward, total)
        return _AFFIX if more <= AFFIX_LIMIT else _LOOSE
    if excess(start, end, first_cost, last_cost, WORDS, forward, backward, total) <= WORD_LIMIT:
        return _WORD
    if end - start < LONG_TERM:
        return _LOOSE
    more = excess(start, end, first_cost, last_cost, PARTS, forward, backward, total)
    return _AFFIX if more <= WORD_LIMIT else _LOOSE
