"""What the store promises about destinations, subscriptions and those who opt out."""

import msgspec
import pytest

from shared.errors import NotFoundError
from shared.store.port import Store
from shared.store.records import AlertState
from shared.wire.subscription import DestinationState
from tests.contract.made import alert, destination, subscription


async def pending(store: Store) -> list[tuple[str, str]]:
    return [(g.subscription_id, g.destination_id) for g in await store.alerts.pending_groups()]


async def test_destinations_are_added_replaced_listed_by_id_and_removed(store: Store) -> None:
    await store.destinations.put(destination("d-2", address="li@example.cn", secret="盐"))
    await store.destinations.put(destination("d-1"))
    moved = destination("d-2", address="zhao@example.cn")
    await store.destinations.put(moved)
    assert await store.destinations.all() == [destination("d-1"), moved]
    assert await store.destinations.get("d-2") == moved
    assert await store.destinations.remove("d-2")
    assert not await store.destinations.remove("d-2")
    assert await store.destinations.get("d-2") is None


async def test_options_come_back_as_they_were_put(store: Store) -> None:
    put = destination("d-1", secret="盐", agent="1000002")
    await store.destinations.put(put)
    assert await store.destinations.get("d-1") == put


async def test_a_destination_is_disabled_with_its_reason_and_keeps_its_address(store: Store) -> None:
    await store.destinations.put(destination("d-1", secret="盐"))
    await store.destinations.set_state("d-1", DestinationState.DISABLED, "邮箱不存在")
    found = await store.destinations.get("d-1")
    assert found == msgspec.structs.replace(
        destination("d-1", secret="盐"), state=DestinationState.DISABLED, state_reason="邮箱不存在"
    )
    with pytest.raises(NotFoundError, match="d-9"):
        await store.destinations.set_state("d-9", DestinationState.ACTIVE, None)


async def test_removing_a_destination_drops_only_its_waiting_alerts(store: Store) -> None:
    await store.destinations.put(destination("d-1"))
    await store.alerts.record([], [alert("CN1A"), alert("CN1A", destination_id="d-2"), alert("CN2A")])
    await store.alerts.settle([alert("CN2A").key], AlertState.FOLDED)
    assert await store.destinations.remove("d-1")
    assert await pending(store) == [("s-1", "d-2")]
    assert await store.alerts.state_counts() == {
        AlertState.DROPPED: 1,
        AlertState.FOLDED: 1,
        AlertState.PENDING: 1,
    }


async def test_subscriptions_are_added_replaced_listed_by_id_and_removed(store: Store) -> None:
    await store.subscriptions.put(subscription("s-2"))
    await store.subscriptions.put(subscription("s-1"))
    paused = msgspec.structs.replace(subscription("s-2"), paused=True)
    await store.subscriptions.put(paused)
    assert await store.subscriptions.all() == [subscription("s-1"), paused]
    assert await store.subscriptions.get("s-2") == paused
    assert await store.subscriptions.remove("s-2")
    assert not await store.subscriptions.remove("s-2")
    assert await store.subscriptions.get("s-2") is None


async def test_subscriptions_are_found_by_any_of_their_profiles(store: Store) -> None:
    await store.subscriptions.put(subscription("s-1", profiles=("p-1", "p-2", "p-1")))
    await store.subscriptions.put(subscription("s-2", profiles=("p-2",)))
    await store.subscriptions.put(subscription("s-3", profiles=("p-3",)))
    assert [s.id for s in await store.subscriptions.for_profiles(["p-2", "p-1"])] == ["s-1", "s-2"]
    await store.subscriptions.put(subscription("s-1", profiles=("p-3",)))
    assert [s.id for s in await store.subscriptions.for_profiles(["p-2", "p-1"])] == ["s-2"]
    await store.subscriptions.remove("s-2")
    assert await store.subscriptions.for_profiles(["p-2"]) == []
    assert await store.subscriptions.for_profiles([]) == []


async def test_removing_a_subscription_drops_its_waiting_alerts(store: Store) -> None:
    await store.subscriptions.put(subscription("s-1"))
    await store.alerts.record([], [alert(), alert(subscription_id="s-2")])
    await store.subscriptions.remove("s-1")
    assert await pending(store) == [("s-2", "d-1")]


async def test_opting_out_drops_what_waits_there_and_nothing_else(store: Store) -> None:
    await store.subscriptions.put(subscription("s-1", destinations=("d-1", "d-2")))
    await store.alerts.record([], [alert(), alert(destination_id="d-2"), alert(subscription_id="s-2")])
    assert await store.subscriptions.opt_out("s-1", "d-1")
    assert await store.subscriptions.opt_out("s-1", "d-1")
    found = await store.subscriptions.get("s-1")
    assert found is not None
    assert found.opted_out == ("d-1",)
    assert await pending(store) == [("s-1", "d-2"), ("s-2", "d-1")]


async def test_opting_out_of_what_is_gone_says_so(store: Store) -> None:
    assert not await store.subscriptions.opt_out("s-9", "d-1")


async def test_a_token_stands_for_what_it_was_saved_for(store: Store) -> None:
    await store.subscriptions.save_token("hash", "s-1", "d-1")
    await store.subscriptions.save_token("hash", "s-1", "d-1")
    assert await store.subscriptions.find_token("hash") == ("s-1", "d-1")
    assert await store.subscriptions.find_token("other") is None
