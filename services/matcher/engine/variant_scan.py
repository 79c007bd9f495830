"""Variants found in the texts of a batch, of all terms at once; equal to `services.matcher.engine.variants`, and fast.

From each token boundary the terms' trie is walked along the text. At every step of that walk each deviation is tried once, and
the walk goes on without another: so whatever the specification allows is found. A term ends where a token does; what it
may deviate by is then judged.
"""

from typing import TYPE_CHECKING

import numpy as np

from services.matcher.engine.kernel import kernel
from services.matcher.engine.lexicon import ABSENT, ROOT, child
from services.matcher.engine.segment import HAN, LETTER
from services.matcher.engine.variant_lexicon import (
    BASIC_PLANE,
    HAS_END,
    HAS_PARTICLE,
    PARTICLE_POINTS,
    Confusions,
    Swaps,
    Terms,
    VariantLexicon,
    confusions,
    skip_bit,
)
from services.matcher.engine.variants import MOST_INSERTED, SHORTEST, SHORTEST_WORD, Level

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Points = NDArray[np.uint32]
    Flags = NDArray[np.bool_]
    Classes = NDArray[np.uint8]
    Rows = NDArray[np.int32]

_NORMAL, _LOOSE = int(Level.NORMAL), int(Level.LOOSE)
_A, _Z = ord("a"), ord("z")
_INSERTED, _DROPPED, _REPLACED, _LETTER_OTHER, _LETTER_MORE, _LETTER_LESS, _LETTERS_EXCHANGED = range(7)
_ROOM = 1024
_START, _END, _NUMBER, _LEVEL = range(4)


def scan(
    points: "Points", boundary: "Flags", classes: "Classes", lexicon: VariantLexicon
) -> "tuple[Rows, Rows, Rows, NDArray[np.uint8]]":
    """Find the variants in some texts.

    Args:
        points: n code points, normalised; texts are parted by a character of class ``OTHER`` that no term holds.
        boundary: n + 1; where tokens begin and end.
        classes: n; the class of each character.
        lexicon: what to find.

    Returns:
        start, end, number of the term, and the lowest `Level` at which it counts; in this order, one row for each of
        (start, end, number).
    """
    room = _ROOM
    while True:
        rows = np.empty((room, 4), np.int32)
        found = _scan(points, boundary, classes, lexicon.terms, lexicon.swaps, confusions(), rows)
        if found <= room:
            break
        room = found
    rows = rows[:found]
    rows = rows[np.lexsort((rows[:, _LEVEL], rows[:, _NUMBER], rows[:, _END], rows[:, _START]))]
    first = np.ones(found, np.bool_)
    first[1:] = (rows[1:, :_LEVEL] != rows[:-1, :_LEVEL]).any(axis=1)
    rows = rows[first]
    return rows[:, _START], rows[:, _END], rows[:, _NUMBER], rows[:, _LEVEL].astype(np.uint8)


@kernel
def _scan(
    points: "Points",
    boundary: "Flags",
    classes: "Classes",
    terms: Terms,
    swaps: Swaps,
    confused: Confusions,
    rows: "Rows",
) -> int:
    """Write start, end, number, level of each variant, as many as there is room for; return how many there are."""
    latin = _latin(points, classes)
    count = 0
    for start in range(len(points)):
        if not boundary[start]:
            continue
        count = _scan_swaps(points, boundary, swaps, rows, count, start)
        node = ROOT
        at = start
        while True:
            if at > start:
                count = _try_insertions(points, boundary, classes, terms, confused, rows, count, start, node, at)
                if terms.flags[node] & HAS_PARTICLE:
                    count = _try_drops(points, boundary, classes, terms, rows, count, start, node, at)
            count = _try_replacements(points, boundary, terms, confused, rows, count, start, node, at)
            if latin[at] or (at > start and latin[at - 1]):
                count = _try_slips(points, boundary, terms, latin, rows, count, start, node, at)
            if at == len(points):
                break
            node = child(terms.slots, node, points[at])
            if node == ABSENT:
                break
            at += 1
    return count


@kernel
def _latin(points: "Points", classes: "Classes") -> "Flags":
    """Mark the runs of letters and digits that are of English letters alone, and long enough to lack one of a long word's."""
    latin = np.zeros(len(points) + 1, np.bool_)
    start = 0
    english = True
    for at in range(len(points) + 1):
        if at < len(points) and classes[at] == LETTER:
            english &= _A <= points[at] <= _Z
            continue
        if english and at - start >= SHORTEST_WORD - 1:
            latin[start:at] = True
        start = at + 1
        english = True
    return latin


@kernel
def _scan_swaps(points: "Points", boundary: "Flags", swaps: Swaps, rows: "Rows", count: int, start: int) -> int:
    node = ROOT
    for at in range(start, len(points)):
        node = child(swaps.slots, node, points[at])
        if node == ABSENT:
            break
        text = swaps.terminal[node]
        if text == ABSENT or not boundary[at + 1]:
            continue
        for owner in range(swaps.firsts[text], swaps.firsts[text + 1]):
            level = _NORMAL if boundary[start + swaps.junction[owner]] else _LOOSE
            count = _write(rows, count, start, at + 1, swaps.number[owner], level)
    return count


@kernel
def _try_insertions(
    points: "Points",
    boundary: "Flags",
    classes: "Classes",
    terms: Terms,
    confused: Confusions,
    rows: "Rows",
    count: int,
    start: int,
    node: int,
    at: int,
) -> int:
    for more in range(1, MOST_INSERTED + 1):
        after = at + more
        if after >= len(points):
            break
        last = points[after - 1]
        if classes[after - 1] != HAN or (last < BASIC_PLANE and confused.barred[last]):
            break
        if classes[at - 1] == LETTER and classes[after] == LETTER:
            continue
        below = child(terms.slots, node, points[after])
        if below == ABSENT:
            continue
        edges = 2 if more == 1 and last in PARTICLE_POINTS else int(boundary[at]) + int(boundary[after])
        count = _finish(points, boundary, terms, rows, count, start, below, after + 1, _INSERTED, at - start, edges)
    return count


