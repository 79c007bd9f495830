"""The same line without the guarantees, to see what they cost.

Offsets are committed by the clock and not after the work; records are handed to the producer and not waited for; what is
planned goes to the channel without having been written down in an outbox. What is owed until its hour comes is stored all the same.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from time import monotonic
from typing import Any

from shared.bus.port import Bus, Consumer, Received, Record
from shared.bus.topics import Topic
from shared.runtime.role import Surroundings
from shared.store.records import AlertState, GroupPlan
from shared.store.telling import Alerts

COMMIT_SECONDS = 5.0
"""Kafka's own ``auto.commit.interval.ms``."""

IN_FLIGHT = 64


def loosened(around: Surroundings) -> Surroundings:
    """Return surroundings on the same servers, without the guarantees."""
    return replace(around, bus=LooseBus(around.bus), store=LooseStore(around.store))  # type: ignore[arg-type]


class LooseBus:
    """Waits for nothing."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._room = asyncio.Semaphore(IN_FLIGHT)
        self._sending: set[asyncio.Task[None]] = set()

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - all else is the bus's own
        return getattr(self._bus, name)

    async def append(self, topic: Topic, records: Sequence[Record]) -> None:
        """Hand the records over."""
        await self._room.acquire()
        task = asyncio.create_task(self._bus.append(topic, records))
        self._sending.add(task)
        task.add_done_callback(self._sent)

    def _sent(self, task: asyncio.Task[None]) -> None:
        self._sending.discard(task)
        self._room.release()

    @asynccontextmanager
    async def consumer(self, topic: Topic, group: str, **options: float) -> AsyncIterator["LooseConsumer"]:
        """Join the group."""
        async with self._bus.consumer(topic, group, **options) as consumer:
            yield LooseConsumer(consumer)


class LooseConsumer:
    """Commits what it polled, now and then."""

    def __init__(self, consumer: Consumer) -> None:
        self._consumer = consumer
        self._last: dict[int, Received] = {}
        self._commit_at = monotonic() + COMMIT_SECONDS

    async def poll(self, max_records: int, timeout_seconds: float) -> list[Received]:
        """Return the next records; commit those before them when it is time, or nothing came."""
        if self._last and monotonic() >= self._commit_at:
            await self._commit()
        found = await self._consumer.poll(max_records, timeout_seconds)
        if not found and self._last:
            await self._commit()
        self._last |= {record.partition: record for record in found}
        return found

    async def _commit(self) -> None:
        await self._consumer.commit(list(self._last.values()))
        self._last.clear()
        self._commit_at = monotonic() + COMMIT_SECONDS

    async def confirm(self, received: Sequence[Received]) -> None:
        """Take it as it is."""

    async def commit(self, received: Sequence[Received]) -> None:
        """Leave it to the clock."""


class LooseStore:
    """The store, without the outbox."""

    def __init__(self, store: Any) -> None:  # noqa: ANN401 - all else is the store's own
        self._store = store
        self.alerts = LooseAlerts(store.alerts)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - all else is the store's own
        return getattr(self._store, name)


class LooseAlerts:
    """What is owed; what is planned goes to the channel without having been written down, and is not owed any more."""

    def __init__(self, alerts: Alerts) -> None:
        self._alerts = alerts

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - all else is the store's own
        return getattr(self._alerts, name)

    async def plan(self, plans: Sequence[GroupPlan]) -> list[bool]:
        """Settle what is told."""
        await self._alerts.settle([key for plan in plans for key, _ in plan.planned], AlertState.PLANNED)
        await self._alerts.settle([key for plan in plans for key in plan.over_cap], AlertState.OVER_CAP)
        return [True] * len(plans)
