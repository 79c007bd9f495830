"""What the bus promises about consumer groups."""

import asyncio
import contextlib
import random
import time

import pytest

from shared.bus.port import Bus, Consumer, Received, Record
from shared.bus.topics import PUBLICATIONS, Topic
from shared.errors import PartitionLostError
from tests.contract.harness import Harness

WIDE = Topic(name="contract.wide.v1")
PARTITIONS = 4


@pytest.fixture
async def wide(bus: Bus) -> Topic:
    await bus.create([WIDE], partitions=PARTITIONS)
    await bus.append(WIDE, [Record(key=str(n), value=str(n).encode()) for n in range(40)])
    return WIDE


async def drain(consumer: Consumer) -> list[Received]:
    received = []
    while batch := await consumer.poll(7, 0):
        received += batch
    return received


def keys(received: list[Received]) -> list[int]:
    return sorted(int(record.key) for record in received)


async def test_a_lone_member_gets_everything_once(bus: Bus, wide: Topic) -> None:
    async with bus.consumer(wide, "g") as consumer:
        assert keys(await drain(consumer)) == list(range(40))
        assert consumer.assignment == frozenset(range(PARTITIONS))
        assert await consumer.poll(10, 0) == []


async def test_what_was_not_committed_is_delivered_again_and_what_was_is_not(bus: Bus, wide: Topic) -> None:
    async with bus.consumer(wide, "g") as consumer:
        first = await consumer.poll(10, 0)
        await consumer.commit(first)
        await consumer.poll(10, 0)
    async with bus.consumer(wide, "g") as consumer:
        again = await drain(consumer)
    assert keys(first + again) == list(range(40))


async def test_groups_do_not_disturb_each_other(bus: Bus, wide: Topic) -> None:
    async with bus.consumer(wide, "one") as one, bus.consumer(wide, "two") as two:
        await one.commit(await drain(one))
        assert keys(await drain(two)) == list(range(40))
    assert await bus.lag(wide, "one") == 0
    assert await bus.lag(wide, "two") == 40


async def test_two_members_share_the_partitions_and_the_work(bus: Bus, harness: Harness, wide: Topic) -> None:
    other = (await harness.open()).bus
    async with bus.consumer(wide, "g") as one, other.consumer(wide, "g") as two:
        from_one, from_two = await drain(one), await drain(two)
        assert one.assignment.isdisjoint(two.assignment)
        assert one.assignment | two.assignment == frozenset(range(PARTITIONS))
        assert {r.partition for r in from_one} <= one.assignment
        assert keys(from_one + from_two) == list(range(40))


async def test_a_member_beyond_the_partitions_waits_its_turn(bus: Bus) -> None:
    topic = Topic(name="contract.narrow.v1")
    await bus.create([topic])
    async with bus.consumer(topic, "g") as first:
        await first.poll(1, 0)
        async with bus.consumer(topic, "g") as second:
            assert await second.poll(1, 0) == []
            await first.poll(1, 0)
            assert (first.assignment, second.assignment) == (frozenset({0}), frozenset())


async def test_leaving_hands_over_at_once(bus: Bus, harness: Harness, wide: Topic) -> None:
    other = (await harness.open()).bus
    async with other.consumer(wide, "g") as stays:
        async with bus.consumer(wide, "g") as leaves:
            await drain(leaves)
        assert keys(await drain(stays)) == list(range(40))


async def test_a_commit_after_a_rebalance_is_refused_as_a_whole(bus: Bus, harness: Harness, wide: Topic) -> None:
    other = (await harness.open()).bus
    async with bus.consumer(wide, "g") as old:
        work = await drain(old)
        async with other.consumer(wide, "g") as new:
            with pytest.raises(PartitionLostError, match=r"contract\.wide\.v1"):
                await old.commit(work)
            assert await bus.lag(wide, "g") == 40
            await drain(new)
            await old.poll(1, 0)
            kept = [record for record in work if record.partition in old.assignment]
            await old.commit(kept)
        assert await bus.lag(wide, "g") == 40 - len(kept)


