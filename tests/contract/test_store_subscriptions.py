"""What the store promises about destinations, subscriptions and those who opt out."""

import asyncio
from datetime import UTC, datetime

import msgspec
import pytest

from shared.store.port import Store
from shared.store.records import AlertState
from shared.wire.subscription import DestinationState, Subscription
from tests.contract.harness import Harness
from tests.contract.made import alert, destination, subscription

RACERS = 10


async def pending(store: Store) -> list[tuple[str, str]]:
    return sorted((g.subscription_id, g.destination_id) for g in await store.alerts.pending_groups())


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


async def test_secrets_can_be_sealed_anew_and_stay_what_they_are_and_so_does_everything_else(store: Store) -> None:
    kept = [destination(f"d-{n}", address=f"li{n}@example.cn", secret="盐") for n in range(3)]
    for one in kept:
        await store.destinations.put(one)
    assert await store.destinations.reseal(limit=2) == (0, "d-1")  # they lie under the newest key
    assert await store.destinations.reseal(after="d-1", limit=2) == (0, "d-2")
    assert await store.destinations.reseal(after="d-2") == (0, None)
    assert await store.destinations.all() == kept


async def test_options_come_back_as_they_were_put(store: Store) -> None:
    put = destination("d-1", secret="盐", agent="1000002")
    await store.destinations.put(put)
    assert await store.destinations.get("d-1") == put


async def test_until_when_a_destination_wants_silence_is_kept_to_the_microsecond(store: Store) -> None:
    until = datetime(2026, 3, 1, 9, 30, 0, 123_457, tzinfo=UTC)
    await store.destinations.put(msgspec.structs.replace(destination("d-1"), muted_until=until))
    found = await store.destinations.get("d-1")
    assert found is not None
    assert found.muted_until == until


async def test_a_destination_is_disabled_with_its_reason_and_keeps_its_address(store: Store) -> None:
    active = msgspec.structs.replace(destination("d-1", secret="盐"), state=DestinationState.ACTIVE)
    disabled = msgspec.structs.replace(active, state=DestinationState.DISABLED, state_reason="邮箱不存在")
    await store.destinations.put(active)
    assert await store.destinations.replace(active, disabled)
    assert await store.destinations.get("d-1") == disabled
    assert await store.destinations.replace(disabled, active)
    assert await store.destinations.get("d-1") == active


async def test_a_destination_is_replaced_by_who_read_it_last_alone(store: Store) -> None:
    first, other = destination("d-1", secret="盐"), destination("d-1", address="zhao@example.cn")
    assert not await store.destinations.replace(first, other)
    assert await store.destinations.get("d-1") is None
    assert await store.destinations.replace(None, first)
    assert not await store.destinations.replace(None, other)
    assert not await store.destinations.replace(destination("d-1", secret="糖"), other)
    assert await store.destinations.get("d-1") == first
    assert await store.destinations.replace(first, other)
    assert await store.destinations.get("d-1") == other


async def test_of_many_who_change_one_destination_at_once_nobody_undoes_what_another_did(
    store: Store, harness: Harness
) -> None:
    stores = (store, (await harness.open()).store)
    await store.destinations.put(destination("d-1"))

    async def note(n: int) -> None:
        ours = stores[n % 2].destinations
        while (now := await ours.get("d-1")) is not None:
            noted = msgspec.structs.replace(now, options={**now.options, f"by-{n}": "盐"})
            if await ours.replace(now, noted):
                return

    await asyncio.gather(*map(note, range(RACERS)))
    found = await store.destinations.get("d-1")
    assert found is not None
    assert set(found.options) == {f"by-{n}" for n in range(RACERS)}


async def test_of_many_who_add_the_same_at_once_one_succeeds(store: Store, harness: Harness) -> None:
    stores = (store, (await harness.open()).store)
    wanted = [destination("d-1", address=f"li{n}@example.cn") for n in range(RACERS)]
    added = await asyncio.gather(*(stores[n % 2].destinations.replace(None, one) for n, one in enumerate(wanted)))
    assert sum(added) == 1
    assert await store.destinations.get("d-1") == wanted[added.index(True)]
    asked = [subscription("s-1", profiles=(f"p-{n}",)) for n in range(RACERS)]
    added = await asyncio.gather(*(stores[n % 2].subscriptions.replace(None, one) for n, one in enumerate(asked)))
    assert sum(added) == 1
    assert await store.subscriptions.get("s-1") == asked[added.index(True)]


async def test_removing_a_destination_drops_only_its_waiting_alerts(store: Store) -> None:
    await store.destinations.put(destination("d-1"))
    await store.subscriptions.put(subscription("s-1", destinations=("d-1", "d-2")))
    await store.alerts.record([], [alert("CN1A"), alert("CN1A", destination_id="d-2"), alert("CN2A")])
    await store.alerts.settle([alert("CN2A").key], AlertState.FOLDED)
    assert await store.destinations.remove("d-1")
    assert await pending(store) == [("s-1", "d-2")]
    assert await store.alerts.state_counts() == {
        AlertState.DROPPED: 1,
        AlertState.FOLDED: 1,
        AlertState.PENDING: 1,
    }


