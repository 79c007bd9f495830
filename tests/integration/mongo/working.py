"""What notifiers do with the store, without a vendor: record, plan, send, and say what was done.

It runs as a process of its own, too:
``python -m tests.integration.mongo.working URI DATABASE OWNER HOURS_AHEAD``
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

import msgspec
from cryptography.fernet import Fernet

from shared.clock import SystemClock
from shared.errors import RetryLaterError
from shared.secret_box import SecretBox
from shared.settings import load_settings
from shared.store.mongo.store import open_mongo_store
from shared.store.port import Store
from shared.store.records import Delivery, DeliveryState, GroupPlan
from tests.contract.made import NOW, alert, delivery, later, match

T = TypeVar("T")

WHEN = later(3600)
"""After everything is due."""


class WrongClock(SystemClock):
    """A clock that is hours ahead, or behind."""

    def __init__(self, hours: float) -> None:
        self._ahead = timedelta(hours=hours)

    def now(self) -> datetime:
        return super().now() + self._ahead


async def persist(work: Callable[[], Awaitable[T]]) -> T:
    """Do work until it is done, as roles do."""
    while True:
        try:
            return await work()
        except RetryLaterError:
            await asyncio.sleep(0.05)


async def record(store: Store, writer: str, *, rounds: int, acknowledged: set[str]) -> None:
    """Record alerts, four publications a round, and note which of them were acknowledged."""
    for n in range(rounds):
        numbers = [f"CN{writer}{n}K{k}A" for k in range(4)]
        alerts = [alert(number, subscription_id=f"s-{n % 7}") for number in numbers]
        found = [match(number=numbers[0])]
        await persist(partial(store.alerts.record, found, alerts))
        acknowledged.update(numbers)


async def plan_once(store: Store) -> int:
    """Plan what is due, a delivery a group, and return how many plans held."""
    groups = await persist(lambda: store.alerts.due(WHEN, limit=50))
    names = [(group.subscription_id, group.destination_id) for group in groups]
    waiting: dict[tuple[str, str], list[str]] = {}
    alerts = await persist(lambda: store.alerts.pending(names, limit=1_000)) if names else []
    for one in alerts:
        waiting.setdefault((one.key.subscription_id, one.key.destination_id), []).append(one.key.publication_number)
    plans = [_plan(*group, numbers) for group, numbers in waiting.items()]
    return sum(await persist(lambda: store.alerts.plan(plans)))


async def send_once(store: Store, owner: str, sent: Callable[[str], None]) -> int:
    """Send what is due, take up what was interrupted, and return how many were sent."""
    for _, attempt in await persist(lambda: store.deliveries.interrupted(owner=owner)):
        await persist(
            partial(store.deliveries.finish, attempt, state=DeliveryState.WAITING, now=NOW, next_attempt_at=NOW)
        )
    due: list[Delivery] = await persist(lambda: store.deliveries.due(WHEN, limit=20))
    count = 0
    for one in due:
        begun = await persist(partial(store.deliveries.start, one.id, owner=owner, now=NOW, lease_seconds=60))
        if begun is not None:
            sent(one.id)
            count += 1
            await persist(partial(store.deliveries.finish, begun, state=DeliveryState.SENT, now=NOW))
    return count


async def work_off(store: Store, owner: str, sent: Callable[[str], None]) -> None:
    """Plan and send until nothing is left."""
    while (
        await persist(store.alerts.next_due_at) is not None or await persist(store.deliveries.next_due_at) is not None
    ):
        await plan_once(store)
        await send_once(store, owner, sent)


def _plan(subscription_id: str, destination_id: str, numbers: list[str]) -> GroupPlan:
    message = delivery(f"m-{subscription_id}-{numbers[0]}", *numbers, destination_id=destination_id)
    message = msgspec.structs.replace(message, subscription_id=subscription_id)
    keys = [alert(n, subscription_id=subscription_id, destination_id=destination_id).key for n in numbers]
    return GroupPlan(deliveries=(message,), planned=tuple((key, message.id) for key in keys))


async def _main(uri: str, database: str, owner: str, hours_ahead: str) -> None:
    settings = load_settings(store="mongo", mongo_uri=uri, mongo_database=database)
    clock = WrongClock(float(hours_ahead))
    async with open_mongo_store(settings, clock, SecretBox(Fernet.generate_key().decode())) as store:
        await work_off(store, owner, lambda delivery_id: print(delivery_id, flush=True))  # noqa: T201 - read by the test


if __name__ == "__main__":
    asyncio.run(_main(*sys.argv[1:]))