async def test_after_a_refused_commit_what_the_member_keeps_starts_again_at_its_commit(
    bus: Bus, harness: Harness, wide: Topic
) -> None:
    other = (await harness.open()).bus
    async with bus.consumer(wide, "g") as old:
        work = await drain(old)
        async with other.consumer(wide, "g") as new:
            with pytest.raises(PartitionLostError):
                await old.commit(work)
            assert keys(await drain(old) + await drain(new)) == list(range(40))


async def test_a_commit_that_is_refused_during_a_poll_loses_nothing(bus: Bus, harness: Harness, wide: Topic) -> None:
    other = (await harness.open()).bus
    async with bus.consumer(wide, "g") as old:
        work = await old.poll(20, 0)
        async with other.consumer(wide, "g") as new:
            ahead, refused = await asyncio.gather(old.poll(10, 0), old.commit(work), return_exceptions=True)
            assert isinstance(refused, PartitionLostError)
            assert isinstance(ahead, list)
            assert set(range(40)) <= {int(record.key) for record in await drain(old) + await drain(new)}


async def test_a_partition_that_went_away_and_came_back_starts_at_the_commit(
    bus: Bus, harness: Harness, wide: Topic
) -> None:
    other = (await harness.open()).bus
    async with bus.consumer(wide, "g") as old:
        work = await drain(old)
        async with other.consumer(wide, "g") as new:
            mine = await drain(new)
            done = [r for r in mine if r.partition == mine[0].partition][:1]
            await new.commit(done)
        with pytest.raises(PartitionLostError):
            await old.commit(work)
        assert keys(await drain(old)) == keys([record for record in work if record not in done])


async def test_a_dead_member_is_replaced_at_once(bus: Bus, harness: Harness, wide: Topic) -> None:
    other = (await harness.open()).bus
    async with other.consumer(wide, "g", session_timeout_seconds=1_000) as victim:
        await drain(victim)
        await harness.crash(victim)
        async with bus.consumer(wide, "g") as heir:
            assert keys(await drain(heir)) == list(range(40))


async def test_members_notice_a_death_by_themselves(bus: Bus, harness: Harness, wide: Topic) -> None:
    other = (await harness.open()).bus
    async with bus.consumer(wide, "g") as heir, other.consumer(wide, "g") as victim:
        await harness.crash(victim)
        await harness.clock.advance(5)
        async with asyncio.timeout(5):
            received = await drain(heir)
            while len(heir.assignment) < PARTITIONS:
                received += await heir.poll(100, 0.1)
            received += await drain(heir)
        assert keys(received) == list(range(40))


async def test_a_member_that_hangs_past_its_session_loses_its_partitions_and_joins_again(
    bus: Bus, harness: Harness, wide: Topic
) -> None:
    other = (await harness.open()).bus
    async with bus.consumer(wide, "g") as hung:
        work = await drain(hung)
        await harness.hang(hung)
        async with other.consumer(wide, "g") as heir:
            assert keys(await drain(heir)) == list(range(40))
            with pytest.raises(PartitionLostError):
                await hung.commit(work)
            assert await hung.poll(10, 0) == []
            assert keys(await drain(hung) + await drain(heir)) != []
            assert hung.assignment | heir.assignment == frozenset(range(PARTITIONS))


async def test_long_work_between_two_polls_keeps_the_membership(bus: Bus, harness: Harness, wide: Topic) -> None:
    other = (await harness.open()).bus
    async with bus.consumer(wide, "g") as busy:
        work = await drain(busy)
        for _ in range(10):
            await harness.clock.advance(4)
            await bus.lag(wide, "g")
        async with other.consumer(wide, "g") as newcomer:
            await newcomer.poll(1, 0)
            await busy.poll(1, 0)
            assert busy.assignment
        assert await bus.lag(wide, "g") == 40
        assert len(work) == 40


