"""What the broker by itself takes for a week's bytes: nothing is decoded, nothing decided."""

import asyncio
from time import perf_counter

import aiokafka

from shared.bus.topics import MATCHES, PUBLICATIONS
from shared.runtime.role import Surroundings

FETCH_BYTES = 16 * 1024 * 1024
PATIENCE_MS = 1_000
BATCH_BYTES = 1024 * 1024
LARGEST_BYTES = 9 * 1024 * 1024


async def ceiling(around: Surroundings) -> list[tuple[str, str]]:
    """Read all publications and matches; write the matches again as they were written; return what it took."""
    publications, reading, _ = await _read(around, PUBLICATIONS.name)
    matches, reading_matches, values = await _read(around, MATCHES.name)
    began = perf_counter()
    await _write(around, values)
    writing = perf_counter() - began
    return [
        ("broker alone: publications read", f"{reading:.1f} s, {publications / reading / 1e6:.0f} MB/s"),
        ("broker alone: matches read", f"{reading_matches:.1f} s, {matches / reading_matches / 1e6:.0f} MB/s"),
        (
            "broker alone: matches written, acks of all",
            f"{writing:.1f} s for {len(values):,} of them, {sum(map(len, values)) / writing / 1e6:.0f} MB/s",
        ),
    ]


async def _read(around: Surroundings, topic: str) -> tuple[int, float, list[bytes]]:
    """Return bytes, seconds, and a tenth of the values."""
    settings = around.settings
    name = settings.kafka_prefix + topic
    consumer = aiokafka.AIOKafkaConsumer(
        name,
        bootstrap_servers=settings.kafka_bootstrap_servers,
        auto_offset_reset="earliest",
        fetch_max_bytes=FETCH_BYTES,
        max_partition_fetch_bytes=FETCH_BYTES,
    )
    await consumer.start()
    try:
        ends = await consumer.end_offsets(list(consumer.assignment()))
        size = 0
        sample: list[bytes] = []
        began = perf_counter()
        while not all([await consumer.position(partition) >= end for partition, end in ends.items()]):
            for records in (await consumer.getmany(timeout_ms=PATIENCE_MS)).values():
                values = [record.value or b"" for record in records]
                size += sum(map(len, values))
                sample += values[::10]
        return size, perf_counter() - began, sample
    finally:
        await consumer.stop()


async def _write(around: Surroundings, values: list[bytes]) -> None:
    settings = around.settings
    producer = aiokafka.AIOKafkaProducer(
        bootstrap_servers=settings.kafka_bootstrap_servers,
        acks="all",
        enable_idempotence=True,
        compression_type="zstd",
        linger_ms=5,
        max_batch_size=BATCH_BYTES,
        max_request_size=LARGEST_BYTES,
    )
    await producer.start()
    try:
        name = settings.kafka_prefix + MATCHES.dead_letters.name  # a topic like the other that nobody reads
        await asyncio.gather(*[await producer.send(name, value) for value in values])
    finally:
        await producer.stop()
