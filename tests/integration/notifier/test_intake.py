"""From the bus to what is owed: subscriptions in force, families and reasons over batches and processes."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from services.notifier.intake import Intake
from shared.bus.port import Record
from shared.bus.topics import MATCHES
from shared.runtime.role import Surroundings
from shared.store.records import AlertState
from shared.wire.events import encode_event, matched_key
from shared.wire.publication import Publication
from tests.integration.notifier.conftest import Bench
from tests.unit.notifier.making import alert, mailbox, publication, subscription
from tests.unit.notifier.test_routing import event

GROUP = [("battery", "box")]


@contextlib.asynccontextmanager
async def intake(bench: Bench) -> AsyncIterator[Intake]:
    bench.patience.stop.clear()
    one = Intake(bench.around, bench.patience, asyncio.Event())
    async with asyncio.TaskGroup() as group:
        group.create_task(one.run())
        try:
            yield one
        finally:
            bench.patience.stop.set()


async def find(around: Surroundings, told: Publication, **scores: float) -> None:
    await around.bus.append(MATCHES, [Record(key=matched_key(told), value=encode_event(event(told, **scores)))])


async def recorded(bench: Bench, one: Intake) -> None:
    async with asyncio.timeout(15):
        while not await one.is_idle():
            await bench.clock.advance(0.1)
            await asyncio.sleep(0.01)


async def test_who_subscribes_before_a_publication_comes_is_told_of_it_and_who_left_is_not(bench: Bench) -> None:
    store = bench.around.store
    async with intake(bench) as one:
        await find(bench.around, publication("CN1A"), p1=0.5)
        await recorded(bench, one)
        await store.subscriptions.put(subscription(profiles=("p1",)))
        await find(bench.around, publication("CN2A"), p1=0.5)
        await recorded(bench, one)
        await store.subscriptions.remove("battery")
        await find(bench.around, publication("CN3A"), p1=0.5)
        await recorded(bench, one)
    assert await store.alerts.state_counts() == {AlertState.DROPPED: 1}
    assert await store.alerts.match_count() == 3


async def test_what_is_found_of_a_publication_over_several_batches_and_processes_is_told_together(bench: Bench) -> None:
    store = bench.around.store
    await store.subscriptions.put(subscription(profiles=("p1", "p2", "p3"), schedule="daily@12:00"))
    async with intake(bench) as one:
        await find(bench.around, publication(), p1=0.4)
        await recorded(bench, one)
        await find(bench.around, publication(), p2=0.8)
        await recorded(bench, one)
    async with intake(bench) as another:
        await find(bench.around, publication(), p3=0.6, p1=0.4)
        await recorded(bench, another)
    (told,) = await store.alerts.pending(GROUP, limit=9)
    assert [why.profile_id for why in told.whys] == ["p2", "p3", "p1"]
    assert told.score == 0.8
    assert told.due_at == bench.clock.now().replace(hour=4, minute=0, second=0, microsecond=0)


async def test_a_grant_is_folded_in_a_later_batch_of_another_process(bench: Bench) -> None:
    store = bench.around.store
    await store.subscriptions.put(subscription(profiles=("p1",)))
    application = publication("CN110083831A", application_number="2018.5")
    async with intake(bench) as one:
        await find(bench.around, application, p1=0.4)
        await recorded(bench, one)
    async with intake(bench) as another:
        await find(bench.around, publication("CN110083831B", application_number="2018.5"), p1=0.4)
        await recorded(bench, another)
    assert await store.alerts.state_counts() == {AlertState.PENDING: 1, AlertState.FOLDED: 1}


async def test_a_schedule_that_changes_while_a_batch_is_recorded_holds_for_that_batch(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = bench.around.store
    await store.destinations.put(mailbox())
    await store.subscriptions.put(subscription(profiles=("p1",), schedule="weekly@mon-12:00"))
    record = type(store.alerts).record

    async def late(self: object, *arguments: object) -> int:
        await store.subscriptions.put(subscription(profiles=("p1",), schedule="immediate"))
        return await record(self, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(type(store.alerts), "record", late)
    async with intake(bench) as one:
        await find(bench.around, publication(), p1=0.5)
        await recorded(bench, one)
    await bench.clock.advance(2)
    await bench.planner.plan_due()
    assert len(await store.deliveries.recent()) == 1


async def test_a_group_that_sleeps_is_not_looked_at_before_its_time(bench: Bench) -> None:
    store = bench.around.store
    await store.destinations.put(mailbox())
    await store.subscriptions.put(subscription(schedule="daily@12:00"))
    await store.alerts.record([], [alert(created_at=bench.clock.now())])
    until = await bench.planner.plan_due()
    assert until == bench.clock.now().replace(hour=4)
    assert await store.alerts.due(until - timedelta(seconds=1), limit=9) == []
    assert await bench.planner.is_idle()
    await bench.clock.advance((until - bench.clock.now()).total_seconds())
    await bench.planner.plan_due()
    assert len(await store.deliveries.recent()) == 1


async def test_a_subscription_that_cannot_be_read_stops_nobody_else(bench: Bench) -> None:
    store = bench.around.store
    await store.destinations.put(mailbox())
    await store.subscriptions.put(subscription(schedule="every day"))
    await store.subscriptions.put(subscription(id="other"))
    now = bench.clock.now()
    await store.alerts.record([], [alert(created_at=now), alert(subscription_id="other", created_at=now)])
    await bench.clock.advance(2)
    await bench.planner.plan_due()
    assert [delivery.subscription_id for delivery in await store.deliveries.recent()] == ["other"]
    await store.subscriptions.put(subscription())
    await bench.planner.plan_due()
    assert len(await store.deliveries.recent()) == 2
