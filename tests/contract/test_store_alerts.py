"""What the store promises about matches and alerts: told once, planned once."""

import asyncio

import msgspec

from shared.store.port import Store
from shared.store.records import AlertState, PendingGroup
from tests.contract.harness import Harness
from tests.contract.made import NOW, alert, delivery, later, match


async def test_recording_twice_is_recording_once(store: Store) -> None:
    assert await store.alerts.record([match()], [alert(), alert("CN2A")]) == 2
    assert await store.alerts.record([match()], [alert(), alert("CN3A")]) == 1
    assert await store.alerts.match_count() == 1
    assert await store.alerts.state_counts() == {AlertState.PENDING: 3}


async def test_a_match_replaces_the_earlier_one_of_its_profile_and_publication(store: Store) -> None:
    await store.alerts.record([match(), match("p-2"), match("p-1", "CN2A")], [])
    await store.alerts.record([match(score=0.9, at=later(9))], [])
    assert await store.alerts.match_counts(limit=10) == [("p-1", 2, later(9)), ("p-2", 1, NOW)]
    assert await store.alerts.match_counts(limit=1) == [("p-1", 2, later(9))]


async def test_recording_nothing_is_nothing(store: Store) -> None:
    assert await store.alerts.record([], []) == 0
    assert await store.alerts.state_counts() == {}


async def test_an_alert_that_was_settled_does_not_wait_again(store: Store) -> None:
    await store.alerts.record([], [alert()])
    await store.alerts.settle([alert().key], AlertState.FOLDED)
    assert await store.alerts.record([], [alert()]) == 0
    await store.alerts.settle([alert().key], AlertState.DROPPED)
    assert await store.alerts.state_counts() == {AlertState.FOLDED: 1}
    await store.alerts.settle([], AlertState.DROPPED)


async def test_what_waits_is_told_oldest_first(store: Store) -> None:
    young, old, middle = alert("CN1A", at=later(9)), alert("CN2A", at=later(1)), alert("CN3A", at=later(5))
    await store.alerts.record([], [young, old, middle, alert("CN4A", destination_id="d-2")])
    assert await store.alerts.pending("s-1", "d-1", limit=10) == [old, middle, young]
    assert await store.alerts.pending("s-1", "d-1", limit=2) == [old, middle]
    groups = sorted(await store.alerts.pending_groups(), key=lambda group: group.destination_id)
    assert groups[0] == PendingGroup(
        subscription_id="s-1",
        destination_id="d-1",
        count=3,
        oldest_created_at=later(1),
        newest_created_at=later(9),
    )
    assert groups[1].count == 1


async def test_a_family_is_found_whatever_became_of_it_but_not_when_dropped(store: Store) -> None:
    family = [alert(f"CN{n}A", family_key="f-1") for n in range(3)]
    await store.alerts.record([], [*family, alert("CN8A", family_key="f-2"), alert("CN9A")])
    await store.alerts.settle([family[1].key], AlertState.FOLDED)
    await store.alerts.settle([family[2].key], AlertState.DROPPED)
    found = await store.alerts.family(["f-1", "f-3"])
    assert found == [family[0], msgspec.structs.replace(family[1], state=AlertState.FOLDED)]
    assert await store.alerts.family([]) == []


async def test_a_plan_stores_its_deliveries_and_settles_its_alerts(store: Store) -> None:
    alerts = [alert(f"CN{n}A") for n in range(4)]
    await store.alerts.record([], alerts)
    planned = delivery("m-1", "CN2A", "CN0A")
    assert await store.alerts.plan([planned], [(alerts[0].key, "m-1"), (alerts[2].key, "m-1")], [alerts[1].key])
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


async def test_a_plan_is_refused_whole_when_one_of_its_alerts_waits_no_more(store: Store) -> None:
    alerts = [alert("CN1A"), alert("CN2A"), alert("CN3A")]
    await store.alerts.record([], alerts)
    await store.alerts.settle([alerts[2].key], AlertState.DROPPED)
    pairs = [(a.key, "m-1") for a in alerts]
    assert not await store.alerts.plan([delivery("m-1")], pairs, [])
    assert not await store.alerts.plan([delivery("m-1")], pairs[:2], [alerts[2].key])
    assert await store.deliveries.get("m-1") is None
    assert await store.alerts.pending("s-1", "d-1", limit=9) == alerts[:2]


async def test_a_plan_for_a_delivery_that_exists_is_refused(store: Store) -> None:
    await store.alerts.record([], [alert("CN1A"), alert("CN2A")])
    assert await store.alerts.plan([delivery("m-1")], [(alert("CN1A").key, "m-1")], [])
    assert not await store.alerts.plan([delivery("m-1", "CN2A")], [(alert("CN2A").key, "m-1")], [])
    assert len(await store.alerts.pending("s-1", "d-1", limit=9)) == 1


async def test_of_several_planners_in_two_processes_exactly_one_wins(store: Store, harness: Harness) -> None:
    other = (await harness.open()).store
    alerts = [alert(f"CN{n}A") for n in range(20)]
    await store.alerts.record([], alerts)
    won = await asyncio.gather(
        *(
            (store, other)[n % 2].alerts.plan([delivery(f"m-{n}")], [(a.key, f"m-{n}") for a in alerts], [])
            for n in range(8)
        )
    )
    assert sum(won) == 1
    assert len(await store.deliveries.recent()) == 1
