"""Variants found in the texts of a batch, of all terms at once; equal to `services.matcher.engine.variants`, and fast.

From each token boundary the terms' trie is walked along the text. At every step of that walk each deviation is tried once, and
the walk goes on without another: so whatever the specification allows is found. What then ends where a term ends and a
token does is a candidate, and judged.
"""

from typing import TYPE_CHECKING

import numpy as np

from services.matcher.engine.kernel import kernel
from services.matcher.engine.lexicon import ABSENT, ROOT, child
from services.matcher.engine.segment import HAN, LETTER
from services.matcher.engine.variant_judge import (
    DROPPED,
    INSERTED,
    LESS,
    MORE,
    REPLACED,
    SWAPPED,
    TURNED,
    TYPED,
    judge,
)
from services.matcher.engine.variant_lexicon import (
    BASIC_PLANE,
    END,
    PARTICLE_POINTS,
    Characters,
    Swaps,
    Terms,
    VariantLexicon,
    may_go_on,
    onward_key,
)
from services.matcher.engine.variants import MOST_INSERTED, SHORTEST_WORD

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from services.matcher.engine.lexicon import Slots

    Points = NDArray[np.uint32]
    Flags = NDArray[np.bool_]
    Bytes = NDArray[np.uint8]
    Numbers = NDArray[np.int32]
    Rows = NDArray[np.int64]
    Walk = tuple[int, int, int]
    """Where the walk began, the node it is at, and the character it is before."""

_A, _Z = ord("a"), ord("z")
_ROOM = 1024
_BRANCHES = 1024
"""More than one step of a walk can have: an insertion of each length, each particle, each letter, each character of one sound."""


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
    number, level = judge(points, boundary, candidates[:found], terms, swaps, known, words)
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
    slots, terminal, has_particle, onward = terms.slots, terms.terminal, terms.has_particle, terms.onward
    group_firsts, groups, ranks, insertable = known.group_firsts, known.groups, known.ranks, known.insertable
    latin = _latin(points)
    branches = np.empty((_BRANCHES, 5), np.int64)
    count = 0
    for start in range(len(points)):
        if not boundary[start]:
            continue
        count = _swaps(points, boundary, swaps.slots, swaps.terminal, swaps.firsts, start, candidates, count)
        walk = (start, ROOT, start)
        while walk[1] != ABSENT:
            at = walk[2]
            branched = _insertions(points, boundary, classes, slots, insertable, walk, branches)
            if has_particle[walk[1]]:
                branched = _drops(points, classes, slots, walk, branches, branched)
            if _may_replace(points, boundary, group_firsts, groups, ranks, onward, walk):
                branched = _replacements(
                    points, slots, known.firsts, known.meant, known.likeness, walk, branches, branched
                )
            if latin[at] or (at > start and latin[at - 1]):
                branched = _slips(points, slots, latin, walk, branches, branched)
            for number in range(branched):
                count = _finish(points, boundary, slots, terminal, start, branches[number], candidates, count)
            if at == len(points):
                break
            walk = (start, child(slots, walk[1], points[at]), at + 1)
    return count


@kernel
def _latin(points: "Points") -> "Flags":
    """Mark the runs of English letters that are long enough for a long word that lacks one."""
    latin = np.zeros(len(points) + 2, np.bool_)
    start = 0
    for at in range(len(points) + 1):
        if at < len(points) and _A <= points[at] <= _Z:
            continue
        if at - start >= SHORTEST_WORD - 1:
            latin[start:at] = True
        start = at + 1
    return latin


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
def _insertions(
    points: "Points",
    boundary: "Flags",
    classes: "Bytes",
    slots: "Slots",
    insertable: "Flags",
    walk: "Walk",
    branches: "Rows",
) -> int:
    """Skip one or two ideographs of the text, inside the term."""
    start, node, at = walk
    branched = 0
    if at == start:
        return 0
    for more in range(1, MOST_INSERTED + 1):
        after = at + more
        if after >= len(points):
            break
        last = points[after - 1]
        if classes[after - 1] != HAN or (last < BASIC_PLANE and not insertable[last]):
            break
        below = child(slots, node, points[after])
        if below == ABSENT or (classes[at - 1] == LETTER and classes[after] == LETTER):
            continue
        edges = int(boundary[at]) | int(boundary[after]) << 1 | int(more == 1 and last in PARTICLE_POINTS) << 2
        branched = _branch(branches, branched, (below, after + 1, INSERTED, at - start, edges))
    return branched


