"""What a single deviation is worth: the compiled counterpart of the rules in `services.matcher.engine.variants`."""

from typing import TYPE_CHECKING

import numpy as np

from services.matcher.engine.confusion import Likeness
from services.matcher.engine.kernel import kernel
from services.matcher.engine.lexicon import ABSENT, look_up
from services.matcher.engine.variant_characters import BASIC_PLANE, POINT_BITS, Characters
from services.matcher.engine.variant_lexicon import Swaps, Terms, Words
from services.matcher.engine.variants import COMMON_COST, LONGEST_COMMON, MOST_INSERTED, SHORTEST, Level

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Points = NDArray[np.uint32]
    Candidates = NDArray[np.int64]

SWAPPED, INSERTED, DROPPED, REPLACED, TYPED, MORE, LESS, TURNED = range(8)
"""Deviations: words swapped, characters more, a particle less, a character for another; a letter for another, one more, one less,
two exchanged."""
_NONE, _NORMAL, _LOOSE = 0, int(Level.NORMAL), int(Level.LOOSE)
_FORM, _SLIP = int(Likeness.FORM), int(Likeness.SLIP)
_BEFORE, _AFTER, _PARTICLE = 1, 2, 4


@kernel
def judge(
    points: "Points",
    candidates: "Candidates",
    terms: Terms,
    swaps: Swaps,
    known: Characters,
    words: Words,
) -> "tuple[NDArray[np.int32], NDArray[np.uint8]]":
    """Return the number of the term that each candidate is a variant of, and the lowest level at which it is; 0 when at none.

    Args:
        points: the text.
        candidates: start, end, text of the trie (of a swap: owner), kind of deviation, the character of the term where it lies; of an
            insertion, 1 and 2 for boundaries before and after it, 4 for a particle; of a replacement, the `Likeness`.
        terms: the terms.
        swaps: their swapped forms.
        known: what is known of characters.
        words: the dictionary.
    """
    numbers = np.empty(len(candidates), np.int32)
    levels = np.empty(len(candidates), np.uint8)
    for at in range(len(candidates)):
        start, end, text, kind, place, more = candidates[at]
        if kind == SWAPPED:
            numbers[at] = swaps.number[text]
            levels[at] = swaps.level[text]
            continue
        numbers[at] = terms.number[text]
        if kind == INSERTED:
            first, longer = start + place, end - start - terms.length[text]
            before_last = int(points[first]) if longer == MOST_INSERTED else 0
            joins = _joins(known.joiners, before_last, points[first + longer - 1])
            levels[at] = _NONE if joins else _inserted(terms, text, place, longer, more)
        elif kind == DROPPED:
            levels[at] = _NORMAL if terms.length[text] > SHORTEST else _LOOSE
        elif kind == REPLACED:
            typed = points[start + place]
            head = start + place == end - 1 and typed < BASIC_PLANE and known.heads[typed]
            slip = not head and more != _FORM and not _has_word(words, points, start, end, place)
            base = terms.starts[text]
            slip = slip and _has_word(words, terms.points, base, base + terms.length[text], place)
            levels[at] = _written_for(more, slip)
        else:
            levels[at] = _mistyped(terms, text, kind, place)
    return numbers, levels


@kernel
def _joins(joiners: "NDArray[np.uint64]", one: int, other: int) -> bool:
    key = np.uint64(one) << np.uint64(POINT_BITS) | np.uint64(other)
    return bool((joiners == key).any())


@kernel
def _inserted(terms: Terms, text: int, place: int, longer: int, known: int) -> int:
    before, after, particle = known & _BEFORE, known & _AFTER, known & _PARTICLE
    length = terms.length[text]
    in_cut = (terms.cut[text] >> np.uint64(place)) & np.uint64(1) != np.uint64(0)
    deep = 2 <= place <= length - 2  # noqa: PLR2004 - two characters on either side
    near = in_cut or (after and deep) or (longer == 1 and place == length - 1)
    if (particle and (in_cut or deep)) or (before and place > 1 and near):
        return _NORMAL
    return _LOOSE if known or in_cut else _NONE


@kernel
def _written_for(likeness: int, slip: bool) -> int:  # noqa: FBT001 - a kernel takes no keywords
    if likeness == _FORM or (likeness == _SLIP and slip):
        return _NORMAL
    return _LOOSE if likeness == _SLIP or slip else _NONE


@kernel
def _has_word(words: Words, points: "Points", start: int, end: int, place: int) -> bool:
    at = start + place
    for first in range(max(start, at - LONGEST_COMMON + 1), at + 1):
        for last in range(max(at + 1, first + 2), min(end, first + LONGEST_COMMON) + 1):
            if _is_common(words, points, first, last):
                return True
    return False


@kernel
def _is_common(words: Words, points: "Points", start: int, end: int) -> bool:
    number = look_up(words.slots, words.terminal, points, start, end)
    return number != ABSENT and words.costs[number] <= COMMON_COST


@kernel
def _mistyped(terms: Terms, text: int, kind: int, place: int) -> int:
    start, length = terms.starts[text], terms.length[text]
    letter = terms.letters[start + place] if place < length else np.uint8(0)
    if kind == MORE and letter == 0:
        return _NORMAL if place > 0 and terms.letters[start + place - 1] else _NONE
    if kind == TURNED and (place + 1 >= length or terms.letters[start + place + 1] != letter + 1):
        return _NONE
    if letter == 0:
        return _NONE
    return _NORMAL if letter > 1 else _LOOSE
