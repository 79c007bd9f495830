"""Records up to the bus's own limit go through; larger ones, and what a broker takes no more of, are refused before any is appended."""

import asyncio
import os
import time

import pytest
from aiokafka.protocol.admin import AlterConfigsRequest

from shared.bus.kafka.bus import KafkaBus, open_bus
from shared.bus.kafka.connecting import Link
from shared.bus.kafka.topic_settings import read_settings
from shared.bus.limits import MAX_RECORD_BYTES
from shared.bus.port import Record
from shared.bus.topics import PUBLICATIONS
from shared.errors import InvalidInputError

TOPIC = 2


async def set_largest(bus: KafkaBus, name: str, limit: int) -> None:
    request = AlterConfigsRequest([(TOPIC, name, [("max.message.bytes", str(limit))])])
    answer = await bus._cluster.send_to_any(request, "")
    assert answer.resources[0][0] == 0
    async with asyncio.timeout(10):
        while True:
            if (await read_settings(bus._cluster, name))["max.message.bytes"] == str(limit):
                return
            await asyncio.sleep(0.02)


async def values(bus: KafkaBus) -> list[int]:
    async with bus.reader(PUBLICATIONS) as reader:
        return [len(record.value or b"") for record in await reader.poll(1_000, 0)]


async def test_records_of_the_largest_size_go_through_together(bus: KafkaBus) -> None:
    noise = os.urandom(MAX_RECORD_BYTES - 100)
    await bus.append(PUBLICATIONS, [Record(key=str(n), value=noise) for n in range(5)])
    assert await values(bus) == [len(noise)] * 5


async def test_a_record_over_the_brokers_own_limit_is_refused_before_anything_is_appended(
    bus: KafkaBus, link: Link
) -> None:
    await set_largest(bus, f"{link.prefix}{PUBLICATIONS.name}", 100_000)
    with pytest.raises(InvalidInputError, match="too-large"):
        await bus.append(PUBLICATIONS, [Record(key="a", value=b"1"), Record(key="too-large", value=b"x" * 100_001)])
    assert await values(bus) == []
    many = [Record(key=str(n), value=os.urandom(40_000)) for n in range(20)]
    await bus.append(PUBLICATIONS, many)
    assert len(await values(bus)) == 20


async def test_a_limit_that_is_lowered_later_refuses_records_and_nothing_else(bus: KafkaBus, link: Link) -> None:
    await bus.append(PUBLICATIONS, [Record(key="a", value=b"1")])
    await set_largest(bus, f"{link.prefix}{PUBLICATIONS.name}", 100_000)
    began = time.monotonic()
    with pytest.raises(InvalidInputError):
        await bus.append(PUBLICATIONS, [Record(key="b", value=os.urandom(200_000))])
    assert time.monotonic() - began < 10
    await bus.append(PUBLICATIONS, [Record(key="c", value=b"123")])
    assert await values(bus) == [1, 3]


async def test_a_limit_that_is_raised_later_is_noticed(bus: KafkaBus, link: Link) -> None:
    name = f"{link.prefix}{PUBLICATIONS.name}"
    await set_largest(bus, name, 100_000)
    await bus.append(PUBLICATIONS, [Record(key="a", value=b"1")])
    await set_largest(bus, name, 1_000_000)
    await bus.append(PUBLICATIONS, [Record(key="b", value=b"x" * 200_000)])
    assert await values(bus) == [1, 200_000]


async def test_another_process_sees_what_is_there_in_several_polls(bus: KafkaBus, link: Link) -> None:
    records = [Record(key=str(n), value=os.urandom(100_000)) for n in range(60)]
    await bus.append(PUBLICATIONS, records)
    async with open_bus(link) as other, other.consumer(PUBLICATIONS, "g") as consumer:
        received = []
        while some := await consumer.poll(7, 0):
            received += some
            await consumer.commit(some)
        assert sorted(record.key for record in received) == sorted(record.key for record in records)
