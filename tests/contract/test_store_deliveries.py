"""What the store promises about deliveries and their attempts: each sent by one process at a time, none forgotten."""

import asyncio

import msgspec
import pytest

from shared.errors import InvalidInputError, NotFoundError, Reason
from shared.store.buckets import bucket_of
from shared.store.filed import Position
from shared.store.port import Store
from shared.store.positions import of_delivery
from shared.store.records import Attempt, Delivery, DeliveryState, GroupPlan, WantedDeliveries
from shared.wire.subscription import Channel
from tests.contract.harness import Harness
from tests.contract.made import NOW, delivery, later


async def put(store: Store, *deliveries: Delivery) -> None:
    assert await store.alerts.plan([GroupPlan(deliveries=deliveries, planned=())]) == [True]


async def start(
    store: Store, delivery_id: str = "m-1", *, owner: str = "one", at: float = 0, lease: float = 60
) -> Attempt:
    attempt = await store.deliveries.start(delivery_id, owner=owner, now=later(at), lease_seconds=lease)
    assert attempt is not None
    return attempt


async def state_of(store: Store, delivery_id: str = "m-1") -> DeliveryState:
    found = await store.deliveries.get(delivery_id)
    assert found is not None
    return found.state


async def ids_due(store: Store, at: float, *, limit: int = 10, without: frozenset[str] = frozenset()) -> list[str]:
    return [d.id for d in await store.deliveries.due(later(at), limit=limit, excluded_destinations=without)]


async def test_due_are_those_whose_time_has_come_longest_due_first_pages_in_order(store: Store) -> None:
    await put(
        store,
        delivery("m-2", page=2, due=later(5)),
        delivery("m-1", page=1, due=later(5)),
        delivery("m-3", destination_id="d-2", due=later(1)),
        delivery("m-4", due=later(100)),
    )
    assert await ids_due(store, 5) == ["m-3", "m-1", "m-2"]
    assert await ids_due(store, 5, limit=2) == ["m-3", "m-1"]
    assert await ids_due(store, 5, without=frozenset({"d-1", "d-9"})) == ["m-3"]
    assert await ids_due(store, 0.5) == []


async def test_due_can_leave_out_channels(store: Store) -> None:
    await put(
        store,
        msgspec.structs.replace(delivery("m-1"), channel=Channel.FEISHU),
        msgspec.structs.replace(delivery("m-2", destination_id="d-2"), channel=Channel.WEBHOOK),
    )
    left = await store.deliveries.due(later(5), limit=9, excluded_channels=frozenset({"webhook", "hooks.example.cn"}))
    assert [d.id for d in left] == ["m-1"]


async def test_due_can_be_asked_for_by_bucket_of_destination(store: Store) -> None:
    await put(store, *(delivery(f"m-{n:02}", destination_id=f"d-{n}", due=later(n)) for n in range(20)))
    mine = frozenset(bucket_of(f"d-{n}") for n in (3, 7, 11))
    expected = [f"m-{n:02}" for n in range(20) if bucket_of(f"d-{n}") in mine]
    assert [d.id for d in await store.deliveries.due(later(30), limit=20, buckets=mine)] == expected
    assert [d.id for d in await store.deliveries.due(later(30), limit=2, buckets=mine)] == expected[:2]
    assert await store.deliveries.due(later(30), limit=20, buckets=frozenset()) == []
    but_one = await store.deliveries.due(later(30), limit=20, buckets=mine, excluded_destinations=frozenset({"d-3"}))
    assert [d.id for d in but_one] == [name for name in expected if name != "m-03"]


async def test_the_next_due_moment_is_that_of_the_next_waiting_delivery(store: Store) -> None:
    assert await store.deliveries.next_due_at() is None
    await put(store, delivery("m-1", due=later(7)), delivery("m-2", due=later(3)))
    assert await store.deliveries.next_due_at() == later(3)
    await start(store, "m-2")
    assert await store.deliveries.next_due_at() == later(7)


