"""When is nothing left to do? Asked of the roles, twice, with nothing counted in between."""

import asyncio
from typing import TYPE_CHECKING

from shared.errors import RetryLaterError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shared.metrics import Metrics
    from shared.runtime.role import Role

PAUSE_SECONDS = 0.3


async def wait_until_idle(
    roles: "Sequence[Role]", metrics: "Metrics", stop: asyncio.Event, *, pause_seconds: float = PAUSE_SECONDS
) -> None:
    """Set ``stop`` when all roles are idle twice in a row and no counter moved in between.

    Work moves from role to role: one that was idle when it was asked may have been handed something a moment later by
    one that was not. So a single round of idle answers proves nothing; two rounds with still counters do.
    """
    before = None
    while not stop.is_set():
        counted = work_done(metrics)
        if not await _all_idle(roles):
            before = None
        elif before is None or before != counted:
            before = counted
        else:
            stop.set()
            return
        await asyncio.sleep(pause_seconds)


async def _all_idle(roles: "Sequence[Role]") -> bool:
    try:
        return all([await role.is_idle() for role in roles])
    except RetryLaterError:  # a server does not answer: who knows what it holds
        return False


def work_done(metrics: "Metrics") -> float:
    """Return the sum of all of Zhitui's counters: it grows whenever a role does anything."""
    return sum(
        sample.value
        for family in metrics.registry.collect()
        if family.type == "counter" and family.name.startswith("zhitui_")
        for sample in family.samples
        if sample.name.endswith("_total")
    )