@kernel
def _drops(points: "Points", classes: "Bytes", slots: "Slots", walk: "Walk", branches: "Rows", branched: int) -> int:
    """Skip a particle of the term, inside it."""
    start, node, at = walk
    if at == start or at == len(points) or (classes[at - 1] == LETTER and classes[at] == LETTER):
        return branched
    for particle in PARTICLE_POINTS:
        below = child(slots, node, particle)
        if below != ABSENT:
            below = child(slots, below, points[at])
        if below != ABSENT:
            branched = _branch(branches, branched, (below, at + 1, DROPPED, at - start, 0))
    return branched


@kernel
def _may_replace(
    points: "Points",
    boundary: "Flags",
    group_firsts: "Numbers",
    groups: "Numbers",
    ranks: "Bytes",
    onward: "NDArray[np.uint16]",
    walk: "Walk",
) -> bool:
    """Say whether some term may go on after another character at this place: a filter, true for all that does."""
    start, node, at = walk
    if at + (2 if at == start else 0) >= len(points) or points[at] >= BASIC_PLANE:
        return False
    point = points[at]
    above = node if at > start else -int(points[at + 2])
    after = int(points[at + 1]) if at + 1 < len(points) else END
    for place in range(group_firsts[point], group_firsts[point + np.uint32(1)]):
        group, rank = groups[place], int(ranks[place])
        if may_go_on(onward, onward_key(above, group, after), rank):
            return True
        if at > start and boundary[at + 1] and may_go_on(onward, onward_key(node, group, END), rank):
            return True
    return False


@kernel
def _replacements(
    points: "Points",
    slots: "Slots",
    firsts: "Numbers",
    meant: "Points",
    likeness: "Bytes",
    walk: "Walk",
    branches: "Rows",
    branched: int,
) -> int:
    """Take what the text's character may stand for."""
    start, node, at = walk
    for other in range(firsts[points[at]], firsts[points[at] + np.uint32(1)]):
        below = child(slots, node, meant[other])
        if below != ABSENT:
            branched = _branch(branches, branched, (below, at + 1, REPLACED, at - start, int(likeness[other])))
    return branched


@kernel
def _slips(points: "Points", slots: "Slots", latin: "Flags", walk: "Walk", branches: "Rows", branched: int) -> int:
    """Take another letter, one more, one less, or two neighbours exchanged."""
    start, node, at = walk
    for letter in range(_A, _Z + 1):
        below = child(slots, node, letter)
        if below == ABSENT:
            continue
        branched = _branch(branches, branched, (below, at, LESS, at - start, 0))
        if latin[at] and letter != points[at]:
            branched = _branch(branches, branched, (below, at + 1, TYPED, at - start, 0))
            if latin[at + 1] and letter == points[at + 1]:
                below = child(slots, below, points[at])
                if below != ABSENT:
                    branched = _branch(branches, branched, (below, at + 2, TURNED, at - start, 0))
    if latin[at]:
        branched = _branch(branches, branched, (node, at + 1, MORE, at - start, 0))
    return branched


@kernel
def _branch(branches: "Rows", branched: int, branch: tuple[int, int, int, int, int]) -> int:
    """Note where a walk goes on (node, character), by what deviation, at which character of the term, and what else is known."""
    (
        branches[branched, 0],
        branches[branched, 1],
        branches[branched, 2],
        branches[branched, 3],
        branches[branched, 4],
    ) = branch
    return branched + 1


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
