"""What the store promises to whoever plans: what is due comes up, what rests does not, what is planned is planned once."""

import asyncio
from datetime import datetime, timedelta

import msgspec

from shared.store.port import Store
from shared.store.records import AlertState, DueGroup, Notice, Remark, WantedDeliveries
from shared.wire.subscription import DestinationState
from tests.contract.harness import Harness
from tests.contract.made import NOW, alert, delivery, destination, later, plan, subscription
from tests.states import put_in_state

FAR = later(10**6)


async def due(store: Store, now: datetime = NOW, *, limit: int = 100) -> list[tuple[str, str]]:
    """Every group that is due, asked for in pages."""
    found: list[DueGroup] = []
    while page := await store.alerts.due(now, limit=limit, after=found[-1] if found else None):
        found += page
    return list(dict.fromkeys((group.subscription_id, group.destination_id) for group in found))


async def rest(store: Store, until: datetime) -> None:
    await store.alerts.postpone([(group, until) for group in await store.alerts.due(FAR, limit=100)])


async def test_what_is_due_comes_in_order_and_what_is_not_does_not(store: Store) -> None:
    await store.alerts.record(
        [],
        [
            alert("CN1A", due=later(9)),
            alert("CN2A", subscription_id="s-2", due=later(5), at=later(2)),
            alert("CN3A", subscription_id="s-2", due=later(5), at=later(1)),
            alert("CN4A", subscription_id="s-3", due=later(20)),
            alert("CN5A", subscription_id="s-4", at=later(6)),
        ],
    )
    assert await store.alerts.due(later(4), limit=9) == []
    assert await due(store, later(9)) == [("s-2", "d-1"), ("s-4", "d-1"), ("s-1", "d-1")]
    assert await due(store, later(9), limit=1) == [("s-2", "d-1"), ("s-4", "d-1"), ("s-1", "d-1")]
    assert (await store.alerts.due(later(9), limit=1))[0].oldest_created_at == later(1)
    assert await store.alerts.next_due_at() == later(5)


async def test_nothing_is_due_where_nothing_waits(store: Store) -> None:
    await store.alerts.record([], [alert()])
    await store.alerts.settle([alert().key], AlertState.DROPPED)
    assert await store.alerts.due(FAR, limit=9) == []
    assert await store.alerts.next_due_at() is None


async def test_what_is_postponed_rests_until_then(store: Store) -> None:
    await store.alerts.record([], [alert("CN1A"), alert("CN2A"), alert(subscription_id="s-2")])
    await rest(store, later(60))
    assert await store.alerts.next_due_at() == later(60)
    assert await due(store, later(59)) == []
    assert await due(store, later(60)) == [("s-1", "d-1"), ("s-2", "d-1")]
    await store.alerts.postpone([])


async def test_what_was_made_due_meanwhile_is_not_postponed(store: Store) -> None:
    await store.alerts.record([], [alert()])
    await store.alerts.look_again(["s-1"])
    seen = await store.alerts.due(NOW, limit=9)
    await store.alerts.look_again(["s-1", "s-9"])
    await store.alerts.postpone([(group, later(60)) for group in seen])
    assert await due(store) == [("s-1", "d-1")]
    await store.alerts.look_again([])


async def test_the_earlier_moment_counts_when_an_alert_is_recorded_again(store: Store) -> None:
    await store.alerts.record([], [alert(due=later(60))])
    await store.alerts.record([], [alert(due=later(90))])
    assert await store.alerts.next_due_at() == later(60)
    await store.alerts.record([], [alert(due=later(5))])
    assert await store.alerts.next_due_at() == later(5)


async def test_a_change_of_the_subscription_makes_what_waits_for_it_due(store: Store) -> None:
    await store.alerts.record([], [alert(due=FAR), alert(subscription_id="s-2", due=FAR)])
    await store.subscriptions.put(subscription())
    assert await due(store) == [("s-1", "d-1")]


async def test_a_change_of_the_destination_makes_what_waits_for_it_due(store: Store) -> None:
    await store.subscriptions.put(subscription(destinations=("d-1", "d-2")))
    await store.alerts.record([], [alert(due=FAR), alert(destination_id="d-2", due=FAR)])
    await store.destinations.put(destination("d-2"))
    assert await due(store) == [("s-1", "d-2")]
    await rest(store, FAR)
    await put_in_state(store, "d-2", DestinationState.ACTIVE)
    assert await due(store) == [("s-1", "d-2")]
    assert await store.alerts.next_due_at() < NOW - timedelta(days=1)  # type: ignore[operator]


async def test_a_destination_that_is_not_replaced_leaves_what_waits_for_it_asleep(store: Store) -> None:
    first, other = destination("d-1"), destination("d-1", address="zhao@example.cn")
    await store.destinations.put(first)
    await store.subscriptions.put(subscription())
    await store.alerts.record([], [alert(due=FAR)])
    assert not await store.destinations.replace(other, first)
    assert await due(store) == []
    assert await store.destinations.replace(first, other)
    assert await due(store) == [("s-1", "d-1")]


