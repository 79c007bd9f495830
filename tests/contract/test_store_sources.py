"""What the store promises about the state of sources and about idempotency keys."""

import asyncio

import msgspec

from shared.store.coordination import Begun, Standing
from shared.store.port import Store
from tests.contract.harness import Harness
from tests.contract.made import later, source_state

ODD_NAMES = {"etag.$": 'W/"x"', "": "空"}


async def begin(store: Store, key: str = "k-1", digest: str = "a", *, seconds: float = 60) -> Begun:
    return await store.idempotency.begin(key, digest, lease_seconds=seconds)


async def test_a_source_s_state_is_saved_replaced_and_told_by_name(store: Store) -> None:
    assert await store.sources.get("ops") is None
    for name in ("ops", "feed:wipo"):
        await store.sources.save(msgspec.structs.replace(source_state(name), cursor=ODD_NAMES))
    silent = msgspec.structs.replace(
        source_state("ops", at=later(9), since="2026-01-05"),
        new_at=later(1),
        problem="来源没有回答。",
        problem_since=later(5),
        retry_at=later(6),
    )
    await store.sources.save(silent)
    assert await store.sources.get("ops") == silent
    assert [state.name for state in await store.sources.all()] == ["feed:wipo", "ops"]
    assert (await store.sources.all())[0].cursor == ODD_NAMES


async def test_a_request_is_done_once_and_its_answer_is_given_again(store: Store) -> None:
    first = await begin(store)
    assert first.standing is Standing.BEGUN
    assert (await begin(store)).standing is Standing.IN_PROGRESS
    assert (await begin(store, digest="b")).standing is Standing.DIFFERENT
    assert (await begin(store, "k-2")).standing is Standing.BEGUN
    assert await store.idempotency.finish("k-1", first.token, b'{"read": 1}\x00', keep_seconds=60)
    assert await begin(store) == Begun(standing=Standing.DONE, answer=b'{"read": 1}\x00')
    assert (await begin(store, digest="b")).standing is Standing.DIFFERENT


async def test_of_many_who_begin_the_same_request_one_may(store: Store) -> None:
    begun = await asyncio.gather(*(begin(store) for _ in range(8)))
    assert sorted(one.standing for one in begun) == [Standing.BEGUN, *[Standing.IN_PROGRESS] * 7]


async def test_a_request_whose_process_died_is_begun_anew_and_the_dead_cannot_finish_it(
    store: Store, harness: Harness
) -> None:
    dead = await begin(store, seconds=1)
    await harness.pass_time(1.1)
    heir = await begin(store, digest="b")
    assert heir.standing is Standing.BEGUN
    assert not await store.idempotency.finish("k-1", dead.token, b"late", keep_seconds=60)
    await store.idempotency.give_up("k-1", dead.token)
    assert (await begin(store, digest="b")).standing is Standing.IN_PROGRESS
    assert await store.idempotency.finish("k-1", heir.token, b"done", keep_seconds=60)
    assert not await store.idempotency.finish("k-1", heir.token, b"twice", keep_seconds=60)
    assert (await begin(store, digest="b")).answer == b"done"


async def test_a_request_that_was_given_up_may_be_begun_by_anybody(store: Store) -> None:
    begun = await begin(store)
    await store.idempotency.give_up("k-1", begun.token)
    again = await begin(store, digest="b")
    assert again.standing is Standing.BEGUN
    assert not await store.idempotency.finish("k-1", begun.token, b"late", keep_seconds=60)


async def test_an_answer_is_forgotten_when_its_time_is_over(store: Store, harness: Harness) -> None:
    begun = await begin(store)
    assert await store.idempotency.finish("k-1", begun.token, b"done", keep_seconds=1)
    await harness.pass_time(1.1)
    assert (await begin(store, digest="b")).standing is Standing.BEGUN
