"""Offsets have gaps: what compaction and retention took away is neither waited for nor missed."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic, RecordsToDelete

from shared.bus.kafka.bus import KafkaBus
from shared.bus.kafka.connecting import Link
from shared.bus.port import Record
from shared.bus.topics import PUBLICATIONS, Topic

TABLE = Topic(name="gaps.v1", compacted=True)
KEYS = 5
WRITES = 300


@pytest.fixture
async def admin(link: Link) -> AsyncIterator[AIOKafkaAdminClient]:
    admin = AIOKafkaAdminClient(bootstrap_servers=link.servers)
    await admin.start()
    yield admin
    await admin.close()


async def read(bus: KafkaBus, topic: Topic, limit: int = 10_000) -> list[Record]:
    async with bus.reader(topic) as reader:
        received = []
        while some := await reader.poll(limit, 0):
            received += some
        assert reader.positions == await bus.ends(topic)
    return [Record(key=record.key, value=record.value) for record in received]


@pytest.mark.city
async def test_a_reader_of_a_compacted_topic_gets_the_last_of_every_key_and_reaches_the_end(
    bus: KafkaBus, link: Link, admin: AIOKafkaAdminClient
) -> None:
    at_once = {
        "cleanup.policy": "compact",
        "segment.ms": "100",
        "min.cleanable.dirty.ratio": "0.01",
        "min.compaction.lag.ms": "0",
        "delete.retention.ms": "600000",
    }
    await admin.create_topics([NewTopic(f"{link.prefix}{TABLE.name}", 1, 1, topic_configs=at_once)])
    await bus._cluster.wait_for(f"{link.prefix}{TABLE.name}")
    for n in range(0, WRITES, KEYS):
        await bus.append(TABLE, [Record(key=f"p-{k}", value=str(n).encode()) for k in range(KEYS)])
    await bus.append(TABLE, [Record(key="p-0", value=None), Record(key="last", value=b"1")])
    async with asyncio.timeout(60):
        while len(found := await read(bus, TABLE, limit=7)) > 3 * KEYS:
            await asyncio.sleep(0.3)
            # Only a write closes a segment, only closed ones are compacted.
            await bus.append(TABLE, [Record(key="last", value=b"1")])
    last = {record.key: record.value for record in found}
    assert last == {"p-0": None, **{f"p-{k}": str(WRITES - KEYS).encode() for k in range(1, KEYS)}, "last": b"1"}
    async with bus.consumer(TABLE, "g") as consumer:
        received = await consumer.poll(10_000, 0)
        await consumer.commit(received)
    assert {record.key for record in received} == last.keys()


async def test_who_comes_after_retention_goes_on_with_the_first_record_there_is(
    bus: KafkaBus, link: Link, admin: AIOKafkaAdminClient
) -> None:
    await bus.append(PUBLICATIONS, [Record(key="k", value=str(n).encode()) for n in range(20)])
    async with bus.consumer(PUBLICATIONS, "g") as consumer:
        await consumer.commit(await consumer.poll(5, 0))
    place = TopicPartition(f"{link.prefix}{PUBLICATIONS.name}", 0)
    await admin.delete_records({place: RecordsToDelete(before_offset=12)})
    left = [str(n).encode() for n in range(12, 20)]
    assert [record.value for record in await read(bus, PUBLICATIONS)] == left
    assert await bus.lag(PUBLICATIONS, "g") == await bus.lag(PUBLICATIONS, "never") == 8
    async with bus.consumer(PUBLICATIONS, "g") as consumer, bus.reader(PUBLICATIONS, positions={0: 3}) as reader:
        assert [record.value for record in await consumer.poll(100, 0)] == left
        assert [record.value for record in await reader.poll(100, 0)] == left


async def test_a_topic_of_which_retention_took_all_is_read_to_its_end(
    bus: KafkaBus, link: Link, admin: AIOKafkaAdminClient
) -> None:
    await bus.append(PUBLICATIONS, [Record(key="k", value=b"1")])
    place = TopicPartition(f"{link.prefix}{PUBLICATIONS.name}", 0)
    await admin.delete_records({place: RecordsToDelete(before_offset=1)})
    assert await read(bus, PUBLICATIONS) == []
    async with bus.consumer(PUBLICATIONS, "g") as consumer:
        assert await consumer.poll(10, 0) == []
        await bus.append(PUBLICATIONS, [Record(key="k", value=b"2")])
        assert [record.value for record in await consumer.poll(10, 0)] == [b"2"]
