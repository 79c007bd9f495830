"""What the scan for variants knows of characters, in arrays over the basic plane."""

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from services.matcher.engine.confusion import groups, pairs
from services.matcher.engine.variants import HEADS, JOINERS, PARTICLES, may_qualify

if TYPE_CHECKING:
    from numpy.typing import NDArray

BASIC_PLANE = 0x10000
POINT_BITS = 21
PARTICLE_POINTS = tuple(map(ord, PARTICLES))


class Characters(NamedTuple):
    """What is known of characters, whatever the terms.

    Attributes:
        group_firsts: character → where its groups begin in `groups`, and one past the last.
        groups: numbers of groups; characters that stand for one another have one in common.
        ranks: which of the group's characters it is, from 1.
        firsts: character of a text → where those that it may stand for begin in `meant`, and one past the last.
        meant: code points.
        likeness: how alike the two are; `Likeness`.
        insertable: which characters of the basic plane an insertion may hold, if they are ideographs.
        heads: which end the names of things.
        joiners: what no insertion may be: two characters as one number, or 0 and a character.
    """

    group_firsts: "NDArray[np.int32]"
    groups: "NDArray[np.int32]"
    ranks: "NDArray[np.uint8]"
    firsts: "NDArray[np.int32]"
    meant: "NDArray[np.uint32]"
    likeness: "NDArray[np.uint8]"
    insertable: "NDArray[np.bool_]"
    heads: "NDArray[np.bool_]"
    joiners: "NDArray[np.uint64]"


@cache
def characters() -> Characters:
    """Return what is known of characters, from the tables that ship."""
    typed, meant, likeness = pairs()
    grouped = sorted((ord(character), *place) for character, places in groups().items() for place in places.items())
    heads = np.zeros(BASIC_PLANE, np.bool_)
    heads[[ord(head) for head in HEADS]] = True
    return Characters(
        group_firsts=_firsts(np.array([character for character, _, _ in grouped], np.uint32)),
        groups=np.array([number for _, number, _ in grouped], np.int32),
        ranks=np.array([rank for _, _, rank in grouped], np.uint8),
        firsts=_firsts(typed),
        meant=meant,
        likeness=likeness,
        insertable=np.array([may_qualify(chr(point)) for point in range(BASIC_PLANE)]),
        heads=heads,
        joiners=np.array(
            [ord(piece[:-1] or "\0") << POINT_BITS | ord(piece[-1]) for piece in sorted(JOINERS)], np.uint64
        ),
    )


def _firsts(points: "NDArray[np.uint32]") -> "NDArray[np.int32]":
    """Return, for each character of the basic plane, where its rows begin among those of sorted characters."""
    return np.searchsorted(points, np.arange(BASIC_PLANE + 1, dtype=np.uint32)).astype(np.int32)
