"""Token boundaries: where a keyword may begin and end.

A change of script is a boundary. A run of ideographs is cut by jieba's dictionary and hidden Markov model (rjieba: the same
algorithm in Rust); a run of letters, digits and their combining marks is one token; every other character is a token of its own,
but for three that belong to what stands before them: the point of a decimal number (2.5g), ``++`` and ``#`` after a Latin letter
(c++, c#).
"""

import re
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

_POINT, _PLUS, _SHARP = map(ord, ".+#")
_DECIMAL, _PLUSES, _SHARPED = re.compile("[0-9][.][0-9]"), re.compile("[a-z][+][+]"), re.compile("[a-z]#")


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


def joins(points: "NDArray[np.uint32]") -> "NDArray[np.int64]":
    """Return the positions at which a token goes on although the class of character changes; see the module's beginning."""
    point = np.flatnonzero(points == _POINT)
    point = point[(point > 0) & (point < len(points) - 1)]
    point = point[_is_digit(points[point - 1]) & _is_digit(points[np.minimum(point + 1, len(points) - 1)])]
    plus = np.flatnonzero(points[:-1] == _PLUS)
    plus = plus[(points[plus + 1] == _PLUS) & (plus > 0)]
    plus = plus[_is_latin(points[plus - 1])]
    sharp = np.flatnonzero(points == _SHARP)
    sharp = sharp[sharp > 0]
    sharp = sharp[_is_latin(points[sharp - 1])]
    return np.concatenate((point, point + 1, plus, plus + 1, sharp))


def _is_digit(points: "NDArray[np.uint32]") -> "NDArray[np.bool_]":
    return (points >= ord("0")) & (points <= ord("9"))


def _is_latin(points: "NDArray[np.uint32]") -> "NDArray[np.bool_]":
    return (points >= ord("a")) & (points <= ord("z"))


def tokens(text: str) -> list[tuple[int, int]]:
    """Return (start, end) of each token of one normalised text; plainly, and the same as a batch has."""
    spans: list[tuple[int, int]] = []
    at = 0
    for kind, characters in groupby(text, character_class):
        run = "".join(characters)
        pieces = rjieba.cut(run) if kind == HAN else [run] if kind == LETTER else list(run)
        for piece in pieces:
            start = spans.pop()[0] if at and _goes_on(text, at) else at
            at += len(piece)
            spans.append((start, at))
    return spans


def _goes_on(text: str, at: int) -> bool:
    """Whether the characters before and at a position are of one token although a point, ``++`` or ``#`` is among them."""
    return any(
        start < at < start + length and pattern.match(text, start)
        for pattern, length in ((_DECIMAL, 3), (_PLUSES, 3), (_SHARPED, 2))
        for start in range(max(0, at - length + 1), at)
    )
