"""What the bus promises about consumer groups."""

import asyncio
import contextlib
import random
import time

import pytest

from shared.bus.port import Bus, Received, Record
from shared.bus.topics import PUBLICATIONS, Topic
from shared.errors import PartitionLostError
from tests.contract.consuming import PARTITIONS, drain, keys
from tests.contract.harness import Harness


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


async def test_a_poll_that_is_cancelled_misses_nothing(bus: Bus, wide: Topic) -> None:
    rng = random.Random(3)
    async with bus.consumer(wide, "g") as consumer, bus.reader(wide) as reader:
        for polled in (consumer, reader):
            received: list[Received] = []
            for _ in range(20):
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(rng.uniform(0, 0.01)):
                        received += await polled.poll(rng.randrange(1, 10), rng.choice([0, 0.02]))
            while batch := await polled.poll(7, 0):
                received += batch
            assert keys(received) == list(range(40))
