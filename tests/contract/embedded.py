"""The embedded backends in a folder of the test's own."""

import asyncio
import os
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

import msgspec

from shared.backends import Backends, open_backends
from shared.bus.embedded.consumer import EmbeddedConsumer
from shared.bus.port import Consumer
from shared.settings import load_settings
from shared.store.embedded import shelf_schema
from shared.store.embedded.store import EmbeddedStore
from shared.store.filed import Kind, Shelf
from shared.testing.clock import ManualClock
from tests.contract.keys import RotatingBox

D = TypeVar("D", bound=msgspec.Struct)


class EmbeddedHarness:
    """See `tests.contract.harness.StoreHarness`."""

    def __init__(self, folder: Path, stack: AsyncExitStack) -> None:
        self.clock = ManualClock()
        self.settings = load_settings(data_dir=folder)
        self.secrets = RotatingBox()
        self._stack = stack

    def bus_now(self) -> datetime:
        return self.clock.now()

    async def open(self) -> Backends:
        return await self._stack.enter_async_context(open_backends(self.settings, self.clock, self.secrets))

    async def open_elsewhere(self, *, hours_ahead: float) -> Backends:
        return await self.open()

    async def shelf(self, kind: Kind[D]) -> Shelf[D]:
        store = (await self.open()).store
        assert isinstance(store, EmbeddedStore)
        await shelf_schema.lay_out(store._database, [kind.name])
        return store.shelf(kind)

    def ends_in(self, seconds: float) -> datetime:
        return self.clock.now() + timedelta(seconds=seconds)

    def rotate_keys(self) -> None:
        self.secrets.rotate()

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

    async def wake(self, consumer: Consumer) -> None:
        assert isinstance(consumer, EmbeddedConsumer)
        await asyncio.sleep(0)  # it does nothing of itself


async def _say_nothing() -> None:
    await asyncio.sleep(0)