async def test_a_plan_stores_its_deliveries_and_settles_its_alerts(store: Store) -> None:
    alerts = [alert(f"CN{n}A") for n in range(4)]
    await store.alerts.record([], alerts)
    planned = msgspec.structs.replace(delivery("m-1", "CN2A", "CN0A"), left_out=1, notice=Notice.FLOOD)
    assert await store.alerts.plan([plan(planned, alerts[0], alerts[2], over_cap=(alerts[1],))]) == [True]
    assert await store.deliveries.get("m-1") == planned
    told = await store.alerts.of_delivery("m-1")
    assert [a.key.publication_number for a in told] == ["CN2A", "CN0A"]
    assert {a.delivery_id for a in told} == {"m-1"}
    assert {a.state for a in told} == {AlertState.PLANNED}
    assert await store.alerts.state_counts() == {
        AlertState.PLANNED: 2,
        AlertState.OVER_CAP: 1,
        AlertState.PENDING: 1,
    }
    assert await store.alerts.of_delivery("m-9") == []
    together = await store.alerts.of_deliveries(["m-1", "m-9"])
    assert (together["m-1"], together.get("m-9", [])) == (told, [])
    assert await store.alerts.of_deliveries([]) == {}
    assert await store.alerts.plan([]) == []


async def test_a_plan_is_refused_whole_when_one_of_its_alerts_waits_no_more_and_the_others_hold(store: Store) -> None:
    alerts = [alert("CN1A"), alert("CN2A"), alert("CN3A")]
    other = alert(subscription_id="s-2")
    await store.alerts.record([], [*alerts, other])
    await store.alerts.settle([alerts[2].key], AlertState.DROPPED)
    plans = [
        plan(delivery("m-1"), *alerts),
        plan(delivery("m-2"), *alerts[:2], over_cap=(alerts[2],)),
        plan(delivery("m-3"), other),
    ]
    assert await store.alerts.plan(plans) == [False, False, True]
    assert await store.deliveries.get("m-1") is None
    assert await store.deliveries.get("m-2") is None
    assert await store.deliveries.get("m-3") is not None
    assert await store.alerts.pending([("s-1", "d-1"), ("s-2", "d-1")], limit=9) == alerts[:2]


async def test_a_delivery_of_several_subscriptions_is_stored_whole_or_not_at_all_and_found_by_each(
    store: Store,
) -> None:
    first, second = alert("CN1A"), alert("CN1A", subscription_id="s-2")
    only, later_one = alert("CN2A", subscription_id="s-2"), alert("CN3A")
    await store.alerts.record([], [first, second, only, later_one])
    told = msgspec.structs.replace(
        delivery("m-1", "CN2A", "CN1A"),
        subscription_ids=("s-1", "s-2"),
        left_out=3,
        remarks=(Remark(subscription_id="s-2", left_out=3, notice=Notice.FLOOD),),
    )
    assert await store.alerts.plan([plan(told, first, second, only)]) == [True]
    assert await store.deliveries.get("m-1") == told
    alerts = await store.alerts.of_delivery("m-1")
    assert [one.key for one in alerts] == [only.key, first.key, second.key]
    assert await store.alerts.of_deliveries(["m-1"]) == {"m-1": alerts}
    alone = delivery("m-2", "CN3A")
    stolen = msgspec.structs.replace(delivery("m-3", "CN1A", "CN3A"), subscription_ids=("s-1", "s-2"))
    assert await store.alerts.plan([plan(stolen, second, later_one), plan(alone, later_one)]) == [False, True]

    async def of(**wanted: object) -> list[str]:
        return await store.deliveries.ids(WantedDeliveries(**wanted))  # type: ignore[arg-type]

    assert await of(subscription_id="s-2") == ["m-1"]
    assert sorted(await of(subscription_id="s-1")) == ["m-1", "m-2"]
    assert await of(subscription_ids=("s-2", "s-9")) == ["m-1"]
    assert await of(subscription_ids=("s-9",)) == []
    assert await of(subscription_ids=()) == []
    assert await of(subscription_id="s-1", subscription_ids=("s-2",)) == ["m-1"]


async def test_a_plan_for_a_delivery_that_exists_is_refused(store: Store) -> None:
    await store.alerts.record([], [alert("CN1A"), alert("CN2A")])
    assert await store.alerts.plan([plan(delivery("m-1"), alert("CN1A"))]) == [True]
    assert await store.alerts.plan([plan(delivery("m-1", "CN2A"), alert("CN2A"))]) == [False]
    assert len(await store.alerts.pending([("s-1", "d-1")], limit=9)) == 1


async def test_of_several_planners_in_two_processes_exactly_one_wins(store: Store, harness: Harness) -> None:
    other = (await harness.open()).store
    alerts = [alert(f"CN{n}A") for n in range(20)]
    elsewhere = [alert(subscription_id=f"s-{n}") for n in range(2, 10)]
    await store.alerts.record([], [*alerts, *elsewhere])
    won = await asyncio.gather(
        *(
            (store, other)[n % 2].alerts.plan(
                [plan(delivery(f"m-{n}"), *alerts), plan(delivery(f"n-{n}"), elsewhere[n])]
            )
            for n in range(8)
        )
    )
    assert sum(common for common, _ in won) == 1
    assert all(own for _, own in won)
    assert len(await store.deliveries.recent()) == 9
