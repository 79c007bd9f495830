"""Terms that want variants, in the arrays that `services.matcher.engine.variant_scan` walks."""

from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

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

_ROOM_FOR_EACH = 8
"""Slots of `Terms.onward` for each character of the terms; fewer give more false alarms."""
_ANY, _SEVERAL = 0xFFFF, 0xFF
_SPREAD = np.uint64(0x9E3779B97F4A7C15)


class Terms(NamedTuple):
    """What a walk needs to know of the terms.

    Attributes:
        slots, terminal: the trie of the terms; see `Lexicon`.
        has_particle: node → whether a particle inside a term is among its children.
        onward: where another character may be read as one of its group; a filter, see `may_go_on`.
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
    onward: "NDArray[np.uint16]"
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
        ranks: which of the group's characters it is, from 1.
        firsts: character of a text → where those that it may stand for begin in `meant`, and one past the last.
        meant: code points.
        likeness: how alike the two are; `Likeness`.
        insertable: which characters of the basic plane an insertion may hold, if they are ideographs.
        heads: which end the names of things.
        joiners: two characters as one number, those pairs that no insertion may be.
    """

    group_firsts: "NDArray[np.int32]"
    groups: "NDArray[np.int32]"
    ranks: "NDArray[np.uint8]"
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
        room = 1 << (_ROOM_FOR_EACH * len(lexicon.points)).bit_length()
        has_particle, onward = _look_ahead(lexicon.slots, lexicon.points, lexicon.starts, characters(), room)
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
    grouped = sorted((ord(character), *place) for character, places in groups().items() for place in places.items())
    heads = np.zeros(BASIC_PLANE, np.bool_)
    heads[[ord(head) for head in HEADS]] = True
    return Characters(
        group_firsts=_firsts(np.array([character for character, _, _ in grouped], np.uint32)),
        groups=np.array([number for _, number, _ in grouped], np.int32),
        ranks=np.array([rank for _, _, rank in grouped], np.uint8),
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
def onward_key(node: int, group: int, point: int) -> Any:  # noqa: ANN401 - an unsigned 64-bit number
    """Return what stands for: below this node is a character of this group, and then this one, or `END`.

    At the root, where every group has a child, ``node`` is the character after the next instead, negative.
    """
    mixed = (np.uint64(node) << np.uint64(POINT_BITS) | np.uint64(point)) * _SPREAD
    mixed = ((mixed ^ mixed >> np.uint64(32)) + np.uint64(group)) * _SPREAD
    return mixed ^ mixed >> np.uint64(32)


@kernel
def may_go_on(onward: "NDArray[np.uint16]", key: Any, rank: int) -> bool:  # noqa: ANN401
    """Say whether a term may have a character of a group here that is another one than that of this rank: yes too often, never no.

    A slot is empty, or holds eight bits of the key and the rank of the only character there, or `_SEVERAL`, or `_ANY` for several keys.
    """
    slot = int(onward[key & np.uint64(len(onward) - 1)])
    return slot == _ANY or (slot >> 8 == int(key >> np.uint64(56)) and slot & 0xFF not in {0, rank})


@kernel
def _note(onward: "NDArray[np.uint16]", key: Any, rank: int) -> None:  # noqa: ANN401
    at = key & np.uint64(len(onward) - 1)
    tag = int(key >> np.uint64(56)) << 8
    slot = int(onward[at])
    if slot == 0:
        onward[at] = tag | rank
    elif slot & 0xFF00 != tag:
        onward[at] = _ANY
    elif slot & 0xFF != rank:
        onward[at] = tag | _SEVERAL


@kernel
def _look_ahead(
    slots: "NDArray[np.uint64]", points: "NDArray[np.uint32]", starts: "NDArray[np.int32]", known: Characters, room: int
) -> "tuple[NDArray[np.bool_], NDArray[np.uint16]]":
    """Return `Terms.has_particle` and `Terms.onward`; the latter of this many slots, a power of two."""
    has_particle = np.zeros(len(slots) + 1, np.bool_)
    onward = np.zeros(room, np.uint16)
    for number in range(len(starts) - 1):
        node = ROOT
        start, end = starts[number], starts[number + 1]
        for at in range(start, end):
            above = node if at > start else -int(points[at + 2])
            after = int(points[at + 1]) if at + 1 < end else END
            if start < at < end - 1 and points[at] in PARTICLE_POINTS:
                has_particle[node] = True
            if points[at] < BASIC_PLANE:
                for place in range(known.group_firsts[points[at]], known.group_firsts[points[at] + np.uint32(1)]):
                    _note(onward, onward_key(above, known.groups[place], after), int(known.ranks[place]))
            node = child(slots, node, points[at])
    return has_particle, onward
