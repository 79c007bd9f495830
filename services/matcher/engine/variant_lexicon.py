"""Terms that want variants, in the arrays that `services.matcher.engine.variant_scan` walks."""

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from services.matcher.engine.dictionary import dictionary
from services.matcher.engine.lexicon import Lexicon
from services.matcher.engine.variant_characters import Characters, characters
from services.matcher.engine.variant_onward import ROOM_FOR_EACH, look_ahead
from services.matcher.engine.variants import LONGEST, SHORTEST, latin_words, swapped, swapped_level, word_starts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


class Terms(NamedTuple):
    """What a walk needs to know of the terms.

    Attributes:
        slots, terminal: the trie of the terms; see `Lexicon`.
        has_particle: node → whether a particle inside a term is among its children.
        steps: where a term goes on after any character whatever; a filter, see `is_step`.
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
    steps: "NDArray[np.uint8]"
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
        level: owner → at which `Level`.
    """

    slots: "NDArray[np.uint64]"
    terminal: "NDArray[np.int32]"
    firsts: "NDArray[np.int32]"
    number: "NDArray[np.int32]"
    level: "NDArray[np.int32]"


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


_LEAST_ROOM_BITS = 6
"""Without any terms, too, the filters are looked into."""


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
        owners: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
        for at, number in enumerate(kept):
            text = texts[number]
            cut[at] = sum(1 << start for start in word_starts(text))
            for start, end in latin_words(text):
                first = lexicon.starts[at] + start
                letters[first : first + end - start] = range(1, end - start + 1)
            if (halves := swapped(text)) is not None:
                owners["".join(halves)].append((number, swapped_level(halves)))
        room = 1 << max(_LEAST_ROOM_BITS, (ROOM_FOR_EACH * len(lexicon.points)).bit_length())
        has_particle, steps, onward = look_ahead(lexicon.slots, lexicon.points, lexicon.starts, characters(), room)
        terms = Terms(
            slots=lexicon.slots,
            terminal=lexicon.terminal,
            has_particle=has_particle,
            steps=steps,
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


def _swaps(owners: "dict[str, list[tuple[int, int]]]") -> Swaps:
    lexicon = Lexicon.of(list(owners))
    firsts = np.zeros(len(owners) + 1, np.int32)
    np.cumsum([len(some) for some in owners.values()], out=firsts[1:])
    columns = np.array([owner for some in owners.values() for owner in some], np.int32).reshape(-1, 2).T.copy()
    return Swaps(lexicon.slots, lexicon.terminal, firsts, *columns)