async def test_starting_writes_the_attempt_down_first(store: Store) -> None:
    await put(store, delivery())
    attempt = await start(store, at=1)
    assert attempt == Attempt(delivery_id="m-1", destination_id="d-1", number=1, started_at=later(1))
    assert await store.deliveries.attempts("m-1") == [attempt]
    found = await store.deliveries.get("m-1")
    assert found is not None
    assert (found.state, found.attempts, found.owner) == (DeliveryState.SENDING, 1, "one")
    assert found.lease_until is not None


async def test_of_concurrent_starts_in_two_processes_exactly_one_wins(store: Store, harness: Harness) -> None:
    other = (await harness.open()).store
    await put(store, delivery())
    attempts = await asyncio.gather(
        *((store, other)[n % 2].deliveries.start("m-1", owner=str(n), now=NOW, lease_seconds=60) for n in range(10))
    )
    assert len([attempt for attempt in attempts if attempt]) == 1
    assert len(await store.deliveries.attempts("m-1")) == 1


async def test_what_does_not_wait_or_exist_cannot_be_started(store: Store) -> None:
    await put(store, delivery())
    attempt = await start(store)
    await store.deliveries.finish(attempt, state=DeliveryState.SENT, now=later(1))
    for unknown in ("m-1", "m-9"):
        assert await store.deliveries.start(unknown, owner="one", now=NOW, lease_seconds=9) is None


async def test_a_sent_delivery_says_when_and_is_not_due_again(store: Store) -> None:
    await put(store, delivery())
    attempt = msgspec.structs.replace(await start(store), duration_seconds=0.25, message_id="msg-1")
    await store.deliveries.finish(attempt, state=DeliveryState.SENT, now=later(2))
    found = await store.deliveries.get("m-1")
    assert found is not None
    assert (found.state, found.sent_at, found.owner, found.lease_until) == (DeliveryState.SENT, later(2), None, None)
    assert await ids_due(store, 1_000) == []
    (noted,) = await store.deliveries.attempts("m-1")
    assert (noted.outcome, noted.duration_seconds, noted.message_id) == (DeliveryState.SENT, 0.25, "msg-1")


async def test_a_failed_attempt_leaves_its_reason_and_the_next_moment(store: Store) -> None:
    await put(store, delivery())
    failed = msgspec.structs.replace(
        await start(store), reason=Reason.RATE_LIMITED, vendor_code="45009", detail="发送太快"
    )
    await store.deliveries.finish(failed, state=DeliveryState.WAITING, now=later(1), next_attempt_at=later(30))
    found = await store.deliveries.get("m-1")
    assert found is not None
    assert (found.reason, found.vendor_code, found.detail) == (Reason.RATE_LIMITED, "45009", "发送太快")
    assert await ids_due(store, 29) == []
    assert await ids_due(store, 30) == ["m-1"]
    second = await start(store, at=30)
    assert second.number == 2
    await store.deliveries.finish(second, state=DeliveryState.SENT, now=later(31))
    assert [a.outcome for a in await store.deliveries.attempts("m-1")] == [DeliveryState.WAITING, DeliveryState.SENT]


async def test_waiting_again_needs_a_moment(store: Store) -> None:
    await put(store, delivery())
    with pytest.raises(ValueError, match="next_attempt_at"):
        await store.deliveries.finish(await start(store), state=DeliveryState.WAITING, now=NOW)


async def test_interrupted_are_those_of_this_owner_and_those_whose_lease_is_over(
    store: Store, harness: Harness
) -> None:
    other = (await harness.open_elsewhere(hours_ahead=5)).store
    await put(store, *(delivery(f"m-{n}", destination_id=f"d-{n}", at=later(n)) for n in range(1, 5)))
    mine = await start(store, "m-1", owner="one")
    expired = await start(other, "m-2", owner="two", lease=2)
    await start(other, "m-3", owner="two")
    assert [d.id for d, _ in await store.deliveries.interrupted(owner="one")] == ["m-1"]
    assert await other.deliveries.interrupted(owner="three") == []
    await harness.pass_time(2.1)
    found = await store.deliveries.interrupted(owner="one")
    assert [(d.id, a) for d, a in found] == [("m-1", mine), ("m-2", expired)]
    assert [d.id for d, _ in await other.deliveries.interrupted(owner="three")] == ["m-2"]


