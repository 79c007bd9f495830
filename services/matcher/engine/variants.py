"""The specification of variants, executable: which windows of a text say a term in other characters, slow and obvious.

A window runs from a token boundary to a token boundary. It holds letters, digits, ideographs and what the term itself holds
besides, so it never leaves its clause. It is a variant when exactly one of the deviations below makes the term into it.
"""

from enum import IntEnum
from typing import TYPE_CHECKING

from rapidfuzz import fuzz

from services.matcher.engine.confusion import CONJUNCTIONS, NEGATIONS, Likeness, likeness
from services.matcher.engine.segment import HAN, LETTER, character_class, tokens

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Set as AbstractSet

SHORTEST, LONGEST = 3, 32
"""Characters of a term that has variants; shorter ones have too little left, longer ones are sentences."""
MOST_INSERTED = 2
PARTICLES = "的式型用"
SHORTEST_SWAPPED = 2
"""Characters of each of two words that may be swapped."""
SHORTEST_WORD = 6
"""Letters of a Latin word that may hold a slip."""
LATIN = frozenset("abcdefghijklmnopqrstuvwxyz")


class Level(IntEnum):
    """How much a subscriber lets pass; what passes at a level passes at those above."""

    NORMAL = 1
    LOOSE = 2


def variants_in(text: str, boundaries: "AbstractSet[int]", term: str, level: Level) -> list[tuple[int, int]]:
    """Return start and end of each window that is a variant of a term, in order.

    Args:
        text: normalised, one text.
        boundaries: where its tokens begin and end.
        term: normalised.
        level: what passes.
    """
    reach = range(1, len(term) + MOST_INSERTED + 1)
    return [
        (start, start + length)
        for start in sorted(boundaries)
        for length in reach
        if start + length in boundaries
        and (found := level_of(text, boundaries, start, start + length, term)) is not None
        and found <= level
    ]


def level_of(text: str, boundaries: "AbstractSet[int]", start: int, end: int, term: str) -> Level | None:
    """Return the lowest level at which the window ``text[start:end]`` is a variant of the term, ``None`` when it is none."""
    window = text[start:end]
    if not SHORTEST <= len(term) <= LONGEST or window == term:
        return None
    inner = {boundary - start for boundary in boundaries if start < boundary < end}
    found = [
        *_inserted(window, inner, term),
        *_dropped(window, term),
        *_swapped(window, inner, term),
        *_replaced(window, term),
        *_mistyped(window, term),
    ]
    return min(found, default=None)


def similarity(term: str, window: str) -> float:
    """Return how much of the characters of two normalised texts they share in order, in 0..1 (rapidfuzz ``ratio``)."""
    return fuzz.ratio(term, window) / 100


def _inserted(window: str, inner: "AbstractSet[int]", term: str) -> "Iterator[Level]":
    """One or two ideographs more than the term, strictly inside."""
    more = len(window) - len(term)
    if not 1 <= more <= MOST_INSERTED:
        return
    cut = _cut(term)
    for at in range(1, len(term)):
        piece = window[at : at + more]
        if window != term[:at] + piece + term[at:] or _one_run(term[at - 1], term[at]):
            continue
        if any(character_class(c) != HAN or c in NEGATIONS or c in CONJUNCTIONS for c in piece):
            continue
        before, after = at in inner, at + more in inner
        if piece in PARTICLES or (before and after) or (at in cut and (before or after)):
            yield Level.NORMAL
        elif before or after or at in cut:
            yield Level.LOOSE


def _dropped(window: str, term: str) -> "Iterator[Level]":
    """A particle less than the term, strictly inside."""
    for at in range(1, len(term) - 1):
        if term[at] in PARTICLES and window == term[:at] + term[at + 1 :] and not _one_run(term[at - 1], term[at + 1]):
            yield Level.NORMAL if len(term) > SHORTEST else Level.LOOSE


def _swapped(window: str, inner: "AbstractSet[int]", term: str) -> "Iterator[Level]":
    """The two words that the term's own cut gives, the other way round."""
    if (halves := swapped(term)) is not None and window == "".join(halves):
        yield Level.NORMAL if len(halves[0]) in inner else Level.LOOSE


def swapped(term: str) -> tuple[str, str] | None:
    """Return the two words of a term the other way round; ``None`` when it has not two, or when that changes nothing."""
    cut = tokens(term)
    if len(cut) != 2:  # noqa: PLR2004 - two words
        return None
    first, second = (term[start:end] for start, end in cut)
    if min(len(first), len(second)) < SHORTEST_SWAPPED or first == second:
        return None
    return second, first


def _replaced(window: str, term: str) -> "Iterator[Level]":
    """One character that is written for another."""
    if len(window) != len(term):
        return
    different = [(ours, theirs) for ours, theirs in zip(term, window, strict=True) if ours != theirs]
    if len(different) == 1 and (alike := likeness(*different[0])) is not None:
        yield Level.LOOSE if alike == Likeness.SYLLABLE else Level.NORMAL


def _mistyped(window: str, term: str) -> "Iterator[Level]":
    """One letter's slip in a long Latin word: another letter, one more, one less, or two neighbours exchanged."""
    for start, end in latin_words(term):
        word, rest = term[start:end], term[end:]
        if not (window.startswith(term[:start]) and window.endswith(rest)):
            continue
        typed = window[start : len(window) - len(rest)]
        if typed == word or not LATIN.issuperset(typed):
            continue
        for at in range(len(word) + 1):
            if typed in _slips(word, typed, at):
                yield Level.NORMAL if at else Level.LOOSE


def latin_words(term: str) -> list[tuple[int, int]]:
    """Return (start, end) of each run of letters and digits that has letters of English only, and six at least."""
    return [
        (start, end)
        for start, end in tokens(term)
        if end - start >= SHORTEST_WORD and LATIN.issuperset(term[start:end])
    ]


def _slips(word: str, typed: str, at: int) -> set[str]:
    """Return what a slip of the finger at one letter makes of a word, if ``typed`` is among it."""
    head, here, tail = word[:at], word[at : at + 1], word[at + 1 :]
    one_more = {head + letter + here + tail for letter in LATIN}
    other = {head + letter + tail for letter in LATIN if here}
    exchanged = {head + tail[:1] + here + tail[1:]}
    return {slip for slip in (one_more | other | exchanged | {head + tail}) if slip == typed}


def _cut(term: str) -> set[int]:
    """Return where the words of a term begin, the first left out."""
    return {start for start, _ in tokens(term)[1:]}


def _one_run(before: str, after: str) -> bool:
    """Say whether two characters belong to one run of letters and digits, which nothing parts."""
    return character_class(before) == character_class(after) == LETTER
