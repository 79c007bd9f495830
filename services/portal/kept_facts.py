"""The operator's facts of a city, kept for a while: to gather them is half a second of a core there, and nobody reads that quickly."""

import asyncio
from typing import TYPE_CHECKING

from services.portal.facts import gather_facts
from shared.runtime.elapsed import elapsed_seconds

if TYPE_CHECKING:
    from collections.abc import Callable

    from services.portal.facts import Facts
    from shared.runtime.role import Surroundings

SHARE = 0.05
"""Of the time that facts are shown, so much was spent on gathering them, however often the page is asked for."""

MOST_SECONDS = 60.0
"""No facts are shown for longer."""


class KeptFacts:
    """Gathers facts for who asks; several who ask at once wait for the same ones.

    Where everything is looked at, they are those of the moment: somebody has just changed something and looks what became of it.

    Args:
        around: whose facts.
        seconds: a clock that only goes on.
    """

    def __init__(self, around: "Surroundings", seconds: "Callable[[], float]" = elapsed_seconds) -> None:
        self._around = around
        self._seconds = seconds
        self._gathering = asyncio.Lock()
        self._kept: Facts | None = None
        self._until_seconds = 0.0

    async def get(self) -> "Facts":
        """Return what is the case; `Facts.at` says when it was."""
        async with self._gathering:
            if self._kept is not None and self._seconds() < self._until_seconds:
                return self._kept
            began = self._seconds()
            facts = await gather_facts(self._around)
            took = self._seconds() - began
            self._kept = facts if facts.is_partial else None
            self._until_seconds = began + took + min(took / SHARE, MOST_SECONDS)
            return facts
