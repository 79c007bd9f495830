"""Ends of attempts that come closely one after another are written down in one go, which costs a fraction of one after another."""

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

MOST = 64
LONGEST_SECONDS = 0.02


class Together:
    """Holds those that come until they are many, a moment is over, or no more are expected: who is alone never waits.

    Args:
        expects_more: whether others will come very soon.
    """

    def __init__(self, expects_more: "Callable[[], bool]") -> None:
        self._expects_more = expects_more
        self._count = 0
        self._go: asyncio.Event | None = None
        self._timer: asyncio.TimerHandle | None = None

    async def wait(self) -> None:
        """Return when it is time to go, for all who wait at once."""
        self._count += 1
        if self._count >= MOST or not self._expects_more():
            self.let_go()
            return
        if self._go is None:
            self._go = asyncio.Event()
            self._timer = asyncio.get_running_loop().call_later(LONGEST_SECONDS, self.let_go)
        await self._go.wait()

    def let_go(self) -> None:
        """Let all go who wait."""
        if self._timer is not None:
            self._timer.cancel()
        if self._go is not None:
            self._go.set()
        self._count, self._go, self._timer = 0, None, None
