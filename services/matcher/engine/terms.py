"""The kinds of hit: what the place of a keyword among the tokens of a text says about it."""

from enum import IntEnum

from services.matcher.engine.segment import HAN, character_class
from shared.wire.match import HitKind
from shared.wire.profile import TermMatch


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
