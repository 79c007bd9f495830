"""How much there is of a text, and of which sorts: what of an item is counted, as numbers that are added."""

from itertools import pairwise
from typing import NamedTuple, TypeAlias

from services.notifier.templates.markup import SIGNS

_TAG, _SIGNS, _QUOTES = b"<", SIGNS.replace("<", "").encode("ascii"), b'"\\'
_DEAR = _TAG + _SIGNS + _QUOTES

_MOST_DEAR = 255
"""In one text; of as many texts as there are in an item there is room for the sum."""

FACT, NAMES, HAPPENED, SENTENCE = 1, 1 << 2, 1 << 3, 1 << 4
WORD, MARK = 1 << 7, 1 << 15
_ONE_SIGN, _ONE_TAG, _ONE_QUOTE = 1 << 23, 1 << 35, 1 << 47
UNCOUNTABLE = 1 << 59
"""What one of each sort is in a shape, which is their sum; what is beyond counting makes it larger than any other."""


class Shape(NamedTuple):
    """What a shape is the sum of.

    Attributes:
        facts: 1 to 3.
        names, happened: whether there are applicants, and a line of what happened.
        sentences: of reasons.
        words: hits in the title that begin and end with a letter or digit.
        marks: other hits in the title.
        signs, tags, quotes: signs of markup but ``<``; ``<``; quotation marks and backslashes.
    """

    facts: int
    names: int
    happened: int
    sentences: int
    words: int
    marks: int
    signs: int
    tags: int
    quotes: int

    @classmethod
    def of(cls, shape: int) -> "Shape":
        """Take a shape apart."""
        parts = (FACT, NAMES, HAPPENED, SENTENCE, WORD, MARK, _ONE_SIGN, _ONE_TAG, _ONE_QUOTE, UNCOUNTABLE)
        return cls(*(shape % above // one for one, above in pairwise(parts)))


Piece: TypeAlias = tuple[int, int, int]
"""Bytes of UTF-8, characters, and a part of a shape."""


def piece(said: str) -> Piece:
    """Return how much there is of a text as people read it; one that cannot be printed is beyond counting."""
    if not said.isprintable():
        return 0, 0, UNCOUNTABLE
    raw = said.encode()
    size = len(raw)
    dear = size - len(raw.translate(None, _DEAR))
    if not dear:
        return size, len(said), 0
    if dear > _MOST_DEAR:
        return 0, 0, UNCOUNTABLE
    signs, tags, quotes = (size - len(raw.translate(None, some)) for some in (_SIGNS, _TAG, _QUOTES))
    return size, len(said), signs * _ONE_SIGN + tags * _ONE_TAG + quotes * _ONE_QUOTE
