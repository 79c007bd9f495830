"""Whatever strangers write to a topic is passed on, can be dead-lettered whole, and stops nobody."""

import struct

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.protocol.produce import ProduceRequest
from aiokafka.record.default_records import DefaultRecordBatchBuilder
from aiokafka.record.util import calc_crc32c

from shared.bus.kafka.bus import KafkaBus
from shared.bus.kafka.connecting import Link
from shared.bus.port import Record
from shared.bus.topics import PROFILES, PUBLICATIONS
from shared.errors import InvalidInputError, RetryLaterError

GBK_NAME = "来源".encode("gbk")
CHECKSUM_AT = 17
CHECKED_FROM = 21


async def produce_with_header_names_in_gbk(producer: AIOKafkaProducer, topic: str, values: list[bytes]) -> None:
    """Write a batch as a client in C would: aiokafka encodes names itself, so they are put in afterwards."""
    stand_in = "N" * len(GBK_NAME)
    builder = DefaultRecordBatchBuilder(2, 0, 0, -1, -1, -1, 1_000_000)
    for offset, value in enumerate(values):
        builder.append(offset, None, key=b"k", value=value, headers=[(stand_in, b"1"), ("plain", None)])
    batch = bytearray(builder.build())
    batch = bytearray(bytes(batch).replace(stand_in.encode(), GBK_NAME))
    struct.pack_into(">I", batch, CHECKSUM_AT, calc_crc32c(bytes(batch[CHECKED_FROM:])))
    await producer.partitions_for(topic)
    request = ProduceRequest(
        required_acks=-1, timeout=10_000, topics=[(topic, [(0, bytes(batch))])], transactional_id=None
    )
    answer = await producer.client.send(1, request)
    assert answer.topics[0][1][0][1] == 0


async def test_records_without_a_key_or_with_one_that_is_no_text_are_passed_on(
    bus: KafkaBus, link: Link, stranger: AIOKafkaProducer
) -> None:
    topic = f"{link.prefix}{PUBLICATIONS.name}"
    await stranger.send_and_wait(topic, b"no key", key=None)
    await stranger.send_and_wait(topic, b"no text", key=b"a\xff\xfe")
    await stranger.send_and_wait(topic, b"garbage", key=b"k", headers=[("h", b"\xff\x00"), ("none", None)])
    await stranger.send_and_wait(topic, None, key=b"no value")
    await bus.append(PUBLICATIONS, [Record(key="good", value=b"good")])
    async with bus.consumer(PUBLICATIONS, "g") as consumer:
        received = await consumer.poll(10, 0)
        await consumer.commit(received)
    assert [(record.key, record.value) for record in received] == [
        ("", b"no key"),
        ("a\\xff\\xfe", b"no text"),
        ("k", b"garbage"),
        ("no value", None),
        ("good", b"good"),
    ]
    assert received[2].headers == {"h": "\\xff\x00", "none": ""}
    assert await bus.lag(PUBLICATIONS, "g") == 0


async def test_a_dead_letter_keeps_a_key_that_is_no_text_byte_for_byte(
    bus: KafkaBus, link: Link, stranger: AIOKafkaProducer
) -> None:
    topic = f"{link.prefix}{PUBLICATIONS.name}"
    for key in (None, b"a\xff\xfe", b""):
        await stranger.send_and_wait(topic, b"v", key=key)
    async with bus.reader(PUBLICATIONS) as reader:
        for record in await reader.poll(10, 0):
            await bus.dead_letter(PUBLICATIONS, record, InvalidInputError("读不懂"))
    async with bus.reader(PUBLICATIONS.dead_letters) as reader:
        raw = await reader._fetching.take_up_to(await bus.ends(PUBLICATIONS.dead_letters), 10)
    assert [record.key for record in raw] == [None, b"a\xff\xfe", b""]


@pytest.mark.parametrize("limit", [1, 3, 100])
async def test_header_names_that_are_no_utf8_stop_neither_consumers_nor_readers(
    bus: KafkaBus, link: Link, stranger: AIOKafkaProducer, limit: int
) -> None:
    before = [Record(key="k", value=f"before {n}".encode()) for n in range(5)]
    after = [Record(key="k", value=f"after {n}".encode()) for n in range(5)]
    await bus.append(PUBLICATIONS, before)
    await produce_with_header_names_in_gbk(stranger, f"{link.prefix}{PUBLICATIONS.name}", [b"bad 0", b"bad 1"])
    await bus.append(PUBLICATIONS, after)
    values = [record.value for record in before] + [b"bad 0", b"bad 1"] + [record.value for record in after]
    async with bus.consumer(PUBLICATIONS, "g") as consumer:
        received = []
        while batch := await consumer.poll(limit, 0):
            received += batch
            await consumer.commit(batch)
    assert [record.value for record in received] == values
    shown = {name: value for record in received if record.value == b"bad 1" for name, value in record.headers.items()}
    assert shown == {GBK_NAME.decode("utf-8", "backslashreplace"): "1", "plain": ""}
    assert await bus.lag(PUBLICATIONS, "g") == 0
    async with bus.reader(PUBLICATIONS) as reader:
        assert [record.value for record in await reader.poll(100, 0)] == values


async def test_a_null_key_on_a_compacted_topic_is_refused_by_the_broker_and_others_go_on(
    bus: KafkaBus, link: Link
) -> None:
    with pytest.raises(RetryLaterError):
        await bus.append(PROFILES, [Record(key="", value=b"1", headers={"original-key-hex": ""})])
    await bus.append(PROFILES, [Record(key="a", value=b"1")])
    async with bus.reader(PROFILES) as reader:
        assert [record.key for record in await reader.poll(10, 0)] == ["a"]
