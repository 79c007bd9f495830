"""Two processes on one database, their clocks hours apart: every group is planned by one, every delivery sent by one."""

import asyncio
import sys
from collections import Counter

import pytest

from shared.settings import Settings
from shared.store.mongo.link import Link
from shared.store.mongo.store import MongoStore
from shared.store.records import AlertState, DeliveryState
from tests.contract.made import alert

pytestmark = pytest.mark.city


GROUPS = 60


async def rival(settings: Settings, owner: str, hours_ahead: float) -> asyncio.subprocess.Process:
    assert settings.mongo_uri is not None
    arguments = (settings.mongo_uri.get_secret_value(), settings.mongo_database, owner, str(hours_ahead))
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-W", "error", "-m", "tests.integration.mongo.working", *arguments),
        stdout=asyncio.subprocess.PIPE,
    )


async def test_of_two_processes_whose_clocks_are_hours_apart_one_plans_each_group_and_one_sends_each_delivery(
    settings: Settings, store: MongoStore, link: Link
) -> None:
    alerts = [
        alert(f"CN{n}A", subscription_id=f"s-{group}", destination_id=f"d-{group}")
        for group in range(GROUPS)
        for n in range(5)
    ]
    await store.alerts.record([], alerts)
    rivals = [await rival(settings, "one", -5), await rival(settings, "two", 5)]
    said = [(await process.communicate())[0].decode().split() for process in rivals]
    assert [process.returncode for process in rivals] == [0, 0]
    sent = Counter(said[0] + said[1])
    deliveries = await store.deliveries.recent(limit=1_000)
    assert sent == Counter(delivery.id for delivery in deliveries)
    assert all(said), "both had their share"
    told = Counter((d.subscription_id, number) for d in deliveries for number in d.publication_numbers)
    assert told == Counter((a.key.subscription_id, a.key.publication_number) for a in alerts)
    assert {delivery.state for delivery in deliveries} == {DeliveryState.SENT}
    assert {delivery.attempts for delivery in deliveries} == {1}
    assert await store.alerts.state_counts() == {AlertState.PLANNED: len(alerts)}
