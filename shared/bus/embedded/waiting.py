"""Waiting for a record: woken at once by an append of this process, looking every tenth of a second for others'."""

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from shared.bus.port import Received

_LOOK_EVERY_SECONDS = 0.1


class Bell:
    """Rung at every append of this process."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """Wake everybody who waits."""
        self._rung.set()
        self._rung = asyncio.Event()

    async def wait_for(
        self, look: "Callable[[], Awaitable[list[Received]]]", timeout_seconds: float
    ) -> "list[Received]":
        """Look again and again until there is something or the time is over."""
        now = asyncio.get_running_loop().time
        deadline = now() + timeout_seconds
        while True:
            rung = self._rung  # taken before looking: an append in between is not missed
            found = await look()
            left = deadline - now()
            if found or left <= 0:
                return found
            with suppress(TimeoutError):
                async with asyncio.timeout(min(left, _LOOK_EVERY_SECONDS)):  # wait_for may lose a cancellation (3.11)
                    await rung.wait()
