"""A lexicon: numbered texts, found in a text all at once by walking a trie from each of its characters.

The trie is one open-addressed hash table from (node, character) to node; a node is named by the slot that leads to it. It is
made of plain arrays, so that it can be kept in a file, mapped by many processes, and built and walked without the
interpreter's lock.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from services.matcher.engine.kernel import kernel
from services.matcher.engine.strings import compare

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Slots = NDArray[np.uint64]

ROOT = 0
ABSENT = -1

_ENCODING = "utf-32-le"
_POINT_BITS = np.uint64(21)
_EMPTY = np.uint64(0xFFFFFFFFFFFFFFFF)
_SPREAD = np.uint64(0x9E3779B97F4A7C15)
"""Fibonacci hashing: the golden ratio in 64 bits (Knuth, TAOCP 3, 6.4)."""
_WORD_BITS = 64
_LEAST_BITS = 4


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Texts 0 to n-1 and their trie.

    Attributes:
        points: the code points of all texts, one after the other.
        starts: where each text begins in `points`, and one past the last.
        slots: the trie; pass it to `child`.
        terminal: node → number of the text that ends there, or `ABSENT`.
    """

    points: "NDArray[np.uint32]"
    starts: "NDArray[np.int32]"
    slots: "Slots"
    terminal: "NDArray[np.int32]"

    @classmethod
    def of(cls, texts: "Sequence[str]") -> "Lexicon":
        """Build a lexicon of distinct texts; the number of a text is its position."""
        points = np.frombuffer(bytearray("".join(texts).encode(_ENCODING)), np.uint32)
        starts = np.zeros(len(texts) + 1, np.int32)
        np.cumsum(np.fromiter(map(len, texts), np.int32, len(texts)), out=starts[1:])
        return cls.build(points, starts)

    @classmethod
    def build(cls, points: "NDArray[np.uint32]", starts: "NDArray[np.int32]") -> "Lexicon":
        """Build a lexicon from the code points of distinct texts."""
        bits = _table_bits(len(starts) - 1)  # each text ends at a node of its own, so that there are not fewer
        slots, terminal, is_whole = _build(points, starts, bits)
        while not is_whole:
            bits += 1
            slots, terminal, is_whole = _build(points, starts, bits)
        return cls(points, starts, slots, terminal)

    def __len__(self) -> int:
        return len(self.starts) - 1

    def text(self, number: int) -> str:
        """Return a text."""
        return self.points[self.starts[number] : self.starts[number + 1]].tobytes().decode(_ENCODING)

    def number(self, text: str) -> int:
        """Return the number of a text, `ABSENT` when it is not here."""
        points = np.frombuffer(bytearray(text.encode(_ENCODING, "surrogatepass")), np.uint32)
        return int(look_up(self.slots, self.terminal, points, 0, len(points)))


def _table_bits(nodes: int) -> int:
    """Return the size, as a power of two, of a table that is at most half full."""
    return max(_LEAST_BITS, (2 * nodes + 1).bit_length())


@kernel
def _key(node: int, point: int) -> Any:  # noqa: ANN401 - an unsigned 64-bit number
    return (np.uint64(node) << _POINT_BITS) | np.uint64(point)


@kernel
def _home(key: Any, mask: Any) -> Any:  # noqa: ANN401 - unsigned 64-bit numbers
    product = key * _SPREAD
    return (product ^ (product >> np.uint64(32))) & mask


@kernel
def child(slots: "Slots", node: int, point: int) -> int:
    """Return the node that a character leads to from a node, `ABSENT` when none."""
    key = _key(node, point)
    mask = np.uint64(len(slots) - 1)
    at = _home(key, mask)
    while True:
        there = slots[at]
        if there == key:
            return int(np.int64(at)) + 1
        if there == _EMPTY:
            return ABSENT
        at = (at + np.uint64(1)) & mask


@kernel
def look_up(slots: "Slots", terminal: "NDArray[np.int32]", points: "NDArray[np.uint32]", start: int, end: int) -> int:
    """Return the number of the text that ``points[start:end]`` is, `ABSENT` when it is none."""
    node = ROOT
    for at in range(start, end):
        node = child(slots, node, points[at])
        if node == ABSENT:
            return ABSENT
    return int(terminal[node])


@kernel
def _build(
    points: "NDArray[np.uint32]", starts: "NDArray[np.int32]", bits: int
) -> "tuple[Slots, NDArray[np.int32], bool]":
    """Build a trie of so many slots, and say whether it is whole: it stops when half of the slots are taken."""
    capacity = 1 << bits
    slots = np.full(capacity, _EMPTY, np.uint64)
    terminal = np.full(capacity + 1, ABSENT, np.int32)
    mask = np.uint64(capacity - 1)
    nodes = 0
    for number in range(len(starts) - 1):
        node = ROOT
        for at in range(starts[number], starts[number + 1]):
            key = _key(node, points[at])
            slot = _home(key, mask)
            while slots[slot] != _EMPTY and slots[slot] != key:
                slot = (slot + np.uint64(1)) & mask
            if slots[slot] == _EMPTY:
                nodes += 1
                if 2 * nodes == capacity:
                    return slots, terminal, False
                slots[slot] = key
            node = int(np.int64(slot)) + 1
        terminal[node] = number
    return slots, terminal, True


def numbering(points: "NDArray[np.uint32]", starts: "NDArray[np.int32]") -> "NDArray[np.int32]":
    """Return for each of some texts the number it has among the distinct ones, counted as they first appear."""
    return _numbering(points, starts, _table_bits(len(starts)))


@kernel
def _numbering(points: "NDArray[np.uint32]", starts: "NDArray[np.int32]", bits: int) -> "NDArray[np.int32]":
    numbers = np.full(len(starts) - 1, ABSENT, np.int32)
    mask = np.uint64((1 << bits) - 1)
    firsts = np.full(1 << bits, ABSENT, np.int32)  # hash → the first text that says it
    distinct = 0
    for text in range(len(numbers)):
        start, end = starts[text], starts[text + 1]
        key = np.uint64(0)
        for at in range(start, end):
            key = (key ^ np.uint64(points[at])) * _SPREAD
        slot = _home(key, mask)
        first = firsts[slot]
        while first != ABSENT and compare(points, start, end, points, starts[first], starts[first + 1]):
            slot = (slot + np.uint64(1)) & mask
            first = firsts[slot]
        if first == ABSENT:
            firsts[slot] = text
            numbers[text] = distinct
            distinct += 1
        else:
            numbers[text] = numbers[first]
    return numbers
