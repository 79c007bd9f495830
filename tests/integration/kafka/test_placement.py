"""Keys go where Kafka's own clients put them, so that anybody may write to a topic."""

from aiokafka import AIOKafkaProducer

from shared.bus.kafka.bus import KafkaBus
from shared.bus.kafka.connecting import Link
from shared.bus.partitioner import partition_of
from shared.bus.port import Record
from shared.bus.topics import Topic

WIDE = Topic(name="placement.v1")
KEYS = ["", "a", "ab", "abc", "abcd", "CN110007813A", "固态电池", "𠮷", *(f"p-{n}" for n in range(200))]


async def test_a_key_has_the_partition_that_a_kafka_client_gives_it(
    bus: KafkaBus, link: Link, stranger: AIOKafkaProducer
) -> None:
    await bus.create([WIDE], partitions=7)
    theirs = {}
    for key in KEYS:
        sent = await stranger.send(f"{link.prefix}{WIDE.name}", b"1", key=key.encode())
        theirs[key] = (await sent).partition
    assert theirs == {key: partition_of(key, 7) for key in KEYS}
    await bus.append(WIDE, [Record(key=key, value=b"2") for key in KEYS])
    async with bus.reader(WIDE) as reader:
        ours = {record.key: record.partition for record in await reader.poll(1_000, 0) if record.value == b"2"}
    assert ours == theirs