async def test_commits_never_go_back(bus: Bus, wide: Topic) -> None:
    async with bus.consumer(wide, "g") as consumer:
        everything = await drain(consumer)
        await consumer.commit(everything)
        await consumer.commit(everything[:1])
        await consumer.commit([])
        assert await bus.lag(wide, "g") == 0


async def test_seek_moves_the_member_and_not_the_commits(bus: Bus, wide: Topic) -> None:
    async with bus.consumer(wide, "g") as consumer:
        everything = await drain(consumer)
        await consumer.commit(everything)
        partition = everything[0].partition
        await consumer.seek(partition, 1)
        expected = [r for r in everything if r.partition == partition and r.offset >= 1]
        assert await drain(consumer) == expected
        assert await bus.lag(wide, "g") == 0


async def test_seek_and_commit_on_a_foreign_partition_are_refused(bus: Bus, wide: Topic) -> None:
    async with bus.consumer(wide, "g") as one, bus.consumer(wide, "g") as two:
        await one.poll(1, 0)
        await two.poll(1, 0)
        with pytest.raises(PartitionLostError):
            await one.seek(min(two.assignment), 0)
        foreign = await drain(two)
        with pytest.raises(PartitionLostError):
            await one.commit(foreign)


async def test_a_waiting_member_wakes_as_soon_as_something_is_appended(bus: Bus) -> None:
    async with bus.consumer(PUBLICATIONS, "g") as consumer:
        waiting = asyncio.create_task(consumer.poll(10, 5))
        await asyncio.sleep(0.05)
        started = time.monotonic()
        await bus.append(PUBLICATIONS, [Record(key="a", value=b"1")])
        assert [r.key for r in await waiting] == ["a"]
        assert time.monotonic() - started < 1


async def test_a_waiting_member_notices_what_another_process_appends(bus: Bus, harness: Harness) -> None:
    other = (await harness.open()).bus
    async with bus.consumer(PUBLICATIONS, "g") as consumer:
        waiting = asyncio.create_task(consumer.poll(10, 5))
        await asyncio.sleep(0.05)
        await other.append(PUBLICATIONS, [Record(key="a", value=b"1")])
        assert [r.key for r in await waiting] == ["a"]


async def test_a_poll_without_records_returns_empty_when_its_time_is_over(bus: Bus) -> None:
    async with bus.consumer(PUBLICATIONS, "g") as consumer:
        started = time.monotonic()
        assert await consumer.poll(10, 0.15) == []
        assert 0.1 < time.monotonic() - started < 2


async def test_lag_counts_what_lies_after_the_commits(bus: Bus, wide: Topic) -> None:
    assert await bus.lag(wide, "g") == 40
    async with bus.consumer(wide, "g") as consumer:
        await consumer.commit(await consumer.poll(15, 0))
        assert await bus.lag(wide, "g") == 25
        await consumer.commit(await drain(consumer))
    assert await bus.lag(wide, "g") == 0


async def test_members_that_come_and_go_commit_every_record_exactly_once(bus: Bus, harness: Harness) -> None:
    await bus.create([WIDE], partitions=PARTITIONS)
    buses = [bus, (await harness.open()).bus]
    committed: list[tuple[int, int]] = []
    rng = random.Random(7)

    async def member(bus: Bus) -> None:
        async with bus.consumer(WIDE, "g") as consumer:
            for _ in range(rng.randrange(1, 6)):
                work = await consumer.poll(rng.randrange(1, 40), 0)
                await asyncio.sleep(rng.uniform(0, 0.004))
                with contextlib.suppress(PartitionLostError):
                    await consumer.commit(work)
                    committed.extend((record.partition, record.offset) for record in work)

    async def producer() -> None:
        for n in range(40):
            await bus.append(WIDE, [Record(key=f"{n}-{i}", value=b"1") for i in range(25)])

    async def crowd(bus: Bus) -> None:
        for _ in range(12):
            await member(bus)

    await asyncio.gather(producer(), *(crowd(buses[n % 2]) for n in range(4)))
    while await bus.lag(WIDE, "g"):
        await member(bus)
    assert len(committed) == len(set(committed)) == 1_000
