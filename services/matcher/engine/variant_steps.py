"""How a walk along a text may deviate from a term at one step: each kernel notes the branches of one kind.

They are called at every step, so they take plain arrays: what is taken out of a tuple is counted as a reference each time.
"""

from typing import TYPE_CHECKING

import numpy as np

from services.matcher.engine.kernel import kernel
from services.matcher.engine.lexicon import ABSENT, child
from services.matcher.engine.segment import HAN, LETTER
from services.matcher.engine.variant_characters import BASIC_PLANE, PARTICLE_POINTS
from services.matcher.engine.variant_judge import DROPPED, INSERTED, LESS, MORE, REPLACED, TURNED, TYPED
from services.matcher.engine.variant_onward import END, is_step, may_go_on, onward_key, step_key
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

BRANCHES = 1024
"""More than one step can have: an insertion of each length, each particle, each letter, each character of one sound."""
_A, _Z = ord("a"), ord("z")


@kernel
def latin(points: "Points") -> "Flags":
    """Mark the runs of English letters that are long enough for a long word that lacks one."""
    found = np.zeros(len(points) + 2, np.bool_)
    start = 0
    for at in range(len(points) + 1):
        if at < len(points) and _A <= points[at] <= _Z:
            continue
        if at - start >= SHORTEST_WORD - 1:
            found[start:at] = True
        start = at + 1
    return found


@kernel
def insertions(
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
def drops(points: "Points", classes: "Bytes", slots: "Slots", walk: "Walk", branches: "Rows", branched: int) -> int:
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
def may_replace(
    points: "Points",
    boundary: "Flags",
    group_firsts: "Numbers",
    groups: "Numbers",
    ranks: "Bytes",
    steps: "Bytes",
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
    step, last = step_key(above, after), step_key(node, END)
    goes_on = is_step(steps, step)
    ends = at > start and boundary[at + 1] and is_step(steps, last)
    if not (goes_on or ends):
        return False
    for place in range(group_firsts[point], group_firsts[point + np.uint32(1)]):
        group, rank = groups[place], int(ranks[place])
        if goes_on and may_go_on(onward, onward_key(step, group), rank):
            return True
        if ends and may_go_on(onward, onward_key(last, group), rank):
            return True
    return False


@kernel
def replacements(
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
def slips(points: "Points", slots: "Slots", latin: "Flags", walk: "Walk", branches: "Rows", branched: int) -> int:
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