async def test_messages_to_one_destination_go_one_after_another_whoever_sends_them(
    store: Store, harness: Harness
) -> None:
    other = (await harness.open()).store
    await put(store, delivery("m-1"), delivery("m-2", page=2), delivery("m-3", destination_id="d-2"))
    first = await start(store, "m-1", owner="one")
    assert await other.deliveries.start("m-2", owner="two", now=NOW, lease_seconds=60) is None
    assert await state_of(store, "m-2") is DeliveryState.WAITING
    await start(other, "m-3", owner="two")
    await store.deliveries.finish(first, state=DeliveryState.SENT, now=later(1))
    await start(other, "m-2", owner="two")


async def test_of_two_messages_to_one_destination_that_start_at_once_one_does(store: Store, harness: Harness) -> None:
    other = (await harness.open()).store
    await put(store, *(delivery(f"m-{n}", page=n) for n in range(1, 11)))
    attempts = await asyncio.gather(
        *(
            (store, other)[n % 2].deliveries.start(f"m-{n}", owner=str(n), now=NOW, lease_seconds=60)
            for n in range(1, 11)
        )
    )
    assert len([attempt for attempt in attempts if attempt]) == 1


async def test_of_many_that_start_and_end_at_once_each_gets_its_own_and_one_that_fails_harms_no_other(
    store: Store,
) -> None:
    await put(store, *(delivery(f"m-{n}", destination_id=f"d-{n}") for n in range(20)))
    ids = [f"m-{n}" for n in range(20)]
    *begun, unknown = await asyncio.gather(
        *(store.deliveries.start(one, owner="one", now=NOW, lease_seconds=60) for one in (*ids, "m-99"))
    )
    attempts = [attempt for attempt in begun if attempt is not None]
    assert [attempt.delivery_id for attempt in attempts] == ids
    assert unknown is None
    never = Attempt(delivery_id="m-5", destination_id="d-5", number=7, started_at=NOW)
    ends = await asyncio.gather(
        *(store.deliveries.finish(one, state=DeliveryState.SENT, now=later(1)) for one in (*attempts[:9], never)),
        store.deliveries.finish(attempts[9], state=DeliveryState.WAITING, now=later(1), next_attempt_at=later(5)),
        return_exceptions=True,
    )
    assert [end for end in ends if end is not None] == [ends[9]]
    assert isinstance(ends[9], NotFoundError)
    states = [await state_of(store, one) for one in ids]
    assert states == [DeliveryState.SENT] * 9 + [DeliveryState.WAITING] + [DeliveryState.SENDING] * 10


async def test_an_end_that_cannot_be_stored_harms_none_that_comes_at_the_same_moment(store: Store) -> None:
    await put(store, *(delivery(f"m-{n}", destination_id=f"d-{n}") for n in range(5)))
    attempts = [await start(store, f"m-{n}") for n in range(5)]
    attempts[2] = msgspec.structs.replace(attempts[2], detail="\ud800")
    ends = await asyncio.gather(
        *(store.deliveries.finish(one, state=DeliveryState.SENT, now=later(1)) for one in attempts),
        return_exceptions=True,
    )
    assert [number for number, end in enumerate(ends) if end is not None] == [2]
    states = [await state_of(store, f"m-{n}") for n in range(5)]
    assert states == [DeliveryState.SENDING if n == 2 else DeliveryState.SENT for n in range(5)]


async def test_of_two_ends_of_one_attempt_that_are_said_at_once_it_is_believed_that_the_vendor_took_the_message(
    store: Store,
) -> None:
    await put(store, delivery())
    unclear = msgspec.structs.replace(await start(store), ambiguous=True)
    await asyncio.gather(
        store.deliveries.finish(unclear, state=DeliveryState.SENT, now=later(1)),
        store.deliveries.finish(unclear, state=DeliveryState.WAITING, now=later(1), next_attempt_at=later(5)),
    )
    found = await store.deliveries.get("m-1")
    assert found is not None
    assert (found.state, found.ambiguous) == (DeliveryState.SENT, 1)


