"""Waiting: for something to do, for room on the disk, for a server that does not answer."""

import asyncio
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from shared.errors import RetryLaterError, StorageFullError
from shared.logs import get_logger

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from prometheus_client import Gauge

    from shared.clock import Clock
    from shared.metrics import Metrics

T = TypeVar("T")

FIRST_SECONDS = 0.1
"""What cannot be done now is tried again after this, then after twice as long each time: most servers are back soon."""

LONGEST_SECONDS = 1.0


class Patience:
    """What the loops of a role share: the clock, the call to stop, and the way to wait for both.

    Args:
        role: whose loops they are, for the log.
        clock: what is waited by.
        metrics: told of a full disk, and of servers that do not answer.
        stop: set when the process is to stop.
    """

    def __init__(self, role: str, clock: "Clock", metrics: "Metrics", stop: asyncio.Event) -> None:
        self.stop = stop
        self._clock = clock
        self._log = get_logger(role)
        self._no_room = _Trouble(metrics.storage_full, "storage_full", "storage_has_room")
        self._no_answer = _Trouble(metrics.server_unreachable, "server_unreachable", "server_answers")

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

    async def persist(self, work: "Callable[[], Awaitable[T]]") -> "T":
        """Do work; where there is no room, or a server does not answer, hold it and try again.

        Raises:
            RetryLaterError: it still cannot be done and the process is to stop; do not count on any of it being done.
        """
        trouble: _Trouble | None = None
        wait = FIRST_SECONDS
        while True:
            try:
                result = await work()
            except RetryLaterError as error:
                if self.stop.is_set():
                    raise
                now = self._trouble(error)
                if now is not trouble:
                    self._over(trouble)
                    now.gauge.set(1)
                    self._log.error(now.event, error=str(error))
                    trouble = now
                await self.pause(error.after_seconds or wait)
                wait = min(2 * wait, LONGEST_SECONDS)
                continue
            self._over(trouble)
            return result

    async def repeat(self, work: "Callable[[], Awaitable[object]]", *, seconds: float) -> None:
        """Do work again and again until the process is to stop; where it returns that nothing was done, rest so long.

        Raises:
            RetryLaterError: as `persist` does.
        """
        while not self.stop.is_set():
            if not await self.persist(work):
                await self.pause(seconds)

    def _trouble(self, error: RetryLaterError) -> "_Trouble":
        return self._no_room if isinstance(error, StorageFullError) else self._no_answer

    def _over(self, trouble: "_Trouble | None") -> None:
        if trouble is not None:
            trouble.gauge.set(0)
            self._log.info(trouble.event_over)


class _Trouble(NamedTuple):
    """What keeps work from being done, and how it is told."""

    gauge: "Gauge"
    event: str
    event_over: str
