"""Terms that want variants, in the arrays that `services.matcher.engine.variant_scan` walks."""

from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from services.matcher.engine.confusion import groups, pairs
from services.matcher.engine.dictionary import dictionary
from services.matcher.engine.kernel import kernel
from services.matcher.engine.lexicon import ROOT, Lexicon, child
from services.matcher.engine.variants import (
    HEADS,
    JOINERS,
    LONGEST,
    PARTICLES,
    SHORTEST,
    insertable,
    latin_words,
    swapped,
    swapped_level,
    word_starts,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

BASIC_PLANE = 0x10000
POINT_BITS = 21
PARTICLE_POINTS = tuple(map(ord, PARTICLES))
END = 0x1FFFFF
"""In place of the character after the last; no code point."""

_ONWARD_BITS = 23
_SPREAD = np.uint64(0x9E3779B97F4A7C15)


class Terms(NamedTuple):
    """What a walk needs to know of the terms.

    Attributes:
        slots, terminal: the trie of the terms; see `Lexicon`.
        has_particle: node → whether a particle inside a term is among its children.
        onward: for which nodes and `Characters.groups` another character may be read as one of the group; a filter, see `onward_bit`.
        number: the term, numbered as given, of each text in the trie.
        length: its characters.
        cut: bit k tells whether a word of the term begins at its character k.
        starts: where its characters begin in `points`.
        points: their characters, one after the other.
        letters: the place, from 1, of each character in its long Latin word; 0 outside of one.
    """

    slots: "NDArray[np.uint64]"
    terminal: "NDArray[np.int32]"
    has_particle: "NDArray[np.bool_]"
    onward: "NDArray[np.uint8]"
    number: "NDArray[np.int32]"
    length: "NDArray[np.int32]"
    cut: "NDArray[np.uint64]"
    starts: "NDArray[np.int32]"
    points: "NDArray[np.uint32]"
    letters: "NDArray[np.uint8]"


class Swaps(NamedTuple):
    """The terms of two words with their words swapped.

    Attributes:
        slots, terminal: the trie of the swapped texts.
        firsts: where the owners of each text begin, and one past the last.
        number: owner → term.
        junction: owner → characters of the word that comes first in the swapped text.
        level: owner → at which `Level` when the words meet at a boundary.
    """

    slots: "NDArray[np.uint64]"
    terminal: "NDArray[np.int32]"
    firsts: "NDArray[np.int32]"
    number: "NDArray[np.int32]"
    junction: "NDArray[np.int32]"
    level: "NDArray[np.int32]"


class Characters(NamedTuple):
    """What is known of characters, whatever the terms.

    Attributes:
        group_firsts: character → where its groups begin in `groups`, and one past the last.
        groups: numbers of groups; characters that stand for one another have one in common.
        firsts: character of a text → where those that it may stand for begin in `meant`, and one past the last.
        meant: code points.
        likeness: how alike the two are; `Likeness`.
        insertable: which characters of the basic plane an insertion may hold, if they are ideographs.
        heads: which end the names of things.
        joiners: two characters as one number, those pairs that no insertion may be.
    """

    group_firsts: "NDArray[np.int32]"
    groups: "NDArray[np.int32]"
    firsts: "NDArray[np.int32]"
    meant: "NDArray[np.uint32]"
    likeness: "NDArray[np.uint8]"
    insertable: "NDArray[np.bool_]"
    heads: "NDArray[np.bool_]"
    joiners: "NDArray[np.uint64]"


class Words(NamedTuple):
    """The dictionary: trie and costs of its words."""

    slots: "NDArray[np.uint64]"
    terminal: "NDArray[np.int32]"
    costs: "NDArray[np.int32]"


class Tables(NamedTuple):
    """All that the scan looks into."""

    terms: Terms
    swaps: Swaps
    characters: Characters
    words: Words


@dataclass(frozen=True, slots=True)
class VariantLexicon:
    """Terms 0 to n-1 that want variants; those too short or too long for any are never found."""

    tables: Tables

    @classmethod
    def of(cls, texts: "Sequence[str]") -> "VariantLexicon":
        """Build a lexicon of distinct normalised terms; the number of a term is its position."""
        kept = [number for number, text in enumerate(texts) if SHORTEST <= len(text) <= LONGEST]
        lexicon = Lexicon.of([texts[number] for number in kept])
        cut = np.zeros(len(kept), np.uint64)
        letters = np.zeros(len(lexicon.points), np.uint8)
        owners: defaultdict[str, list[tuple[int, int, int]]] = defaultdict(list)
        for at, number in enumerate(kept):
            text = texts[number]
            cut[at] = sum(1 << start for start in word_starts(text))
            for start, end in latin_words(text):
                first = lexicon.starts[at] + start
                letters[first : first + end - start] = range(1, end - start + 1)
            if (halves := swapped(text)) is not None:
                owners["".join(halves)].append((number, len(halves[0]), swapped_level(halves)))
        has_particle, onward = _look_ahead(lexicon.slots, lexicon.points, lexicon.starts, characters())
        terms = Terms(
            slots=lexicon.slots,
            terminal=lexicon.terminal,
            has_particle=has_particle,
            onward=onward,
            number=np.array(kept, np.int32),
            length=np.diff(lexicon.starts),
            cut=cut,
            starts=lexicon.starts,
            points=lexicon.points,
            letters=letters,
        )
        known = dictionary()
        words = Words(known.words.slots, known.words.terminal, known.costs)
        return cls(Tables(terms, _swaps(owners), characters(), words))


def _swaps(owners: "dict[str, list[tuple[int, int, int]]]") -> Swaps:
    lexicon = Lexicon.of(list(owners))
    firsts = np.zeros(len(owners) + 1, np.int32)
    np.cumsum([len(some) for some in owners.values()], out=firsts[1:])
    columns = np.array([owner for some in owners.values() for owner in some], np.int32).reshape(-1, 3).T.copy()
    return Swaps(lexicon.slots, lexicon.terminal, firsts, *columns)


@cache
def characters() -> Characters:
    """Return what is known of characters, from the tables that ship."""
    typed, meant, likeness = pairs()
    grouped = sorted((ord(character), number) for character, numbers in groups().items() for number in numbers)
    heads = np.zeros(BASIC_PLANE, np.bool_)
    heads[[ord(head) for head in HEADS]] = True
    return Characters(
        group_firsts=_firsts(np.array([character for character, _ in grouped], np.uint32)),
        groups=np.array([number for _, number in grouped], np.int32),
        firsts=_firsts(typed),
        meant=meant,
        likeness=likeness,
        insertable=np.array([insertable(chr(point)) for point in range(BASIC_PLANE)]),
        heads=heads,
        joiners=np.array([ord(pair[0]) << POINT_BITS | ord(pair[1]) for pair in sorted(JOINERS)], np.uint64),
    )


def _firsts(points: "NDArray[np.uint32]") -> "NDArray[np.int32]":
    """Return, for each character of the basic plane, where its rows begin among those of sorted characters."""
    return np.searchsorted(points, np.arange(BASIC_PLANE + 1, dtype=np.uint32)).astype(np.int32)


@kernel
def onward_bit(node: int, group: int, point: int) -> int:
    """Return the bit of `Terms.onward` that says: below this node is a character of this group, and then this one, or `END`.

    At the root, where every group has a child, ``node`` is the character after the next instead, negative.
    """
    mixed = (np.uint64(node) << np.uint64(POINT_BITS) | np.uint64(point)) * _SPREAD
    mixed = ((mixed ^ mixed >> np.uint64(32)) + np.uint64(group)) * _SPREAD
    return int(mixed >> np.uint64(64 - _ONWARD_BITS))


@kernel
def _look_ahead(
    slots: "NDArray[np.uint64]", points: "NDArray[np.uint32]", starts: "NDArray[np.int32]", known: Characters
) -> "tuple[NDArray[np.bool_], NDArray[np.uint8]]":
    """Return `Terms.has_particle` and `Terms.onward`."""
    has_particle = np.zeros(len(slots) + 1, np.bool_)
    onward = np.zeros(1 << (_ONWARD_BITS - 3), np.uint8)
    for number in range(len(starts) - 1):
        node = ROOT
        start, end = starts[number], starts[number + 1]
        for at in range(start, end):
            above = node if at > start else -int(points[at + 2])
            after = int(points[at + 1]) if at + 1 < end else END
            if start < at < end - 1 and points[at] in PARTICLE_POINTS:
                has_particle[node] = True
            if points[at] < BASIC_PLANE:
                for group in range(known.group_firsts[points[at]], known.group_firsts[points[at] + np.uint32(1)]):
                    bit = onward_bit(above, known.groups[group], after)
                    onward[bit >> 3] |= np.uint8(1 << (bit & 7))
            node = child(slots, node, points[at])
    return has_particle, onward
