"""The judge: how much dearer a text gets when it must be cut where a keyword begins and ends.

A *run* is a maximal sequence of ideographs. All ways to cut a run into words of the dictionary form a lattice; a way costs the sum
of its words' costs (an ideograph that is no word costs `Dictionary.unknown`). For a hit on ``[i, j)`` of a run,

    excess = forward[i] + (best way through the hit alone) + backward[j] - total   (millinats)

is what the best way with a boundary at both of its ends costs more than the best of all ways. There are two lattices: of words of up to
three ideographs (`WORDS`), which weighs words against each other, and of words of up to two (`PARTS`), in which a word of three shows
its parts: 变压器 is 变压|器, not 变|压器.
"""

from typing import TYPE_CHECKING

import numpy as np

from services.matcher.engine.counts import LONGEST
from services.matcher.engine.dictionary import dictionary
from services.matcher.engine.kernel import kernel
from services.matcher.engine.lexicon import ABSENT, ROOT, child, look_up
from services.matcher.engine.segment import HAN, character_classes
from services.matcher.engine.text import SEPARATOR

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from services.matcher.engine.lexicon import Slots

    Costs = NDArray[np.int32]

WORDS, PARTS = 0, 1
"""The two lattices; columns of `forward`, `backward` and `total`."""

WHOLE = -1
"""In place of the cost of a term's last run: the term is one run."""

DEAREST_IDEOGRAPH = 7500
"""A term is taken for a word of its own that no dictionary knows: at most so dear for each ideograph, in millinats."""

_ENCODING = "utf-32-le"
_FAR = 1 << 60
"""Dearer than any way; twice as much is still a number."""


def measure(points: "NDArray[np.uint32]", han: "NDArray[np.bool_]") -> "tuple[Costs, Costs, Costs]":
    """Return what the best ways cost, in millinats modulo 2³²; 0 outside runs.

    Args:
        points: code points of normalised text, shape (n,).
        han: which of them are ideographs, shape (n,).

    Returns:
        `forward`: from the run's beginning to each position of it; `backward`: from each position to the run's end; `total`: of the
        whole run, at each of its ideographs. Shape (n + 1, 2): `WORDS`, `PARTS`.
    """
    known = dictionary()
    return _measure(points, han, known.words.slots, known.words.terminal, known.costs, known.unknown)


def term_costs(texts: "Sequence[str]") -> "NDArray[np.int32]":
    """Return what the best ways of `WORDS` through normalised terms cost, in millinats: shape (n, 2).

    Column 0 is the run that a term begins with (0 when it begins with no ideograph), column 1 the run that it ends with (0 when it ends
    with none), or `WHOLE` when the term is one run; column 0 is then the cost of the term.
    No run costs more than `DEAREST_IDEOGRAPH` for each of its ideographs, and a term that is a word costs what the word does: 中上 is
    not 中|上.
    """
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    ends = np.cumsum(lengths + 1) - 1
    joined = SEPARATOR.join(texts) + SEPARATOR
    points = np.frombuffer(bytearray(joined, _ENCODING), np.uint32)  # writable, so that no second kernel is compiled
    han = character_classes(points) == HAN
    _, _, total = measure(points, han)
    begins = np.flatnonzero(han & ~np.concatenate(([False], han[:-1])))
    run_ends = np.flatnonzero(han & ~np.concatenate((han[1:], [False]))) + 1
    dearest = np.zeros(len(points), np.int64)
    dearest[han] = np.repeat(DEAREST_IDEOGRAPH * (run_ends - begins), run_ends - begins)
    capped = np.minimum(total[:-1, WORDS], dearest).astype(np.int32)
    costs = np.stack((capped[ends - lengths], capped[ends - 1]), axis=1)
    han_before = np.concatenate(([0], np.cumsum(han)))
    costs[han_before[ends] - han_before[ends - lengths] == lengths, 1] = WHOLE
    known = dictionary()
    _own_costs(points, ends - lengths, ends, known.words.slots, known.words.terminal, known.costs, costs)
    return costs


