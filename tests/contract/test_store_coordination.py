"""What the store promises about leases, lanes and members: the same for all processes, whatever their clocks say."""

import asyncio

from shared.store.coordination import Lease, Member
from shared.store.port import Store
from tests.contract.harness import Harness

MINUTE = 60.0


async def acquire(store: Store, owner: str, *, seconds: float = 60, name: str = "watch-folder") -> Lease:
    lease = await store.leases.acquire(name, owner, seconds=seconds)
    assert lease is not None
    return lease


async def take(store: Store, turn: str, *, lane: str = "robot", calls: int = 2, window: float = 2) -> float:
    return await store.lanes.take(lane, turn, calls=calls, window_seconds=window, hold_seconds=1)


async def test_a_lease_has_one_owner_until_it_is_given_back(store: Store) -> None:
    mine = await acquire(store, "one")
    assert (mine.name, mine.owner) == ("watch-folder", "one")
    assert await store.leases.acquire("watch-folder", "two", seconds=60) is None
    assert await store.leases.acquire("another", "two", seconds=60) is not None
    await store.leases.release(mine)
    theirs = await acquire(store, "two")
    assert theirs.token > mine.token


async def test_a_lease_that_nobody_renews_is_over_when_its_time_is(store: Store, harness: Harness) -> None:
    mine = await acquire(store, "one", seconds=2)
    await harness.pass_time(2.1)
    theirs = await acquire(store, "two")
    assert theirs.token > mine.token


async def test_a_renewed_lease_lasts(store: Store, harness: Harness) -> None:
    mine = await acquire(store, "one", seconds=2)
    assert await store.leases.renew(mine, seconds=60)
    await harness.pass_time(2.1)
    assert await store.leases.acquire("watch-folder", "two", seconds=60) is None
    assert await store.leases.renew(mine, seconds=60)


async def test_a_holder_that_sleeps_past_its_lease_learns_it_taken_or_not(store: Store, harness: Harness) -> None:
    mine = await acquire(store, "one", seconds=2)
    await harness.pass_time(2.1)
    assert not await store.leases.renew(mine, seconds=60)
    theirs = await acquire(store, "two")
    assert not await store.leases.renew(mine, seconds=60)
    await store.leases.release(mine)
    assert await store.leases.held() == [theirs]
    assert await store.leases.renew(theirs, seconds=60)


async def test_an_owner_that_takes_its_lease_again_has_lost_the_one_before(store: Store) -> None:
    before = await acquire(store, "one")
    after = await acquire(store, "one")
    assert after.token > before.token
    assert not await store.leases.renew(before, seconds=60)
    await store.leases.release(before)
    assert await store.leases.renew(after, seconds=60)


async def test_of_many_that_want_a_lease_one_gets_it_and_tokens_grow_each_time(store: Store, harness: Harness) -> None:
    other = (await harness.open()).store
    tokens = []
    for _ in range(5):
        leases = await asyncio.gather(
            *((store, other)[n % 2].leases.acquire("watch-folder", str(n), seconds=60) for n in range(10))
        )
        (won,) = [lease for lease in leases if lease]
        tokens.append(won.token)
        await store.leases.release(won)
    assert tokens == sorted(set(tokens))


async def test_held_leases_are_those_that_are_not_over(store: Store, harness: Harness) -> None:
    await acquire(store, "one", name="b")
    await acquire(store, "two", name="a")
    await acquire(store, "one", name="c", seconds=2)
    await store.leases.release(await acquire(store, "one", name="d"))
    await harness.pass_time(2.1)
    assert [(lease.name, lease.owner) for lease in await store.leases.held()] == [("a", "two"), ("b", "one")]


async def test_clocks_hours_apart_change_nothing(store: Store, harness: Harness) -> None:
    for hours in (-5, 5):
        elsewhere = (await harness.open_elsewhere(hours_ahead=hours)).store
        mine = await acquire(store, "one")
        assert await elsewhere.leases.acquire("watch-folder", "two", seconds=60) is None
        await store.leases.release(mine)
        theirs = await acquire(elsewhere, "two")
        assert await store.leases.acquire("watch-folder", "one", seconds=60) is None
        assert await store.leases.held() == [theirs]
        await elsewhere.leases.release(theirs)
        for n in range(4):
            waits = await take((store, elsewhere)[n % 2], f"t-{n}", lane=str(hours), window=MINUTE)
            assert (waits == 0) == (n < 2)
        await store.members.beat("notifier", "one", seconds=60)
        assert await elsewhere.members.beat("notifier", "two", seconds=60) == ["one", "two"]
        assert len(await store.members.alive()) == 2


