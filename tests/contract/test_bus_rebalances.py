"""What the bus promises when members come, go, hang and die."""

import asyncio
import contextlib
import random

import pytest

from shared.bus.port import Bus, Record
from shared.bus.topics import Topic
from shared.errors import PartitionLostError
from tests.contract.consuming import (
    PARTITIONS,
    SESSION_SECONDS,
    WIDE,
    drain,
    drain_until,
    keys,
    partitions,
)
from tests.contract.harness import BusHarness


async def test_leaving_hands_over_at_once(bus: Bus, harness: BusHarness, wide: Topic) -> None:
    other = (await harness.open()).bus
    async with other.consumer(wide, "g") as stays:
        async with bus.consumer(wide, "g") as leaves:
            await drain(leaves)
        assert keys(await drain_until(stays, 40, within_seconds=5)) == list(range(40))


async def test_a_commit_after_a_rebalance_is_refused_as_a_whole(bus: Bus, harness: BusHarness, wide: Topic) -> None:
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
    bus: Bus, harness: BusHarness, wide: Topic
) -> None:
    other = (await harness.open()).bus
    async with bus.consumer(wide, "g") as old:
        work = await drain(old)
        async with other.consumer(wide, "g") as new:
            with pytest.raises(PartitionLostError):
                await old.commit(work)
            assert keys(await drain(old) + await drain(new)) == list(range(40))


async def test_a_commit_that_is_refused_during_a_poll_loses_nothing(bus: Bus, harness: BusHarness, wide: Topic) -> None:
    other = (await harness.open()).bus
    async with bus.consumer(wide, "g") as old:
        work = await old.poll(20, 0)
        async with other.consumer(wide, "g") as new:
            ahead, refused = await asyncio.gather(old.poll(10, 0), old.commit(work), return_exceptions=True)
            assert isinstance(refused, PartitionLostError)
            assert isinstance(ahead, list)
            assert set(range(40)) <= {int(record.key) for record in await drain(old) + await drain(new)}