@kernel
def _try_drops(
    points: "Points",
    boundary: "Flags",
    classes: "Classes",
    terms: Terms,
    rows: "Rows",
    count: int,
    start: int,
    node: int,
    at: int,
) -> int:
    if at == len(points) or (classes[at - 1] == LETTER and classes[at] == LETTER):
        return count
    for particle in PARTICLE_POINTS:
        below = child(terms.slots, node, particle)
        if below != ABSENT:
            below = child(terms.slots, below, points[at])
        if below != ABSENT:
            count = _finish(points, boundary, terms, rows, count, start, below, at + 1, _DROPPED, at - start, 0)
    return count


@kernel
def _try_replacements(
    points: "Points",
    boundary: "Flags",
    terms: Terms,
    confused: Confusions,
    rows: "Rows",
    count: int,
    start: int,
    node: int,
    at: int,
) -> int:
    if at == len(points) or points[at] >= BASIC_PLANE:
        return count
    first, last = confused.firsts[points[at]], confused.firsts[points[at] + np.uint32(1)]
    if first == last or not _may_replace(points, boundary, terms, start, node, at):
        return count
    for other in range(first, last):
        below = child(terms.slots, node, confused.meant[other])
        if below != ABSENT:
            level = confused.level[other]
            count = _finish(points, boundary, terms, rows, count, start, below, at + 1, _REPLACED, at - start, level)
    return count


@kernel
def _may_replace(points: "Points", boundary: "Flags", terms: Terms, start: int, node: int, at: int) -> bool:
    """Say whether some term may go on after another character at this place: a filter, true for all that does."""
    if terms.flags[node] & HAS_END and boundary[at + 1]:
        return True
    if at + 1 >= len(points) or not _skips(terms, node, points[at + 1]):
        return False
    return at > start or (at + 2 < len(points) and _skips(terms, -np.int64(points[at + 1]), points[at + 2]))


@kernel
def _skips(terms: Terms, above: int, below: int) -> bool:
    bit = skip_bit(above, below)
    return (terms.skips[bit >> 3] >> (bit & 7)) & 1 != 0


@kernel
def _try_slips(
    points: "Points",
    boundary: "Flags",
    terms: Terms,
    latin: "Flags",
    rows: "Rows",
    count: int,
    start: int,
    node: int,
    at: int,
) -> int:
    place = at - start
    for letter in range(_A, _Z + 1):
        below = child(terms.slots, node, letter)
        if below == ABSENT:
            continue
        count = _finish(points, boundary, terms, rows, count, start, below, at, _LETTER_LESS, place, 0)
        if latin[at] and letter != points[at]:
            count = _finish(points, boundary, terms, rows, count, start, below, at + 1, _LETTER_OTHER, place, 0)
        if latin[at] and latin[at + 1] and letter == points[at + 1] and letter != points[at]:
            below = child(terms.slots, below, points[at])
            if below != ABSENT:
                count = _finish(
                    points, boundary, terms, rows, count, start, below, at + 2, _LETTERS_EXCHANGED, place, 0
                )
    if latin[at]:
        count = _finish(points, boundary, terms, rows, count, start, node, at + 1, _LETTER_MORE, place, 0)
    return count


@kernel
def _finish(
    points: "Points",
    boundary: "Flags",
    terms: Terms,
    rows: "Rows",
    count: int,
    start: int,
    node: int,
    at: int,
    kind: int,
    place: int,
    known: int,
) -> int:
    """Walk on without another deviation; write what ends at a boundary and is judged a variant."""
    while True:
        text = terms.terminal[node]
        if text != ABSENT and boundary[at]:
            level = _judge(terms, text, kind, place, known)
            if level:
                count = _write(rows, count, start, at, terms.number[text], level)
        if at == len(points):
            return count
        node = child(terms.slots, node, points[at])
        if node == ABSENT:
            return count
        at += 1


@kernel
def _judge(terms: Terms, text: int, kind: int, place: int, known: int) -> int:
    """Return the level at which a term may deviate by something at one of its places; 0 when at none.

    Args:
        terms: the terms.
        text: which, as numbered in the trie.
        kind: what deviates.
        place: the character of the term where it does.
        known: of an insertion, how many of its ends are boundaries; of a replacement, its level.
    """
    if kind == _REPLACED:
        return known
    if kind == _INSERTED:
        edges = known + np.int64((terms.cut[text] >> np.uint64(place)) & np.uint64(1))
        return _NORMAL if edges >= 2 else _LOOSE * edges  # noqa: PLR2004 - both ends
    if kind == _DROPPED:
        return _NORMAL if terms.length[text] > SHORTEST else _LOOSE
    start = terms.starts[text]
    letter = terms.letters[start + place] if place < terms.length[text] else 0
    if kind == _LETTER_MORE and letter == 0 and place > 0 and terms.letters[start + place - 1]:
        return _NORMAL
    if letter == 0 or (
        kind == _LETTERS_EXCHANGED
        and (place + 1 >= terms.length[text] or terms.letters[start + place + 1] != letter + 1)
    ):
        return 0
    return _NORMAL if letter > 1 else _LOOSE


@kernel
def _write(rows: "Rows", count: int, start: int, end: int, number: int, level: int) -> int:
    if count < len(rows):
        rows[count, 0] = start
        rows[count, 1] = end
        rows[count, 2] = number
        rows[count, 3] = level
    return count + 1
