"""How often words occur: tables of words of up to three characters, as arrays, so that a quarter of a million need no object each."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

LONGEST = 3
"""Characters of a word. Longer words are compounds; without them a compound shows how it is made."""

_ENCODING = "utf-32-le"
_POINT_BITS = np.uint64(21)
_POINT = np.uint64((1 << 21) - 1)
_SPACE, _LINE_END, _ZERO = map(ord, " \n0")


class Counts(NamedTuple):
    """Words and how often they occur.

    Attributes:
        keys: ascending; a word's code points, 21 bits each, the first the highest.
        times: by word.
    """

    keys: "NDArray[np.uint64]"
    times: "NDArray[np.int64]"

    @classmethod
    def read(cls, text: str) -> "Counts":
        r"""Read lines of ``word count`` or ``word count anything``; the counts of a word that stands there twice are added up.

        Args:
            text: lines, each ended by ``\n``. Those whose word is longer than `LONGEST` are left out.
        """
        points = np.frombuffer(text.encode(_ENCODING), np.uint32)
        line_ends = np.flatnonzero(points == _LINE_END)
        starts = np.concatenate(([0], line_ends[:-1] + 1))[: len(line_ends)]
        edges = np.flatnonzero((points == _SPACE) | (points == _LINE_END))
        word_end = np.searchsorted(edges, starts)
        begins, ends = edges[word_end] + 1, edges[word_end + 1]
        short = begins - 1 - starts <= LONGEST
        starts, begins, ends = starts[short], begins[short], ends[short]
        keys = np.zeros(len(starts), np.uint64)
        for at in range(LONGEST):
            here = np.where(starts + at < begins - 1, points[starts + at], 0).astype(np.uint64)
            keys = (keys << _POINT_BITS) | here
        times = np.zeros(len(starts), np.int64)
        for at in range(int((ends - begins).max(initial=0))):
            goes_on = begins + at < ends
            digit = points[np.minimum(begins + at, ends)].astype(np.int64) - _ZERO
            times = np.where(goes_on, 10 * times + digit, times)
        return _added_up(keys, times)

    @classmethod
    def together(cls, tables: "Iterable[Counts]") -> "Counts":
        """Return the words of all tables, their counts added up."""
        keys, times = zip(*tables, strict=True)
        return _added_up(np.concatenate(keys), np.concatenate(times))

    @classmethod
    def of(cls, times: "Mapping[str, int]") -> "Counts":
        """Make a table of counts by word."""
        return cls.read("".join(f"{word} {count}\n" for word, count in times.items()))

    def at_least(self, least: int) -> "Counts":
        """Return the words that occur so often, and all of a single character."""
        kept = (self.times >= least) | (self.keys & ((_POINT << _POINT_BITS) | _POINT) == 0)
        return Counts(self.keys[kept], self.times[kept])

    def among(self, other: "Counts") -> "Counts":
        """Return the words that the other table has, too."""
        kept = np.isin(self.keys, other.keys)
        return Counts(self.keys[kept], self.times[kept])

    def times_of(self, keys: "NDArray[np.uint64]") -> "NDArray[np.int64]":
        """Return how often each of some words occurs here; 0 where it does not."""
        if not len(self.keys):
            return np.zeros(len(keys), np.int64)
        at = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        return np.where(self.keys[at] == keys, self.times[at], 0)


def _added_up(keys: "NDArray[np.uint64]", times: "NDArray[np.int64]") -> Counts:
    distinct, word = np.unique(keys, return_inverse=True)
    return Counts(distinct, np.bincount(word, times, len(distinct)).astype(np.int64))


def spelled(keys: "NDArray[np.uint64]") -> "tuple[NDArray[np.uint32], NDArray[np.int32]]":
    """Return the code points of words, one after the other, and where each begins, and one past the last."""
    shifts = _POINT_BITS * np.arange(LONGEST - 1, -1, -1).astype(np.uint64)
    points = ((keys[:, None] >> shifts) & _POINT).astype(np.uint32)
    starts = np.zeros(len(keys) + 1, np.int32)
    np.cumsum(np.count_nonzero(points, axis=1), out=starts[1:])
    return points[points > 0], starts
