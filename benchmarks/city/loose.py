"""The same line without the guarantees, to see what they cost.

Offsets are committed by the clock and not after the work; records are handed to the producer and not waited for; alerts wait in
memory and not in the store, and what is planned goes to the channel without having been written down.
"""

import asyncio
from bisect import bisect_right, insort
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from time import monotonic
from typing import Any

from shared.bus.port import Bus, Consumer, Received, Record
from shared.bus.topics import Topic
from shared.runtime.role import Surroundings
from shared.sqlite.moments import from_microseconds, to_microseconds
from shared.store.records import Alert, AlertKey, AlertState, DueGroup, GroupPlan, MatchRecord

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
    """Keeps alerts in memory."""

    def __init__(self, store: Any) -> None:  # noqa: ANN401 - all else is the store's own
        self._store = store
        self.alerts = LooseAlerts()

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - all else is the store's own
        return getattr(self._store, name)


class LooseAlerts:
    """What waits, in memory."""

    def __init__(self) -> None:
        self._waiting: defaultdict[tuple[str, str], dict[AlertKey, Alert]] = defaultdict(dict)
        self._due: list[DueGroup] = []

    async def record(self, _matches: Sequence[MatchRecord], alerts: Sequence[Alert]) -> int:
        """Keep the alerts."""
        for alert in alerts:
            group = (alert.key.subscription_id, alert.key.destination_id)
            if not self._waiting[group]:
                due = to_microseconds(alert.due_at or alert.created_at)
                insort(
                    self._due,
                    DueGroup(
                        due=due,
                        subscription_id=alert.key.subscription_id,
                        destination_id=alert.key.destination_id,
                        oldest_created_at=alert.created_at,
                    ),
                )
            self._waiting[group][alert.key] = alert
        return len(alerts)

    async def family(self, _family_keys: Sequence[str]) -> list[Any]:
        """Know nothing."""
        return []

    async def due(self, now: datetime, *, limit: int, after: DueGroup | None = None) -> list[DueGroup]:
        """Return groups that are due."""
        first = 0 if after is None else bisect_right(self._due, after)
        return [group for group in self._due[first : first + limit] if group.due <= to_microseconds(now)]

    async def next_due_at(self) -> datetime | None:
        """Return when the next is due."""
        return from_microseconds(self._due[0].due) if self._due else None

    async def pending(self, groups: Sequence[tuple[str, str]], *, limit: int) -> list[Alert]:
        """Return what waits."""
        return [alert for group in groups for alert in self._waiting.get(group, {}).values()][:limit]

    async def pending_groups(self) -> list[tuple[str, str]]:
        """Return who waits."""
        return [group for group, alerts in self._waiting.items() if alerts]

    async def plan(self, plans: Sequence[GroupPlan]) -> list[bool]:
        """Forget what is told."""
        for plan in plans:
            for key in [key for key, _ in plan.planned] + list(plan.over_cap):
                self._waiting[key.subscription_id, key.destination_id].pop(key, None)
        self._due = [group for group in self._due if self._waiting[group.subscription_id, group.destination_id]]
        return [True] * len(plans)

    async def postpone(self, groups: Sequence[tuple[DueGroup, datetime]]) -> None:
        """Let them come again."""

    async def settle(self, keys: Sequence[AlertKey], _state: AlertState) -> None:
        """Forget them."""
        for key in keys:
            self._waiting[key.subscription_id, key.destination_id].pop(key, None)
