"""Terms that want variants, in the arrays that `services.matcher.engine.variant_scan` walks."""

from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from services.matcher.engine import confusion
from services.matcher.engine.confusion import CONJUNCTIONS, NEGATIONS, Likeness
from services.matcher.engine.kernel import kernel
from services.matcher.engine.lexicon import ROOT, Lexicon, child
from services.matcher.engine.segment import tokens
from services.matcher.engine.variants import LONGEST, PARTICLES, SHORTEST, Level, latin_words, swapped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

BASIC_PLANE = 0x10000
PARTICLE_POINTS = tuple(map(ord, PARTICLES))
HAS_PARTICLE, HAS_END = 1, 2
"""What a node's children are: a particle inside a term, the last character of a term."""

_SKIP_BITS = 23
_SPREAD_NODE, _SPREAD_POINT = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F)


class Terms(NamedTuple):
    """What a walk needs to know of the terms.

    Attributes:
        slots, terminal: the trie of the terms; see `Lexicon`.
        flags: node → `HAS_PARTICLE`, `HAS_END`.
        skips: a set of (node, character two steps below it), as a filter that may say yes too often.
        number: the term, numbered as given, of each text in the trie.
        length: its characters.
        cut: bit k tells whether a word of the term begins at its character k.
        starts: where its characters begin in `letters`.
        letters: the place, from 1, of each character in its long Latin word; 0 outside of one.
    """

    slots: "NDArray[np.uint64]"
    terminal: "NDArray[np.int32]"
    flags: "NDArray[np.uint8]"
    skips: "NDArray[np.uint8]"
    number: "NDArray[np.int32]"
    length: "NDArray[np.int32]"
    cut: "NDArray[np.uint64]"
    starts: "NDArray[np.int32]"
    letters: "NDArray[np.uint8]"


class Swaps(NamedTuple):
    """The terms of two words with their words swapped.

    Attributes:
        slots, terminal: the trie of the swapped texts.
        firsts: where the owners of each text begin, and one past the last.
        number: owner → term.
        junction: owner → characters of the word that comes first in the swapped text.
    """

    slots: "NDArray[np.uint64]"
    terminal: "NDArray[np.int32]"
    firsts: "NDArray[np.int32]"
    number: "NDArray[np.int32]"
    junction: "NDArray[np.int32]"


class Confusions(NamedTuple):
    """Characters of the basic plane that stand for others in a text.

    Attributes:
        firsts: character → where those that it may stand for begin in `meant`, and one past the last.
        meant: code points.
        level: at which `Level`.
        barred: characters that no insertion may hold.
    """

    firsts: "NDArray[np.int32]"
    meant: "NDArray[np.uint32]"
    level: "NDArray[np.uint8]"
    barred: "NDArray[np.bool_]"


@dataclass(frozen=True, slots=True)
class VariantLexicon:
    """Terms 0 to n-1 that want variants; those too short or too long for any are never found."""

    terms: Terms
    swaps: Swaps

    @classmethod
    def of(cls, texts: "Sequence[str]") -> "VariantLexicon":
        """Build a lexicon of distinct normalised terms; the number of a term is its position."""
        kept = [number for number, text in enumerate(texts) if SHORTEST <= len(text) <= LONGEST]
        lexicon = Lexicon.of([texts[number] for number in kept])
        cut = np.zeros(len(kept), np.uint64)
        letters = np.zeros(len(lexicon.points), np.uint8)
        owners: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
        for at, number in enumerate(kept):
            text = texts[number]
            cut[at] = sum(1 << start for start, _ in tokens(text)[1:])
            for start, end in latin_words(text):
                first = lexicon.starts[at] + start
                letters[first : first + end - start] = range(1, end - start + 1)
            if (halves := swapped(text)) is not None:
                owners["".join(halves)].append((number, len(halves[0])))
        flags = np.zeros(len(lexicon.terminal), np.uint8)
        skips = np.zeros(1 << _SKIP_BITS - 3, np.uint8)
        _mark(lexicon.slots, lexicon.points, lexicon.starts, flags, skips)
        return cls(
            Terms(
                lexicon.slots,
                lexicon.terminal,
                flags,
                skips,
                np.array(kept, np.int32),
                np.diff(lexicon.starts),
                cut,
                lexicon.starts,
                letters,
            ),
            _swaps(owners),
        )


def _swaps(owners: "dict[str, list[tuple[int, int]]]") -> Swaps:
    lexicon = Lexicon.of(list(owners))
    firsts = np.zeros(len(owners) + 1, np.int32)
    np.cumsum([len(some) for some in owners.values()], out=firsts[1:])
    pairs = np.array([pair for some in owners.values() for pair in some], np.int32).reshape(-1, 2)
    return Swaps(lexicon.slots, lexicon.terminal, firsts, pairs[:, 0].copy(), pairs[:, 1].copy())


@cache
def confusions() -> Confusions:
    """Return the characters that stand for others, from the tables that ship."""
    pairs = sorted((ord(typed), ord(meant), alike) for (meant, typed), alike in confusion.pairs().items())
    typed = np.array([pair[0] for pair in pairs])
    levels = [Level.LOOSE if alike == Likeness.SYLLABLE else Level.NORMAL for _, _, alike in pairs]
    barred = np.zeros(BASIC_PLANE, np.bool_)
    barred[[ord(character) for character in NEGATIONS | CONJUNCTIONS]] = True
    return Confusions(
        np.searchsorted(typed, np.arange(BASIC_PLANE + 1)).astype(np.int32),
        np.array([pair[1] for pair in pairs], np.uint32),
        np.array(levels, np.uint8),
        barred,
    )


@kernel
def skip_bit(above: int, below: int) -> int:
    """Return the bit of `Terms.skips` for a node, or a character, and a character."""
    mixed = np.uint64(above) * _SPREAD_NODE + np.uint64(below) * _SPREAD_POINT
    return np.int64(mixed >> np.uint64(64 - _SKIP_BITS))


@kernel
def _mark(
    slots: "NDArray[np.uint64]",
    points: "NDArray[np.uint32]",
    starts: "NDArray[np.int32]",
    flags: "NDArray[np.uint8]",
    skips: "NDArray[np.uint8]",
) -> None:
    for number in range(len(starts) - 1):
        node = ROOT
        start, end = starts[number], starts[number + 1]
        # The first character may be the one that differs: the next two, under a key that no node has, stand for it.
        bit = skip_bit(-np.int64(points[start + 1]), points[start + 2])
        skips[bit >> 3] |= np.uint8(1 << (bit & 7))
        for at in range(start, end):
            if at + 1 < end:
                bit = skip_bit(node, points[at + 1])
                skips[bit >> 3] |= np.uint8(1 << (bit & 7))
                if at > start and points[at] in PARTICLE_POINTS:
                    flags[node] |= np.uint8(HAS_PARTICLE)
            else:
                flags[node] |= np.uint8(HAS_END)
            node = child(slots, node, points[at])
