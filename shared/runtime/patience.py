"""Waiting: for something to do, and for room on the disk."""

import asyncio
from typing import TYPE_CHECKING, TypeVar

from shared.errors import StorageFullError
from shared.logs import get_logger

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from shared.clock import Clock
    from shared.metrics import Metrics

T = TypeVar("T")

ROOM_SECONDS = 1.0
"""How often a full disk is tried again."""


class Patience:
    """What the loops of a role share: the clock, the call to stop, and the way to wait for both.

    Args:
        role: whose loops they are, for the log.
        clock: what is waited by.
        metrics: told of a full disk.
        stop: set when the process is to stop.
    """

    def __init__(self, role: str, clock: "Clock", metrics: "Metrics", stop: asyncio.Event) -> None:
        self.stop = stop
        self._clock = clock
        self._metrics = metrics
        self._log = get_logger(role)

    async def pause(self, seconds: float, wake: asyncio.Event | None = None) -> None:
        """Wait so long, or until ``wake`` or the call to stop."""
        waits: list[asyncio.Task[object]] = [
            asyncio.ensure_future(self._clock.sleep(max(seconds, 0.0))),
            asyncio.ensure_future(self.stop.wait()),
        ]
        if wake is not None:
            waits.append(asyncio.ensure_future(wake.wait()))
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
            await asyncio.gather(*waits, return_exceptions=True)

    async def with_room(self, work: "Callable[[], Awaitable[T]]") -> "T":
        """Do work that stores something; where there is no room, hold it and try again.

        Raises:
            StorageFullError: there is still no room and the process is to stop; nothing was stored.
        """
        full = False
        while True:
            try:
                result = await work()
            except StorageFullError as error:
                if self.stop.is_set():
                    raise
                if not full:
                    full = True
                    self._metrics.storage_full.set(1)
                    self._log.error("storage_full", error=str(error))
                await self.pause(error.after_seconds or ROOM_SECONDS)
                continue
            if full:
                self._metrics.storage_full.set(0)
                self._log.info("storage_has_room")
            return result
