"""Normalisation, one character for one character, so that every offset stays true.

Full width becomes half width, upper case lower case, traditional simplified; dashes become one dash, raised and lowered
digits plain digits. What has no single-character counterpart stays as it is. Lone surrogates, which code written in
Rust refuses, become U+FFFD.
"""

import unicodedata
from functools import cache

REPLACEMENT = 0xFFFD
SEPARATOR = "\uffff"
"""Stands in no normalised text: a noncharacter that `normalise` replaces. Texts are joined with it."""

_CASED = (range(0x41, 0x2E00), range(0xA640, 0xAC00), range(0xFF00, 0xFF60))
_WIDE = (*range(0xFF01, 0xFF5F), *range(0xFFE0, 0xFFE7), *range(0xF900, 0xFB00))
_RAISED_AND_LOWERED = (0xB2, 0xB3, 0xB9, 0x2070, *range(0x2074, 0x207A), *range(0x2080, 0x208A))
_DASHES = (0x2010, 0x2011, 0x2012, 0x2013, 0x2212)
_SPACES = (0xA0, 0x3000)
_SURROGATES = range(0xD800, 0xE000)
_IDEOGRAPHS = range(0x3400, 0xA000)
_INVISIBLE = "\u00ad\u200b\u200c\u200d\u2060\ufeff"


@cache
def translation() -> dict[int, int]:
    """Return code point → code point for every character of the basic plane that changes; built once, in some 50 ms."""
    table = dict.fromkeys(_DASHES, ord("-")) | dict.fromkeys(_SPACES, ord(" "))
    table |= dict.fromkeys((*_SURROGATES, ord(SEPARATOR)), REPLACEMENT)
    for point in (*_WIDE, *_RAISED_AND_LOWERED):
        plain = unicodedata.normalize("NFKC", chr(point))
        if len(plain) == 1:
            table[point] = ord(plain)
    for point in (point for points in _CASED for point in points):
        folded = chr(table.get(point, point)).casefold()
        if len(folded) == 1 and ord(folded) != point:
            table[point] = ord(folded)
    table = _simplified() | table
    for point in table:
        while (to := table.get(table[point], table[point])) != table[point]:  # 薴 → 苧 → 苎
            table[point] = to
    return table


def _simplified() -> dict[int, int]:
    """Ask OpenCC for every ideograph at once, each on a line of its own so that no phrase rule applies."""
    import opencc  # noqa: PLC0415 - needed once a process, and only where something is matched

    characters = [chr(point) for point in _IDEOGRAPHS]
    converted = opencc.OpenCC("t2s").convert("\n".join(characters)).split("\n")
    return {ord(c): ord(s) for c, s in zip(characters, converted, strict=True) if len(s) == 1 and s != c}


def normalise(text: str) -> str:
    """Return the text in the form that is compared; same length, same offsets."""
    return text.translate(translation())


def normalise_term(text: str) -> str:
    """Return a keyword in the form that is looked for: as `normalise`, with blanks and invisible characters cut off both ends.

    Returns:
        An empty string when nothing is left that a text could hold.
    """
    return normalise(text).strip().strip(_INVISIBLE).strip()
