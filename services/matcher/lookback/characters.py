"""Neighbouring characters: what a text is found by before anybody reads it.

A text is cut into *runs* of ideographs, letters and digits. Each two neighbours of a run are a *pair*; the last character of
a run makes a pair with nothing. So whoever holds a run holds all its pairs, and whoever holds a character holds a pair that
begins with it. A pair that stands in a title is kept a second time as such.
"""

from itertools import groupby, pairwise
from typing import TYPE_CHECKING

import numpy as np

from services.matcher.engine.segment import OTHER, character_class, character_classes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from services.matcher.engine.batch import Joined

DOCUMENT_BITS = np.uint64(16)
"""A segment holds so many documents that their positions fit."""

_POINT_BITS = 21
_IN_TITLE = 1 << 2 * _POINT_BITS
_TITLE = 0


def entries(joined: "Joined") -> "NDArray[np.uint64]":
    """Return the pairs of some texts with their documents, ``pair << DOCUMENT_BITS | document``, ascending, none twice."""
    points, starts = joined.points, joined.starts
    if not len(points):
        return np.zeros(0, np.uint64)
    held = character_classes(points) != OTHER
    at = np.flatnonzero(held)  # the last one is a separator
    second = np.where(held[at + 1], points[at + 1], 0).astype(np.uint64)
    pairs = (points[at].astype(np.uint64) << np.uint64(_POINT_BITS)) | second
    text = np.repeat(np.arange(len(starts) - 1), np.diff(starts))[at]
    found = (pairs << DOCUMENT_BITS) | joined.documents[text].astype(np.uint64)
    titles = found[joined.fields[text] == _TITLE] | (np.uint64(_IN_TITLE) << DOCUMENT_BITS)
    return distinct(np.concatenate((found, titles)))


def distinct(entries: "NDArray[np.uint64]") -> "NDArray[np.uint64]":
    """Return each of these once, ascending; faster than `numpy.unique`, which hashes, and sorts what they are given."""
    entries.sort()
    is_first = np.diff(entries, prepend=~entries[:1]) != 0
    return np.compress(is_first, entries)


def runs_of(text: str) -> list[str]:
    """Return the runs of a normalised text."""
    runs = groupby(text, lambda character: character_class(character) != OTHER)
    return ["".join(characters) for is_held, characters in runs if is_held]


def pairs_of(run: str, *, in_title: bool) -> list[int]:
    """Return the pairs of a run of two characters or more."""
    title = _IN_TITLE if in_title else 0
    return [title | ord(first) << _POINT_BITS | ord(second) for first, second in pairwise(run)]


def pairs_with(character: str, *, in_title: bool) -> tuple[int, int]:
    """Return the least pair that begins with a character, and one past the greatest."""
    first = (_IN_TITLE if in_title else 0) | ord(character) << _POINT_BITS
    return first, first + (1 << _POINT_BITS)
