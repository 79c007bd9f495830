"""A dispatcher on a real store that sends by a channel whose receivers answer as the test says."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from benchmarks.dispatching import make_dispatcher, owe
from benchmarks.scripted_channel import ScriptedChannel
from services.notifier.delivery.dispatch import Dispatcher
from shared.backends import open_backends
from shared.clock import SystemClock
from shared.metrics import Metrics
from shared.runtime.role import Surroundings
from shared.secret_box import open_secret_box
from shared.settings import load_settings


class LeapingClock(SystemClock):
    """The machine's clock, ahead by as much as a test says."""

    ahead = timedelta()

    def now(self) -> datetime:
        """Return the moment."""
        return super().now() + self.ahead


@dataclass
class Sending:
    """What a test of the dispatcher turns and looks at."""

    around: Surroundings
    clock: LeapingClock
    channel: ScriptedChannel
    dispatcher: Dispatcher

    async def owe(self, messages: dict[str, int], *, host: str = "{}.example.cn", failed: Collection[str] = ()) -> None:
        """Plan so many messages to each destination, all due now; see `benchmarks.dispatching.owe`."""
        await owe(self.around, messages, host=host, failed=failed)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Run the dispatcher."""
        running = asyncio.create_task(self.dispatcher.run())
        try:
            yield
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

    async def until(self, done: Callable[[], bool]) -> None:
        """Wait for it."""
        async with asyncio.timeout(15):
            while not done():  # noqa: ASYNC110 - the channel knows no event
                await asyncio.sleep(0.01)


@contextlib.asynccontextmanager
async def open_sending(
    folder: Path, *, answer_seconds: float = 0.001, timeout_seconds: float = 60
) -> AsyncIterator[Sending]:
    """Open it in the folder."""
    settings, clock = load_settings(data_dir=folder), LeapingClock()
    secrets = open_secret_box(settings)
    async with open_backends(settings, clock, secrets) as backends:
        around = Surroundings(
            settings=settings, bus=backends.bus, store=backends.store, clock=clock, metrics=Metrics(), secrets=secrets
        )
        channel = ScriptedChannel(answer_seconds=answer_seconds, timeout_seconds=timeout_seconds)
        yield Sending(around, clock, channel, make_dispatcher(around, channel))