@kernel
def _own_costs(
    points: "NDArray[np.uint32]",
    starts: "NDArray[np.int64]",
    ends: "NDArray[np.int64]",
    slots: "Slots",
    terminal: "NDArray[np.int32]",
    word_costs: "Costs",
    costs: "Costs",
) -> None:
    """Write what terms cost that are words."""
    for term in range(len(starts)):
        if costs[term, 1] == WHOLE and ends[term] - starts[term] <= LONGEST:
            number = look_up(slots, terminal, points, starts[term], ends[term])
            if number != ABSENT:
                costs[term, 0] = word_costs[number]


@kernel
def excess(
    start: int,
    end: int,
    first_cost: int,
    last_cost: int,
    lattice: int,
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
        lattice: `WORDS` or `PARTS`.
        forward: of the text, see `measure`.
        backward: of the text.
        total: of the text.
    """
    if last_cost == WHOLE:
        return int(np.int32(forward[start, lattice] + first_cost + backward[end, lattice] - total[start, lattice]))
    at_first = int(np.int32(forward[start, lattice] + first_cost - total[start, lattice]))
    at_last = int(np.int32(last_cost + backward[end, lattice] - total[end - 1, lattice]))
    return max(at_first, at_last)


@kernel
def _measure(
    points: "NDArray[np.uint32]",
    han: "NDArray[np.bool_]",
    slots: "Slots",
    terminal: "NDArray[np.int32]",
    costs: "Costs",
    unknown: int,
) -> "tuple[Costs, Costs, Costs]":
    length = len(points)
    forward = np.zeros((length + 1, 2), np.int32)
    backward = np.zeros((length + 1, 2), np.int32)
    total = np.zeros((length + 1, 2), np.int32)
    room = 64
    price = np.zeros((room, LONGEST), np.int64)
    way = np.zeros((room + LONGEST, 2), np.int64)
    run = 0
    while run < length:
        if not han[run]:
            run += 1
            continue
        stop = run + 1
        while stop < length and han[stop]:
            stop += 1
        size = stop - run
        if size >= room:
            room = 2 * size
            price = np.zeros((room, LONGEST), np.int64)
            way = np.zeros((room + LONGEST, 2), np.int64)
        _price(points[run:stop], slots, terminal, costs, unknown, price)
        way[1 : size + LONGEST] = _FAR
        way[0] = 0
        for at in range(size):
            words, parts = way[at, WORDS], way[at, PARTS]
            forward[run + at, WORDS], forward[run + at, PARTS] = np.int32(words), np.int32(parts)
            way[at + 1, WORDS] = min(way[at + 1, WORDS], words + price[at, 0])
            way[at + 2, WORDS] = min(way[at + 2, WORDS], words + price[at, 1])
            way[at + 3, WORDS] = min(way[at + 3, WORDS], words + price[at, 2])
            way[at + 1, PARTS] = min(way[at + 1, PARTS], parts + price[at, 0])
            way[at + 2, PARTS] = min(way[at + 2, PARTS], parts + price[at, 1])
        total[run:stop, WORDS], total[run:stop, PARTS] = np.int32(way[size, WORDS]), np.int32(way[size, PARTS])
        way[size : size + LONGEST] = _FAR
        way[size] = 0
        for at in range(size - 1, -1, -1):
            backward[run + at + 1, WORDS] = np.int32(way[at + 1, WORDS])
            backward[run + at + 1, PARTS] = np.int32(way[at + 1, PARTS])
            way[at, PARTS] = min(way[at + 1, PARTS] + price[at, 0], way[at + 2, PARTS] + price[at, 1])
            way[at, WORDS] = min(
                way[at + 1, WORDS] + price[at, 0], way[at + 2, WORDS] + price[at, 1], way[at + 3, WORDS] + price[at, 2]
            )
        run = stop
    return forward, backward, total


@kernel
def _price(
    run: "NDArray[np.uint32]",
    slots: "Slots",
    terminal: "NDArray[np.int32]",
    costs: "Costs",
    unknown: int,
    price: "NDArray[np.int64]",
) -> None:
    """Write what the words of one, two and three ideographs that begin at each ideograph of a run cost."""
    for at in range(len(run)):
        price[at, 0], price[at, 1], price[at, 2] = unknown, _FAR, _FAR
        node = ROOT
        for to in range(at, min(at + LONGEST, len(run))):
            node = child(slots, node, run[to])
            if node == ABSENT:
                break
            if terminal[node] != ABSENT:
                price[at, to - at] = costs[terminal[node]]
