"""Variants found in the texts of a batch, of all terms at once; equal to `services.matcher.engine.variants`, and fast.

From each token boundary the terms' trie is walked along the text. At every step of that walk each deviation is tried once, and
the walk goes on without another: so whatever the specification allows is found. What then ends where a term ends and a
token does is a candidate, and judged.
"""

from typing import TYPE_CHECKING

import numpy as np

from services.matcher.engine.kernel import kernel
from services.matcher.engine.lexicon import ABSENT, ROOT, child
from services.matcher.engine.variant_characters import Characters
from services.matcher.engine.variant_judge import SWAPPED, judge
from services.matcher.engine.variant_lexicon import Swaps, Terms, VariantLexicon
from services.matcher.engine.variant_steps import (
    BRANCHES,
    drops,
    insertions,
    latin,
    may_replace,
    replacements,
    slips,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from services.matcher.engine.lexicon import Slots

    Points = NDArray[np.uint32]
    Flags = NDArray[np.bool_]
    Bytes = NDArray[np.uint8]
    Numbers = NDArray[np.int32]
    Rows = NDArray[np.int64]

_ROOM = 1024


def scan(
    points: "Points", boundary: "Flags", classes: "Bytes", lexicon: VariantLexicon
) -> "tuple[Numbers, Numbers, Numbers, Bytes]":
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
    terms, swaps, known, words = lexicon.tables
    candidates = np.empty((_ROOM, 6), np.int64)
    found = _scan(points, boundary, classes, terms, swaps, known, candidates)
    if found > _ROOM:
        candidates = np.empty((found, 6), np.int64)
        _scan(points, boundary, classes, terms, swaps, known, candidates)
    number, level = judge(points, candidates[:found], terms, swaps, known, words)
    start, end = candidates[:found, 0], candidates[:found, 1]
    order = np.lexsort((level, number, end, start))
    order = order[level[order] > 0]
    start, end, number, level = start[order], end[order], number[order], level[order]
    first = np.ones(len(order), np.bool_)
    first[1:] = (np.diff(start) != 0) | (np.diff(end) != 0) | (np.diff(number) != 0)
    return start[first].astype(np.int32), end[first].astype(np.int32), number[first], level[first]


@kernel
def _scan(
    points: "Points",
    boundary: "Flags",
    classes: "Bytes",
    terms: Terms,
    swaps: Swaps,
    known: Characters,
    candidates: "Rows",
) -> int:
    """Write as many candidates as there is room for; return how many there are.

    A candidate is start, end, text of the trie (of a swap: owner), kind of deviation, its place in the term, and what else is known;
    see `judge`.
    """
    # Every array that is taken out of a tuple is counted as a reference: not in the loop, and plain arrays to what is called in it.
    slots, terminal, has_particle = terms.slots, terms.terminal, terms.has_particle
    steps, onward = terms.steps, terms.onward
    group_firsts, groups, ranks, insertable = known.group_firsts, known.groups, known.ranks, known.insertable
    english = latin(points)
    branches = np.empty((BRANCHES, 5), np.int64)
    count = 0
    for start in range(len(points)):
        if not boundary[start]:
            continue
        count = _swaps(points, boundary, swaps.slots, swaps.terminal, swaps.firsts, start, candidates, count)
        walk = (start, ROOT, start)
        while walk[1] != ABSENT:
            at = walk[2]
            branched = insertions(points, boundary, classes, slots, insertable, walk, branches)
            if has_particle[walk[1]]:
                branched = drops(points, classes, slots, walk, branches, branched)
            if may_replace(points, boundary, group_firsts, groups, ranks, steps, onward, walk):
                branched = replacements(
                    points, slots, known.firsts, known.meant, known.likeness, walk, branches, branched
                )
            if english[at] or (at > start and english[at - 1]):
                branched = slips(points, slots, english, walk, branches, branched)
            for number in range(branched):
                count = _finish(points, boundary, slots, terminal, start, branches[number], candidates, count)
            if at == len(points):
                break
            walk = (start, child(slots, walk[1], points[at]), at + 1)
    return count


@kernel
def _swaps(
    points: "Points",
    boundary: "Flags",
    slots: "Slots",
    terminal: "Numbers",
    firsts: "Numbers",
    start: int,
    candidates: "Rows",
    count: int,
) -> int:
    """Write what is some terms with their words swapped."""
    node = ROOT
    for at in range(start, len(points)):
        node = child(slots, node, points[at])
        if node == ABSENT:
            break
        text = terminal[node]
        if text != ABSENT and boundary[at + 1]:
            for owner in range(firsts[text], firsts[text + 1]):
                count = _write(candidates, count, (start, at + 1, owner, SWAPPED, 0, 0))
    return count


@kernel
def _finish(
    points: "Points",
    boundary: "Flags",
    slots: "Slots",
    terminal: "Numbers",
    start: int,
    branch: "Rows",
    candidates: "Rows",
    count: int,
) -> int:
    """Walk on without another deviation; write what ends with a term and at a boundary."""
    node, at = branch[0], branch[1]
    while True:
        text = terminal[node]
        if text != ABSENT and boundary[at]:
            count = _write(candidates, count, (start, at, text, branch[2], branch[3], branch[4]))
        if at == len(points):
            return count
        node = child(slots, node, points[at])
        if node == ABSENT:
            return count
        at += 1


@kernel
def _write(candidates: "Rows", count: int, candidate: tuple[int, int, int, int, int, int]) -> int:
    if count < len(candidates):
        candidates[count, 0], candidates[count, 1], candidates[count, 2] = candidate[0], candidate[1], candidate[2]
        candidates[count, 3], candidates[count, 4], candidates[count, 5] = candidate[3], candidate[4], candidate[5]
    return count + 1
