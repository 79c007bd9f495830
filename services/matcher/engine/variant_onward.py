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
def onward_key(node: int, group: int, point: int) -> Any:  # noqa: ANN401 - an unsigned 64-bit number
    """Return what stands for: below this node is a character of this group, and then this one, or `END`.

    At the root, where every group has a child, ``node`` is the character after the next instead, negative.
    """
    mixed = (np.uint64(node) << np.uint64(POINT_BITS) | np.uint64(point)) * _SPREAD
    mixed = ((mixed ^ mixed >> np.uint64(32)) + np.uint64(group)) * _SPREAD
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
) -> "tuple[NDArray[np.bool_], NDArray[np.uint16]]":
    """Return `Terms.has_particle` and `Terms.onward`; the latter of this many slots, a power of two."""
    has_particle = np.zeros(len(slots) + 1, np.bool_)
    onward = np.zeros(room, np.uint16)
    for number in range(len(starts) - 1):
        node = ROOT
        start, end = starts[number], starts[number + 1]
        for at in range(start, end):
            above = node if at > start else -int(points[at + 2])
            after = int(points[at + 1]) if at + 1 < end else END
            if start < at < end - 1 and points[at] in PARTICLE_POINTS:
                has_particle[node] = True
            if points[at] < BASIC_PLANE:
                for place in range(known.group_firsts[points[at]], known.group_firsts[points[at] + np.uint32(1)]):
                    _note(onward, onward_key(above, known.groups[place], after), int(known.ranks[place]))
            node = child(slots, node, points[at])
    return has_particle, onward