async def test_a_delivery_follows_its_last_attempt_only(store: Store) -> None:
    await put(store, delivery())
    slow = await start(store, owner="one")
    await store.deliveries.finish(slow, state=DeliveryState.WAITING, now=later(61), next_attempt_at=later(61))
    second = await start(store, owner="two", at=61)
    await store.deliveries.finish(slow, state=DeliveryState.SENT, now=later(62))
    assert await state_of(store) is DeliveryState.SENDING
    failed = msgspec.structs.replace(second, reason=Reason.TIMEOUT)
    await store.deliveries.finish(failed, state=DeliveryState.DEAD, now=later(63))
    assert await state_of(store) is DeliveryState.DEAD
    assert [a.outcome for a in await store.deliveries.attempts("m-1")] == [DeliveryState.SENT, DeliveryState.DEAD]


async def test_whoever_takes_a_sender_for_dead_cannot_undo_what_it_wrote_down(store: Store) -> None:
    await put(store, delivery())
    await start(store, owner="one", lease=0)
    ((_, attempt),) = await store.deliveries.interrupted(owner="two")
    await store.deliveries.finish(attempt, state=DeliveryState.SENT, now=later(1))
    interrupted = msgspec.structs.replace(attempt, ambiguous=True, reason=Reason.INTERRUPTED)
    await store.deliveries.finish(interrupted, state=DeliveryState.WAITING, now=later(2), next_attempt_at=later(2))
    found = await store.deliveries.get("m-1")
    assert found is not None
    assert (found.state, found.sent_at, found.ambiguous) == (DeliveryState.SENT, later(1), 0)


async def test_a_sender_taken_for_dead_can_still_say_that_the_vendor_took_the_message(store: Store) -> None:
    await put(store, delivery())
    attempt = await start(store)
    await store.deliveries.finish(attempt, state=DeliveryState.WAITING, now=later(1), next_attempt_at=later(1))
    await store.deliveries.finish(attempt, state=DeliveryState.SENT, now=later(2))
    assert await state_of(store) is DeliveryState.SENT
    assert await ids_due(store, 1_000) == []


async def test_ambiguous_attempts_are_counted_on_their_delivery_each_once(store: Store) -> None:
    await put(store, delivery())
    for at in range(2):
        attempt = msgspec.structs.replace(await start(store, at=at), ambiguous=True)
        for _ in range(2):
            await store.deliveries.finish(
                attempt, state=DeliveryState.WAITING, now=later(at), next_attempt_at=later(at + 1)
            )
    clear = await start(store, at=2)
    await store.deliveries.finish(clear, state=DeliveryState.SENT, now=later(3))
    found = await store.deliveries.get("m-1")
    assert found is not None
    assert (found.attempts, found.ambiguous) == (3, 2)


async def test_an_attempt_that_was_never_started_cannot_end(store: Store) -> None:
    await put(store, delivery())
    never = Attempt(delivery_id="m-1", destination_id="d-1", number=1, started_at=NOW)
    with pytest.raises(NotFoundError, match="m-1"):
        await store.deliveries.finish(never, state=DeliveryState.SENT, now=NOW)
    assert await state_of(store) is DeliveryState.WAITING


@pytest.mark.parametrize("state", [DeliveryState.DEAD, DeliveryState.HELD])
async def test_a_person_can_retry_what_is_dead_or_held(store: Store, state: DeliveryState) -> None:
    await put(store, delivery())
    await store.deliveries.finish(await start(store), state=state, now=later(1))
    await store.deliveries.retry("m-1", now=later(500))
    assert await ids_due(store, 500) == ["m-1"]
    assert (await start(store, at=500)).number == 2


async def test_retrying_anything_else_says_why_not(store: Store) -> None:
    await put(store, delivery())
    with pytest.raises(InvalidInputError, match="m-1"):
        await store.deliveries.retry("m-1", now=NOW)
    with pytest.raises(NotFoundError, match="m-9"):
        await store.deliveries.retry("m-9", now=NOW)


