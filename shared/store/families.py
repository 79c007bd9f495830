"""Which publications are one family: keys of different width bind them, and the widest binding decides.

A publication brings keys, widest first: ``ops:`` (a simple family that an office tells), ``twin:`` (a utility model and an
invention of one applicant and day), ``app:`` (one application). Whoever shares a key is of one family, for ever: a key keeps
its family unless a wider one claims it.
"""

from typing import TYPE_CHECKING

import msgspec

from shared.ids import stable_id

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

WIDEST_FIRST = ("ops", "twin", "app")
"""What stands before the colon of a key; anything else is narrower than these."""


class FamilyKey(msgspec.Struct, frozen=True, kw_only=True):
    """A key and the family that it belongs to.

    Attributes:
        width: of the widest key that bound it, itself or by way of others: a place in `WIDEST_FIRST`, so smaller is wider.
    """

    key: str
    family_id: str
    width: int


def bind(groups: "Sequence[Sequence[str]]", known: "Mapping[str, FamilyKey]") -> tuple[list[str], dict[str, FamilyKey]]:
    """Give every group its family.

    Args:
        groups: each holds the keys of one publication, widest first, at least one.
        known: what is known of these keys.

    Returns:
        The family id of each group, and what is to be stored: keys that are new, and those that a wider binding claims.
    """
    changed: dict[str, FamilyKey] = {}
    ids = []
    for group in groups:
        there = {key: found for key in group if (found := changed.get(key) or known.get(key)) is not None}
        width = min(map(width_of, group))
        family_id = stable_id("family", group[0])
        if (strongest := min(there.values(), key=lambda found: found.width, default=None)) is not None:
            width, family_id = min(width, strongest.width), strongest.family_id
        for key in group:
            if key not in there or width < there[key].width:
                changed[key] = FamilyKey(key=key, family_id=family_id, width=width)
        ids.append(family_id)
    return ids, changed


def width_of(key: str) -> int:
    """Return how widely a key binds: 0 for the widest."""
    prefix = key.partition(":")[0]
    return WIDEST_FIRST.index(prefix) if prefix in WIDEST_FIRST else len(WIDEST_FIRST)