async def test_a_lane_gives_as_many_turns_as_may_count_and_says_how_long_to_wait(
    store: Store, harness: Harness
) -> None:
    assert [await take(store, "t-1"), await take(store, "t-2")] == [0.0, 0.0]
    wait = await take(store, "t-3")
    assert 0 < wait <= 3
    assert await take(store, "t-3", lane="another") == 0.0
    await harness.pass_time(wait + 0.1)
    assert await take(store, "t-3") == 0.0


async def test_asking_for_a_turn_that_is_taken_takes_no_other(store: Store) -> None:
    assert [await take(store, "t-1") for _ in range(3)] == [0.0, 0.0, 0.0]
    assert await take(store, "t-2") == 0.0
    assert [await take(store, "t-1"), await take(store, "t-2")] == [0.0, 0.0]
    assert await take(store, "t-3") > 0


async def test_a_turn_counts_for_the_window_after_its_call(store: Store, harness: Harness) -> None:
    assert await take(store, "t-1", calls=1) == 0.0
    await harness.pass_time(0.5)
    await store.lanes.done("robot", "t-1", window_seconds=2)
    await harness.pass_time(1)
    wait = await take(store, "t-2", calls=1)
    assert 0 < wait <= 1
    await harness.pass_time(wait + 0.1)
    assert await take(store, "t-2", calls=1) == 0.0


async def test_a_turn_that_is_never_done_counts_for_as_long_as_its_call_may_have_lasted(
    store: Store, harness: Harness
) -> None:
    assert await take(store, "t-1", calls=1) == 0.0
    await harness.pass_time(2.1)
    wait = await take(store, "t-2", calls=1)
    assert 0 < wait <= 0.9
    await store.lanes.done("robot", "t-9", window_seconds=2)
    assert 0 < await take(store, "t-2", calls=1) <= wait


async def test_forgetting_takes_only_what_counts_no_more(store: Store, harness: Harness) -> None:
    assert await take(store, "t-1", calls=1) == 0.0
    await store.lanes.forget()
    assert await take(store, "t-2", calls=1) > 0
    await harness.pass_time(3.1)
    await store.lanes.forget()
    assert await take(store, "t-2", calls=1) == 0.0


async def test_done_never_makes_a_turn_count_longer(store: Store, harness: Harness) -> None:
    assert await take(store, "t-1", calls=1) == 0.0
    await harness.pass_time(2)
    await store.lanes.done("robot", "t-1", window_seconds=2)
    assert 0 < await take(store, "t-2", calls=1) <= 1


async def test_of_many_that_ask_at_once_no_more_get_a_turn_than_may_count(store: Store, harness: Harness) -> None:
    other = (await harness.open()).store
    waits = await asyncio.gather(*(take((store, other)[n % 2], f"t-{n}", calls=20, window=MINUTE) for n in range(100)))
    assert sum(wait == 0 for wait in waits) == 20


async def test_a_lane_with_fewer_calls_than_before_waits_until_they_fit(store: Store, harness: Harness) -> None:
    for turn in ("t-1", "t-2", "t-3"):
        assert await take(store, turn, calls=3) == 0.0
        await harness.pass_time(0.5)
    wait = await take(store, "t-4", calls=1)
    assert 2 < wait <= 3


async def test_the_living_are_those_whose_beat_is_not_over(store: Store, harness: Harness) -> None:
    assert await store.members.beat("notifier", "b", seconds=2) == ["b"]
    assert await store.members.beat("notifier", "a", seconds=60) == ["a", "b"]
    assert await store.members.beat("ingest", "c", seconds=60) == ["c"]
    await harness.pass_time(2.1)
    assert await store.members.alive() == [
        Member(role="ingest", instance="c"),
        Member(role="notifier", instance="a"),
    ]
    assert await store.members.beat("notifier", "a", seconds=60) == ["a"]
    assert await store.members.beat("notifier", "b", seconds=60) == ["a", "b"]


async def test_a_process_that_stops_is_gone_at_once(store: Store) -> None:
    await store.members.beat("notifier", "a", seconds=60)
    await store.members.beat("notifier", "b", seconds=60)
    for _ in range(2):
        await store.members.leave("notifier", "a")
    assert await store.members.beat("notifier", "b", seconds=60) == ["b"]
