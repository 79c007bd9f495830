"""The embedded backends in a folder of the test's own."""

import asyncio
import os
from contextlib import AsyncExitStack
from datetime import datetime
from pathlib import Path

from cryptography.fernet import Fernet

from shared.backends import Backends, open_backends
from shared.bus.embedded.consumer import EmbeddedConsumer
from shared.bus.port import Consumer
from shared.secret_box import SecretBox
from shared.settings import load_settings
from shared.testing.clock import ManualClock


class EmbeddedHarness:
    """See `tests.contract.harness.Harness`."""

    def __init__(self, folder: Path, stack: AsyncExitStack) -> None:
        self.clock = ManualClock()
        self.settings = load_settings(data_dir=folder)
        self.secrets = SecretBox(Fernet.generate_key().decode())
        self._stack = stack

    def bus_now(self) -> datetime:
        return self.clock.now()

    async def open(self) -> Backends:
        return await self._stack.enter_async_context(open_backends(self.settings, self.clock, self.secrets))

    async def open_elsewhere(self, *, hours_ahead: float) -> Backends:
        return await self.open()

    async def pass_time(self, seconds: float) -> None:
        await self.clock.advance(seconds)

    async def crash(self, consumer: Consumer) -> None:
        assert isinstance(consumer, EmbeddedConsumer)
        await consumer.stop_heart()
        os.close(consumer._lock._descriptor)  # what the kernel does for a dead process
        consumer.leave = _say_nothing  # type: ignore[method-assign]

    async def hang(self, consumer: Consumer) -> None:
        assert isinstance(consumer, EmbeddedConsumer)
        await consumer.stop_heart()
        await self.clock.advance(consumer._session_timeout_seconds + 1)


async def _say_nothing() -> None:
    await asyncio.sleep(0)