async def test_a_subscription_comes_back_with_all_that_it_wishes(store: Store) -> None:
    wishes = {"schedule": "daily@09:10", "quiet": "22:00-08:00", "cap": 5, "workdays": True, "corrections": True}
    put = msgspec.structs.replace(subscription("s-1"), **wishes)
    await store.subscriptions.put(put)
    assert await store.subscriptions.get("s-1") == put


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


async def told(store: Store, after: int = 0, *, limit: int = 100) -> tuple[dict[str, Subscription | None], int]:
    """Every change after the mark, asked for in pages, and the mark to go on from."""
    found: dict[str, Subscription | None] = {}
    while changes := await store.subscriptions.changes(after=after, limit=limit):
        found.update((change.subscription_id, change.subscription) for change in changes)
        marks = [change.mark for change in changes]
        assert marks == sorted(set(marks))
        assert marks[0] > after
        after = marks[-1]
    return found, after


@pytest.mark.parametrize("limit", [1, 100])
async def test_whoever_keeps_subscriptions_in_memory_hears_of_every_change(
    store: Store, harness: Harness, limit: int
) -> None:
    other = (await harness.open()).store
    for subscription_id in ("s-1", "s-2", "s-3"):
        await store.subscriptions.put(subscription(subscription_id, destinations=("d-1", "d-2")))
    first, mark = await told(store, limit=limit)
    assert list(first) == ["s-1", "s-2", "s-3"]
    assert await told(store, mark) == ({}, mark)
    await other.subscriptions.put(subscription("s-1", profiles=("p-9",)))
    await other.subscriptions.remove("s-2")
    await other.subscriptions.remove("s-8")
    await store.subscriptions.opt_out("s-3", "d-2")
    then, mark = await told(store, mark, limit=limit)
    assert then["s-1"] == subscription("s-1", profiles=("p-9",))
    assert then["s-2"] is None
    assert then["s-3"] is not None
    assert then["s-3"].opted_out == ("d-2",)
    await other.subscriptions.put(subscription("s-2"))
    again, _ = await told(store, mark, limit=limit)
    assert again == {"s-2": subscription("s-2")}


async def test_no_change_is_missed_while_others_are_made(store: Store, harness: Harness) -> None:
    other = (await harness.open()).store
    heard: dict[str, Subscription | None] = {}
    mark = 0
    for turn in range(5):
        names = [f"s-{turn}-{n}" for n in range(10)]
        async with asyncio.TaskGroup() as writers:
            for n, name in enumerate(names):
                writers.create_task((store, other)[n % 2].subscriptions.put(subscription(name)))
            during, mark = await told(store, mark)
        after, mark = await told(store, mark)
        heard |= during | after
        assert set(names) <= set(heard)


async def test_many_are_found_by_their_ids(store: Store) -> None:
    for n in (1, 2, 3):
        await store.subscriptions.put(subscription(f"s-{n}"))
        await store.destinations.put(destination(f"d-{n}", secret="盐"))
    assert await store.subscriptions.many(["s-3", "s-1", "s-9"]) == {n: subscription(n) for n in ("s-1", "s-3")}
    found = await store.destinations.many(["d-3", "d-1", "d-9"])
    assert found == {n: destination(n, secret="盐") for n in ("d-1", "d-3")}
    assert await store.subscriptions.many([]) == {}
    assert await store.destinations.many([]) == {}


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


async def test_a_subscription_is_replaced_only_where_it_is_still_as_it_was_read(store: Store, harness: Harness) -> None:
    other = (await harness.open()).store.subscriptions
    read, wanted = subscription("s-1"), subscription("s-1", profiles=("p-1", "p-2"))
    assert not await other.replace(read, wanted)
    assert await store.subscriptions.get("s-1") is None
    await store.subscriptions.put(read)
    assert await other.replace(read, wanted)
    assert not await store.subscriptions.replace(read, subscription("s-1", profiles=("p-1", "p-3")))
    assert await store.subscriptions.get("s-1") == wanted
    await store.subscriptions.opt_out("s-1", "d-1")
    assert not await other.replace(wanted, read)
    found = await store.subscriptions.changes(after=0, limit=10)
    assert [change.subscription and change.subscription.opted_out for change in found] == [("d-1",)]


async def test_of_several_that_replace_the_same_content_one_does(store: Store, harness: Harness) -> None:
    stores = [store, (await harness.open()).store]
    await store.subscriptions.put(subscription("s-1"))
    wanted = [subscription("s-1", profiles=(f"p-{n}",)) for n in range(2, 6)]
    done = await asyncio.gather(
        *(stores[n % 2].subscriptions.replace(subscription("s-1"), one) for n, one in enumerate(wanted))
    )
    assert done.count(True) == 1
    assert await store.subscriptions.get("s-1") == wanted[done.index(True)]


async def test_opting_out_of_what_is_gone_says_so(store: Store) -> None:
    assert not await store.subscriptions.opt_out("s-9", "d-1")


async def test_a_token_stands_for_what_it_was_saved_for(store: Store) -> None:
    await store.subscriptions.save_tokens([("hash", "s-1", "d-1"), ("more", "s-2", "d-1")])
    await store.subscriptions.save_tokens([("hash", "s-1", "d-1")])
    await store.subscriptions.save_tokens([])
    assert await store.subscriptions.find_token("more") == ("s-2", "d-1")
    assert await store.subscriptions.find_token("hash") == ("s-1", "d-1")
    assert await store.subscriptions.find_token("other") is None
