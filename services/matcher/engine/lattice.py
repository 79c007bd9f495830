"""The judge: how much dearer a text gets when it must be cut where a keyword begins and ends.

A *run* is a maximal sequence of ideographs. All ways to cut a run into words of the dictionary form a lattice; a way costs the sum
of its words' costs (an ideograph that is no word costs `Dictionary.unknown`). For a hit on ``[i, j)`` of a run,

    excess = forward[i] + (best way through the hit alone) + backward[j] - total   (≥ 0, millinats)

is what the best way with a boundary at both of its ends costs more than the best of all ways.
"""

from typing import TYPE_CHECKING

import numpy as np

from services.matcher.engine.dictionary import dictionary
from services.matcher.engine.kernel import kernel
from services.matcher.engine.lexicon import ABSENT, ROOT, child
from services.matcher.engine.segment import HAN, character_classes
from services.matcher.engine.text import SEPARATOR

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from services.matcher.engine.lexicon import Slots

    Costs = NDArray[np.int32]

WHOLE = -1
"""In place of the cost of a term's last run: the term is one run."""

_ENCODING = "utf-32-le"
_FAR = np.iinfo(np.int64).max
_ROOM = 256
"""Room for the words of a run to begin with; at least as many as can begin at one character."""


def measure(points: "NDArray[np.uint32]", han: "NDArray[np.bool_]") -> "tuple[Costs, Costs, Costs]":
    """Return what the best ways cost, in millinats modulo 2³²; 0 outside runs.

    Args:
        points: code points of normalised text, shape (n,).
        han: which of them are ideographs, shape (n,).

    Returns:
        `forward`, shape (n + 1,): of the run's beginning up to each position of it; `backward`, shape (n + 1,): from each position
        to the run's end; `total`, shape (n + 1,): of the whole run, at each of its ideographs.
    """
    known = dictionary()
    return _measure(points, han, known.words.slots, known.words.terminal, known.costs, known.unknown)


def term_costs(texts: "Sequence[str]") -> "NDArray[np.int32]":
    """Return what the best ways through normalised terms cost, in millinats: shape (n, 2).

    Column 0 is the run that a term begins with (0 when it begins with no ideograph), column 1 the run that it ends with (0 when it ends
    with none), or `WHOLE` when the term is one run; column 0 is then the cost of the term.
    """
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    ends = np.cumsum(lengths + 1) - 1
    joined = SEPARATOR.join(texts) + SEPARATOR
    points = np.frombuffer(bytearray(joined, _ENCODING), np.uint32)  # writable, so that no second kernel is compiled
    han = character_classes(points) == HAN
    _, _, total = measure(points, han)
    han_before = np.concatenate(([0], np.cumsum(han)))
    costs = np.stack((total[ends - lengths], total[ends - 1]), axis=1)
    costs[han_before[ends] - han_before[ends - lengths] == lengths, 1] = WHOLE
    return costs


@kernel
def excess(  # noqa: PLR0917 - arrays, one by one
    start: int,
    end: int,
    first_cost: int,
    last_cost: int,
    forward: "Costs",
    backward: "Costs",
    total: "Costs",
) -> int:
    """Return the excess of a hit on ``[start, end)``: of its first run, or of its last where that is more.

    Args:
        start: where the hit begins.
        end: one past its last character.
        first_cost: row of `term_costs`, column 0.
        last_cost: column 1.
        forward: of the text, see `measure`.
        backward: of the text.
        total: of the text.
    """
    if last_cost == WHOLE:
        return int(np.int32(forward[start] + first_cost + backward[end] - total[start]))
    at_first = int(np.int32(forward[start] + first_cost - total[start]))
    at_last = int(np.int32(last_cost + backward[end] - total[end - 1]))
    return max(at_first, at_last)


@kernel
def _measure(  # noqa: PLR0917 - arrays, one by one
    points: "NDArray[np.uint32]",
    han: "NDArray[np.bool_]",
    slots: "Slots",
    terminal: "NDArray[np.int32]",
    costs: "Costs",
    unknown: int,
) -> "tuple[Costs, Costs, Costs]":
    length = len(points)
    forward = np.zeros(length + 1, np.int32)
    backward = np.zeros(length + 1, np.int32)
    total = np.zeros(length + 1, np.int32)
    way = np.zeros(_ROOM, np.int64)
    edges = np.zeros((_ROOM, 3), np.int32)
    run = stop = 0
    while run < length:
        if not han[run]:
            run += 1
            continue
        stop = run + 1
        while stop < length and han[stop]:
            stop += 1
        size = stop - run
        if size >= len(way):
            way = np.zeros(2 * size, np.int64)
        edges, count = _edges(points[run:stop], slots, terminal, costs, unknown, edges)
        way[1 : size + 1] = _FAR
        way[0] = 0
        for edge in range(count):
            at, to = edges[edge, 0], edges[edge, 1]
            way[to] = min(way[to], way[at] + edges[edge, 2])
        for at in range(size):
            forward[run + at] = np.int32(way[at])
            total[run + at] = np.int32(way[size])
        way[:size] = _FAR
        way[size] = 0
        for edge in range(count - 1, -1, -1):
            at, to = edges[edge, 0], edges[edge, 1]
            way[at] = min(way[at], way[to] + edges[edge, 2])
        for at in range(1, size + 1):
            backward[run + at] = np.int32(way[at])
        run = stop
    return forward, backward, total


@kernel
def _edges(  # noqa: PLR0917 - arrays, one by one
    run: "NDArray[np.uint32]",
    slots: "Slots",
    terminal: "NDArray[np.int32]",
    costs: "Costs",
    unknown: int,
    edges: "NDArray[np.int32]",
) -> "tuple[NDArray[np.int32], int]":
    """Find the words of a run, as rows of (start, end, cost) by ascending start; every single ideograph is one."""
    count = 0
    for at in range(len(run)):
        if count + _ROOM > len(edges):
            edges = np.concatenate((edges, np.zeros_like(edges)))
        node = child(slots, ROOT, run[at])
        to = at + 1
        single = terminal[node] if node != ABSENT else ABSENT
        edges[count, 0], edges[count, 1] = at, to
        edges[count, 2] = costs[single] if single != ABSENT else unknown
        count += 1
        while node != ABSENT and to < len(run):
            node = child(slots, node, run[to])
            to += 1
            if node != ABSENT and terminal[node] != ABSENT:
                edges[count, 0], edges[count, 1], edges[count, 2] = at, to, costs[terminal[node]]
                count += 1
    return edges, count
