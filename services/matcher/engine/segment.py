"""Token boundaries: where a keyword may begin and end.

A change of script is always a boundary. A run of ideographs is cut by jieba's dictionary and hidden Markov model
(rjieba: the same algorithm in Rust); a run of letters, digits and their combining marks is one token; every other
character is a token of its own.
"""

import unicodedata
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np
import rjieba

if TYPE_CHECKING:
    from numpy.typing import NDArray

OTHER, LETTER, HAN = 0, 1, 2

_BASIC_PLANE = 0x10000
_HAN = (
    range(0x3400, 0x4DC0),
    range(0x4E00, 0xA000),
    range(0xF900, 0xFB00),
    range(0x3005, 0x3006),
    range(0x3007, 0x3008),
)
_HAN_PLANES = range(0x20000, 0x40000)


@cache
def basic_plane_classes() -> "NDArray[np.uint8]":
    """Return the class of each character of the basic plane."""
    classes = np.zeros(_BASIC_PLANE, np.uint8)
    classes[[c.isalnum() or unicodedata.category(c)[0] == "M" for c in map(chr, range(_BASIC_PLANE))]] = LETTER
    for points in _HAN:
        classes[points.start : points.stop] = HAN
    return classes


def character_class(character: str) -> int:
    """Return `HAN`, `LETTER` or `OTHER`; beyond the basic plane there are only ideographs and others."""
    point = ord(character)
    if point < _BASIC_PLANE:
        return int(basic_plane_classes()[point])
    return HAN if point in _HAN_PLANES else OTHER


def character_classes(points: "NDArray[np.uint32]") -> "NDArray[np.uint8]":
    """Return the class of each of these code points; the same as `character_class`, for many."""
    classes = basic_plane_classes()[np.minimum(points, _BASIC_PLANE - 1)]
    beyond = points >= _BASIC_PLANE
    if beyond.any():
        han = (points >= _HAN_PLANES.start) & (points < _HAN_PLANES.stop)
        classes[beyond] = np.where(han[beyond], HAN, OTHER)
    return classes


def tokens(text: str) -> list[tuple[int, int]]:
    """Return (start, end) of each token of one normalised text."""
    spans = []
    at = 0
    for kind, characters in groupby(text, character_class):
        run = "".join(characters)
        pieces = rjieba.cut(run) if kind == HAN else [run] if kind == LETTER else list(run)
        for piece in pieces:
            spans.append((at, at + len(piece)))
            at += len(piece)
    return spans
