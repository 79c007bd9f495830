"""What the store promises about deliveries and their attempts: each sent by one process at a time, none forgotten."""

import asyncio

import msgspec
import pytest

from shared.errors import InvalidInputError, NotFoundError, Reason
from shared.store.port import Store
from shared.store.records import Attempt, Delivery, DeliveryState
from tests.contract.harness import Harness
from tests.contract.made import NOW, delivery, later


async def put(store: Store, *deliveries: Delivery) -> None:
    assert await store.alerts.plan(deliveries, [], [])


async def start(store: Store, delivery_id: str = "m-1", *, owner: str = "one", at: float = 0) -> Attempt:
    attempt = await store.deliveries.start(delivery_id, owner=owner, now=later(at), lease_until=later(at + 60))
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
    assert (found.state, found.attempts, found.owner, found.lease_until) == (
        DeliveryState.SENDING,
        1,
        "one",
        later(61),
    )


async def test_of_concurrent_starts_in_two_processes_exactly_one_wins(store: Store, harness: Harness) -> None:
    other = (await harness.open()).store
    await put(store, delivery())
    attempts = await asyncio.gather(
        *(
            (store, other)[n % 2].deliveries.start("m-1", owner=str(n), now=NOW, lease_until=later(60))
            for n in range(10)
        )
    )
    assert len([attempt for attempt in attempts if attempt]) == 1
    assert len(await store.deliveries.attempts("m-1")) == 1


async def test_what_does_not_wait_or_exist_cannot_be_started(store: Store) -> None:
    await put(store, delivery())
    attempt = await start(store)
    await store.deliveries.finish(attempt, state=DeliveryState.SENT, now=later(1))
    for unknown in ("m-1", "m-9"):
        assert await store.deliveries.start(unknown, owner="one", now=NOW, lease_until=later(9)) is None


async def test_a_sent_delivery_says_when_and_is_not_due_again(store: Store) -> None:
    await put(store, delivery())
    attempt = msgspec.structs.replace(await start(store), duration_seconds=0.25)
    await store.deliveries.finish(attempt, state=DeliveryState.SENT, now=later(2))
    found = await store.deliveries.get("m-1")
    assert found is not None
    assert (found.state, found.sent_at, found.owner, found.lease_until) == (DeliveryState.SENT, later(2), None, None)
    assert await ids_due(store, 1_000) == []
    (noted,) = await store.deliveries.attempts("m-1")
    assert (noted.outcome, noted.duration_seconds) == (DeliveryState.SENT, 0.25)


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


async def test_interrupted_are_those_of_this_owner_and_those_whose_lease_is_over(store: Store) -> None:
    await put(store, delivery("m-1"), delivery("m-2", at=later(1)), delivery("m-3", at=later(2)), delivery("m-4"))
    mine = await start(store, "m-1", owner="one")
    expired = await start(store, "m-2", owner="two")
    await start(store, "m-3", owner="two", at=30)
    found = await store.deliveries.interrupted(owner="one", now=later(60))
    assert [(d.id, a) for d, a in found] == [("m-1", mine), ("m-2", expired)]
    assert [d.id for d, _ in await store.deliveries.interrupted(owner="one", now=later(59))] == ["m-1"]
    assert await store.deliveries.interrupted(owner="three", now=later(59)) == []


async def test_the_last_attempt_has_the_last_word(store: Store) -> None:
    await put(store, delivery())
    slow = await start(store, owner="one")
    await store.deliveries.finish(slow, state=DeliveryState.WAITING, now=later(61), next_attempt_at=later(61))
    second = await start(store, owner="two", at=61)
    await store.deliveries.finish(slow, state=DeliveryState.DEAD, now=later(62))
    assert await state_of(store) is DeliveryState.SENDING
    await store.deliveries.finish(second, state=DeliveryState.SENT, now=later(63))
    assert await state_of(store) is DeliveryState.SENT
    assert [a.outcome for a in await store.deliveries.attempts("m-1")] == [DeliveryState.DEAD, DeliveryState.SENT]


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
    assert [d.id for d in await recent(state=DeliveryState.SENDING)] == ["m-2"]
    assert [d.id for d in await recent(destination_id="d-1")] == ["m-3", "m-1"]
    assert await recent(state=DeliveryState.SENDING, destination_id="d-1") == []


async def test_attempt_times_count_what_started_since_at_one_destination(store: Store) -> None:
    await put(store, delivery("m-1"), delivery("m-2"), delivery("m-3", destination_id="d-2"))
    await start(store, "m-2", at=20)
    await start(store, "m-1", at=10)
    await start(store, "m-3", at=15)
    assert await store.deliveries.attempt_times("d-1", since=NOW) == [later(10), later(20)]
    assert await store.deliveries.attempt_times("d-1", since=later(10.5)) == [later(20)]


async def test_states_are_counted_by_channel(store: Store) -> None:
    await put(store, delivery("m-1"), delivery("m-2"), delivery("m-3"))
    await start(store, "m-1")
    assert await store.deliveries.state_counts() == {
        ("email", DeliveryState.WAITING): 2,
        ("email", DeliveryState.SENDING): 1,
    }
