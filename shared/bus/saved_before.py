"""What was saved before: a publication carries how far the profiles topic reached when it was accepted.

A profile whose saving was acknowledged earlier is in force for it on every matcher, however far that one is behind; one
that is saved later need not be waited for. Positions, not moments: clocks of machines differ.
"""

from contextlib import suppress
from typing import TYPE_CHECKING

from shared.bus.topics import PROFILES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shared.bus.port import Bus, Received

HEADER = "profiles-before"


async def saved_before(bus: "Bus") -> dict[str, str]:
    """Return the header for publications that are accepted now."""
    return {HEADER: ",".join(f"{partition}:{end}" for partition, end in (await bus.ends(PROFILES)).items())}


async def required(bus: "Bus", received: "Sequence[Received]") -> dict[int, int]:
    """Return partition → offset before which everything must be in force for these publications.

    For one that does not tell, as an earlier version wrote it, that is all there is now.
    """
    needed: dict[int, int] = {}
    for positions in map(_positions_in, {record.headers.get(HEADER) for record in received}):
        for partition, end in (await bus.ends(PROFILES) if positions is None else positions).items():
            needed[partition] = max(end, needed.get(partition, 0))
    return needed


def _positions_in(header: str | None) -> dict[int, int] | None:
    with suppress(ValueError):
        pairs = (pair.split(":") for pair in (header or "").split(","))
        return {int(partition): int(end) for partition, end in pairs}
    return None