async def test_a_partition_that_went_away_and_came_back_starts_at_the_commit(
    bus: Bus, harness: BusHarness, wide: Topic
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
        left = keys([record for record in work if record not in done])
        assert keys(await drain_until(old, len(left))) == left


async def test_a_dead_member_is_replaced_when_its_session_is_over_at_the_latest(
    bus: Bus, harness: BusHarness, wide: Topic
) -> None:
    other = (await harness.open()).bus
    async with other.consumer(wide, "g", session_timeout_seconds=SESSION_SECONDS) as victim:
        await drain(victim)
        await harness.crash(victim)
        async with bus.consumer(wide, "g") as heir:
            assert keys(await drain_until(heir, 40)) == list(range(40))


async def test_members_notice_a_death_by_themselves(bus: Bus, harness: BusHarness, wide: Topic) -> None:
    other = (await harness.open()).bus
    async with (
        bus.consumer(wide, "g", session_timeout_seconds=SESSION_SECONDS) as heir,
        other.consumer(wide, "g", session_timeout_seconds=SESSION_SECONDS) as victim,
    ):
        await harness.crash(victim)
        await harness.pass_time(SESSION_SECONDS)
        assert keys(await drain_until(heir, 40)) == list(range(40))
        assert heir.assignment == frozenset(range(PARTITIONS))


async def test_what_a_member_did_and_did_not_commit_before_it_died_is_done_again(
    bus: Bus, harness: BusHarness, wide: Topic
) -> None:
    other = (await harness.open()).bus
    async with other.consumer(wide, "g", session_timeout_seconds=SESSION_SECONDS) as victim:
        done = await victim.poll(15, 0)
        await victim.commit(done)
        lost = await victim.poll(15, 0)
        await harness.crash(victim)
        async with bus.consumer(wide, "g") as heir:
            again = await drain_until(heir, 25)
    assert keys([*done, *again]) == list(range(40))
    assert {record.key for record in lost} <= {record.key for record in again}


async def test_a_member_that_hangs_past_its_session_loses_its_partitions_and_joins_again(
    bus: Bus, harness: BusHarness, wide: Topic
) -> None:
    other = (await harness.open()).bus
    async with bus.consumer(wide, "g", session_timeout_seconds=SESSION_SECONDS) as hung:
        work = await drain(hung)
        await harness.hang(hung)
        async with other.consumer(wide, "g") as heir:
            assert keys(await drain_until(heir, 40)) == list(range(40))
            await harness.wake(hung)
            with pytest.raises(PartitionLostError):
                await hung.commit(work)
            assert await bus.lag(wide, "g") == 40
            again = await drain_until(hung, 1)
            await heir.poll(1, 0)
            assert hung.assignment | heir.assignment == frozenset(range(PARTITIONS))
            assert hung.assignment.isdisjoint(heir.assignment)
            assert partitions(again) <= hung.assignment


async def test_a_member_that_hung_past_its_session_may_not_write(bus: Bus, harness: BusHarness, wide: Topic) -> None:
    other = (await harness.open()).bus
    async with bus.consumer(wide, "g", session_timeout_seconds=SESSION_SECONDS) as hung:
        work = await drain(hung)
        await hung.confirm(work)
        await harness.hang(hung)
        async with other.consumer(wide, "g") as heir:
            await heir.poll(1, 0)
            await harness.wake(hung)
            with pytest.raises(PartitionLostError):
                await hung.confirm(work)


async def test_long_work_between_two_polls_keeps_the_membership(bus: Bus, harness: BusHarness, wide: Topic) -> None:
    other = (await harness.open()).bus
    async with bus.consumer(wide, "g", session_timeout_seconds=SESSION_SECONDS) as busy:
        work = await drain(busy)
        for _ in range(4):
            await harness.pass_time(SESSION_SECONDS / 3)
            await bus.lag(wide, "g")
        await busy.confirm(work)
        async with other.consumer(wide, "g") as newcomer:
            await newcomer.poll(1, 0)
            await busy.poll(1, 0)
            assert busy.assignment
        assert await bus.lag(wide, "g") == 40
        assert len(work) == 40


async def test_work_may_be_written_as_long_as_its_partitions_stay(bus: Bus, harness: BusHarness, wide: Topic) -> None:
    other = (await harness.open()).bus
    async with bus.consumer(wide, "g") as old:
        work = await drain(old)
        await old.confirm(work)
        await old.confirm([])
        async with other.consumer(wide, "g") as new:
            await new.poll(1, 0)
            with pytest.raises(PartitionLostError, match=r"contract\.wide\.v1"):
                await old.confirm(work)
            again = await drain(old)
            await old.confirm(again)
            assert partitions(again) == old.assignment
            assert {record.key for record in again} <= {record.key for record in work}
            await old.commit(again)


async def test_nothing_of_a_lost_partition_is_returned_any_more(bus: Bus, harness: BusHarness, wide: Topic) -> None:
    other = (await harness.open()).bus
    async with bus.consumer(wide, "g") as old:
        assert len(await old.poll(5, 0)) == 5  # the rest is fetched already, as far as it fits
        async with other.consumer(wide, "g") as new:
            theirs = await drain(new)
            ours = await drain(old)
            assert old.assignment.isdisjoint(new.assignment)
            assert partitions(ours) <= old.assignment
            assert partitions(theirs) == new.assignment


async def test_members_whose_clocks_are_hours_apart_share_the_work(bus: Bus, harness: BusHarness, wide: Topic) -> None:
    ahead = (await harness.open_elsewhere(hours_ahead=5)).bus
    behind = (await harness.open_elsewhere(hours_ahead=-5)).bus
    async with (
        ahead.consumer(wide, "g", session_timeout_seconds=SESSION_SECONDS) as one,
        behind.consumer(wide, "g", session_timeout_seconds=SESSION_SECONDS) as two,
        bus.consumer(wide, "g", session_timeout_seconds=SESSION_SECONDS) as three,
    ):
        members = (one, two, three)
        await harness.pass_time(SESSION_SECONDS / 2)
        received = [await drain(member) for member in members]
        assert keys([record for work in received for record in work]) == list(range(40))
        for member, work in zip(members, received, strict=True):
            await member.confirm(work)
            await member.commit(work)
    assert await bus.lag(wide, "g") == 0


async def test_members_that_come_and_go_commit_every_record_exactly_once(bus: Bus, harness: BusHarness) -> None:
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
