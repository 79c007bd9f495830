"""Appends to Kafka: idempotent, acknowledged by every replica in sync, compressed; order per partition is never given up.

aiokafka's idempotent producer tries again for ever and in order, and takes the next batch of a partition only when the one
before is out of its queue. So an append that gives up waiting leaves at most a batch a partition behind, and whatever is
appended afterwards lands after it: a record that is late never overtakes a newer one. A producer of which a batch was refused
has lost count of the sequence of that partition; it is drained and replaced before anything else is appended.
"""

import asyncio
from collections import defaultdict
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

import aiokafka.errors as kafka
from aiokafka import AIOKafkaProducer

from shared.bus.kafka.connecting import REQUEST_SECONDS
from shared.bus.kafka.failures import translating
from shared.bus.limits import MAX_RECORD_BYTES
from shared.bus.partitioner import partition_of_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from aiokafka.producer.message_accumulator import BatchBuilder

    from shared.bus.kafka.connecting import Link
    from shared.bus.kafka.records import Raw

APPEND_SECONDS = 30.0
"""How long an append waits for the brokers before it says that it is to be tried later."""

BATCH_BYTES = 256 * 1024
"""A batch before compression: some hundred publications. No larger one compresses much better."""

SLICE_BYTES = 16 * 1024 * 1024
SLICES = 2
"""So much of so many appends is on its way at a time: no request comes near ``socket.request.max.bytes`` (100 MiB)."""

RECORD_OVERHEAD_BYTES = 1024
"""More than what the format adds to a record and its batch."""

_CLOSE_SECONDS = 5.0
_FORGOTTEN = (kafka.OutOfOrderSequenceNumber, kafka.UnknownProducerId, kafka.ProducerFenced, kafka.ProducerClosed)


class Producer:
    """Opened with the first append: who only reads has none."""

    def __init__(self, link: "Link") -> None:
        self._link = link
        self._producer: AIOKafkaProducer | None = None
        self._is_broken = False
        self._changing = asyncio.Lock()
        self._room = asyncio.Semaphore(SLICES)

    async def append(self, topic: str, partitions: int, raws: "Sequence[Raw]", *, limit_bytes: int) -> None:
        """Append and return when all is safe.

        Args:
            topic: as Kafka knows it.
            partitions: how many it has.
            raws: the records, none larger than ``limit_bytes``.
            limit_bytes: the largest batch that the topic takes.

        Raises:
            InvalidInputError: a broker refuses a record for its size.
            RetryLaterError: not in time; any of the records may be on the topic.
        """
        with translating(f"写入 {topic}"):
            async with asyncio.timeout(APPEND_SECONDS):
                for some in _slices(raws):
                    async with self._room:
                        await self._append(topic, partitions, some, min(limit_bytes, BATCH_BYTES))

    async def close(self) -> None:
        """Send what is queued, and end; what no broker takes in time was never promised to be safe."""
        async with self._changing:
            if self._producer is None:
                return
            try:
                async with asyncio.timeout(_CLOSE_SECONDS):
                    await self._producer.flush()
            except TimeoutError:
                await _give_up(self._producer)
            await self._producer.stop()
            self._producer = None

    async def _append(self, topic: str, partitions: int, raws: "Sequence[Raw]", batch_bytes: int) -> None:
        by_partition: dict[int, list[Raw]] = defaultdict(list)
        for raw in raws:
            by_partition[partition_of_bytes(raw.key or b"", partitions)].append(raw)
        while True:
            producer = await self._working()
            batches = {number: list(_batches(producer, some, batch_bytes)) for number, some in by_partition.items()}
            try:
                await self._send(producer, topic, batches)
            except _FORGOTTEN:
                self._is_broken = True  # the next turn appends them again by a new one
            except kafka.KafkaError:
                self._is_broken = True
                raise
            else:
                return

    async def _send(self, producer: AIOKafkaProducer, topic: str, batches: "dict[int, list[BatchBuilder]]") -> None:
        sent: list[asyncio.Future[Any]] = []
        for row in zip_longest(*batches.values()):  # each partition's first, then each one's second, …
            for number, batch in zip(batches, row, strict=True):
                if batch is not None:
                    future = await producer.send_batch(batch, topic, partition=number)
                    future.add_done_callback(self._look_at)
                    sent.append(future)
        await asyncio.wait(sent)
        for future in sent:
            future.result()

    def _look_at(self, future: "asyncio.Future[Any]") -> None:
        """Notice a failure also where nobody waits for it any more."""
        if not future.cancelled() and future.exception() is not None:
            self._is_broken = True

    async def _working(self) -> AIOKafkaProducer:
        async with self._changing:
            if self._producer is not None and self._is_broken:
                await self._producer.flush()  # nothing of the old one may arrive after what the new one sends
                await self._producer.stop()
                self._producer = None
            if self._producer is None:
                producer = AIOKafkaProducer(
                    **self._link.options,
                    enable_idempotence=True,
                    acks="all",
                    compression_type="zstd",
                    max_batch_size=BATCH_BYTES,
                    max_request_size=MAX_RECORD_BYTES + RECORD_OVERHEAD_BYTES,
                )
                try:
                    await producer.start()
                except BaseException:
                    await producer.stop()
                    raise
                self._producer, self._is_broken = producer, False
            return self._producer


async def _give_up(producer: AIOKafkaProducer) -> None:
    """End the trying again, which the library itself never does: first who tries, then what is waited for."""
    sender = producer._sender.sender_task  # noqa: SLF001 - see above
    sender.cancel()
    await asyncio.wait([sender], timeout=REQUEST_SECONDS)
    producer._message_accumulator.fail_all(kafka.ProducerClosed())  # noqa: SLF001 - see above


def _slices(raws: "Sequence[Raw]") -> "Iterator[list[Raw]]":
    some: list[Raw] = []
    size = 0
    for raw in raws:
        more = _size(raw)
        if some and size + more > SLICE_BYTES:
            yield some
            some, size = [], 0
        some.append(raw)
        size += more
    if some:
        yield some


def _batches(producer: AIOKafkaProducer, raws: "Sequence[Raw]", batch_bytes: int) -> "Iterator[BatchBuilder]":
    batch = producer.create_batch()
    for raw in raws:
        if batch.record_count() and batch.size() + _size(raw) > batch_bytes:
            batch.close()  # an open one would wait for more
            yield batch
            batch = producer.create_batch()
        batch.append(timestamp=None, key=raw.key, value=raw.value, headers=raw.headers)
    batch.close()
    yield batch


def _size(raw: "Raw") -> int:
    headers = sum(len(name) + len(value) for name, value in raw.headers)
    return len(raw.key or b"") + len(raw.value or b"") + headers + RECORD_OVERHEAD_BYTES
