"""Where a term may go on after another character than the text's: a filter that spares most look-ups."""

from typing import TYPE_CHECKING, Any

import numpy as np

from services.matcher.engine.kernel import kernel
from services.matcher.engine.lexicon import ROOT, child
from services.matcher.engine.variant_characters import BASIC_PLANE, PARTICLE_POINTS, POINT_BITS, Characters

if TYPE_CHECKING:
    from numpy.typing import NDArray

END = 0x1FFFFF
"""In place of the character after the last; no code point."""
ROOM_FOR_EACH = 2
"""Slots for each character of the terms; fewer give more false alarms."""
_ANY, _SEVERAL = 0xFFFF, 0xFF
_SPREAD = np.uint64(0x9E3779B97F4A7C15)
"""Fibonacci hashing, as in `lexicon`."""


@kernel
def step_key(node: int, point: int) -> Any:  # noqa: ANN401 - an unsigned 64-bit number
    """Return what stands for: two steps below this node is this character, or one step below it a term ends (`END`).

    At the root, which nearly every character is two steps below, ``node`` is the character after the next instead, negative.
    """
    mixed = (np.uint64(node) << np.uint64(POINT_BITS) | np.uint64(point)) * _SPREAD
    return mixed ^ mixed >> np.uint64(32)


@kernel
def is_step(steps: "NDArray[np.uint8]", key: Any) -> bool:  # noqa: ANN401
    """Say whether a step is among those of the terms: yes too often, never no. Eight keys share a byte."""
    at = key & np.uint64(8 * len(steps) - 1)
    return bool(steps[at >> np.uint64(3)] >> np.uint8(at & np.uint64(7)) & 1)


@kernel
def onward_key(step: Any, group: int) -> Any:  # noqa: ANN401
    """Return what stands for: on this step lies a character of this group."""
    mixed = (step + np.uint64(group)) * _SPREAD
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
def look_ahead(
    slots: "NDArray[np.uint64]", points: "NDArray[np.uint32]", starts: "NDArray[np.int32]", known: Characters, room: int
) -> "tuple[NDArray[np.bool_], NDArray[np.uint8], NDArray[np.uint16]]":
    """Return `Terms.has_particle`, `Terms.steps` and `Terms.onward`; the latter of this many slots, a power of two."""
    has_particle = np.zeros(len(slots) + 1, np.bool_)
    steps = np.zeros(max(1, room // 4), np.uint8)
    onward = np.zeros(room, np.uint16)
    for number in range(len(starts) - 1):
        node = ROOT
        start, end = starts[number], starts[number + 1]
        for at in range(start, end):
            above = node if at > start else -int(points[at + 2])
            after = int(points[at + 1]) if at + 1 < end else END
            if start < at < end - 1 and points[at] in PARTICLE_POINTS:
                has_particle[node] = True
            step = step_key(above, after)
            bit = step & np.uint64(8 * len(steps) - 1)
            steps[bit >> np.uint64(3)] |= np.uint8(1) << np.uint8(bit & np.uint64(7))
            if points[at] < BASIC_PLANE:
                for place in range(known.group_firsts[points[at]], known.group_firsts[points[at] + np.uint32(1)]):
                    _note(onward, onward_key(step, known.groups[place]), int(known.ranks[place]))
            node = child(slots, node, points[at])
    return has_particle, steps, onward