async def test_recent_are_newest_first_by_state_and_destination(store: Store) -> None:
    await put(
        store,
        delivery("m-1", at=later(1)),
        delivery("m-3", at=later(3)),
        delivery("m-2", at=later(2), destination_id="d-2"),
    )
    await start(store, "m-2")
    recent = store.deliveries.recent
    assert [d.id for d in await recent()] == ["m-3", "m-2", "m-1"]
    assert [d.id for d in await recent(limit=1)] == ["m-3"]
    assert [d.id for d in await recent(WantedDeliveries(state=DeliveryState.SENDING))] == ["m-2"]
    assert [d.id for d in await recent(WantedDeliveries(destination_id="d-1"))] == ["m-3", "m-1"]
    assert await recent(WantedDeliveries(state=DeliveryState.SENDING, destination_id="d-1")) == []


async def test_a_tenants_deliveries_are_paged_through_whatever_shares_a_moment(store: Store) -> None:
    await put(
        store,
        *(delivery(f"m-{n}", at=later(n // 3), destination_id=f"d-{n % 3}", page=n) for n in (4, 1, 6, 0, 3, 5, 2)),
    )
    mine = WantedDeliveries(destination_ids=("d-0", "d-1", "d-7"))
    seen: list[Delivery] = []
    while page := await store.deliveries.recent(mine, after=of_delivery(seen[-1]) if seen else None, limit=2):
        seen += page
    assert [d.id for d in seen] == ["m-6", "m-4", "m-3", "m-1", "m-0"]
    assert await store.deliveries.ids(WantedDeliveries(destination_ids=())) == []
    assert len(await store.deliveries.recent(WantedDeliveries(subscription_ids=("s-1", "s-2")))) == 7
    assert await store.deliveries.recent(WantedDeliveries(subscription_ids=("s-2",))) == []
    with pytest.raises(InvalidInputError, match="第一页"):
        await store.deliveries.recent(after=Position("yesterday", "m-1"))


async def test_states_are_counted_by_channel(store: Store) -> None:
    await put(store, delivery("m-1"), delivery("m-2"), delivery("m-3"))
    await start(store, "m-1")
    assert await store.deliveries.state_counts() == {
        ("email", DeliveryState.WAITING): 2,
        ("email", DeliveryState.SENDING): 1,
    }


async def test_deliveries_can_be_asked_for_by_everything_that_a_person_knows_of_them(store: Store) -> None:
    made = [
        msgspec.structs.replace(delivery("m-1"), channel=Channel.FEISHU, created_at=later(1)),
        msgspec.structs.replace(delivery("m-2", destination_id="d-2"), channel=Channel.WEBHOOK, created_at=later(2)),
        msgspec.structs.replace(delivery("m-3", destination_id="d-3"), subscription_id="other", created_at=later(3)),
    ]
    await put(store, *made)
    attempt = await start(store, "m-2")
    await store.deliveries.finish(attempt, state=DeliveryState.DEAD, now=later(9))

    async def found(wanted: WantedDeliveries) -> list[str]:
        ids = await store.deliveries.ids(wanted)
        assert [d.id for d in await store.deliveries.recent(wanted)] == ids[::-1]
        assert await store.deliveries.ids(wanted, limit=2) == ids[:2]
        return ids

    assert await found(WantedDeliveries()) == ["m-1", "m-2", "m-3"]
    assert await found(WantedDeliveries(state=DeliveryState.DEAD)) == ["m-2"]
    assert await found(WantedDeliveries(state=DeliveryState.DEAD, channel=Channel.FEISHU)) == []
    assert await found(WantedDeliveries(channel=Channel.FEISHU)) == ["m-1"]
    assert await found(WantedDeliveries(destination_id="d-3")) == ["m-3"]
    assert await found(WantedDeliveries(subscription_id="other")) == ["m-3"]
    assert await found(WantedDeliveries(since=later(2))) == ["m-2", "m-3"]
    assert await found(WantedDeliveries(since=later(2), before=later(3))) == ["m-2"]
