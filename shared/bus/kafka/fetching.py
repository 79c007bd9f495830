"""Fetches records of the partitions it is told, from the positions it is told; knows nothing of groups."""

import asyncio
from contextlib import asynccontextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any

from aiokafka import TopicPartition
from aiokafka.errors import KafkaError
from aiokafka.protocol.fetch import FetchRequest

from shared.bus.kafka.cluster import raise_for
from shared.bus.kafka.failures import translating
from shared.bus.kafka.garbled import records_in
from shared.bus.kafka.library import PARTITION_BYTES, new_consumer, stop
from shared.errors import RetryLaterError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from aiokafka.structs import ConsumerRecord

    from shared.bus.kafka.connecting import Link

PRESENT_SECONDS = 20.0
"""How long what lies on a topic may take to arrive."""

_LOOK_SECONDS = 0.25


class Fetching:
    """One consumer outside of any group.

    Attributes:
        _taken: partition → the offset after the last record that was given away. aiokafka's own position runs ahead of that
            when reading fails half-way.
    """

    def __init__(self, link: "Link", topic: str) -> None:
        self._link = link
        self._topic = topic
        self._consumer = new_consumer(link)
        self._taken: dict[int, int] = {}
        self._is_garbled = False

    async def start(self) -> None:
        """Connect."""
        with translating(f"读取 {self._topic}"):
            await self._consumer.start()

    async def stop(self) -> None:
        """Disconnect."""
        await stop(self._consumer)

    def assign(self, positions: "Mapping[int, int]") -> None:
        """Fetch from these partitions only, from these offsets on; what was fetched and not taken is forgotten."""
        self._taken = dict(positions)
        places = {TopicPartition(self._topic, number): offset for number, offset in positions.items()}
        self._consumer.assign(list(places))
        for place, offset in places.items():
            self._consumer.seek(place, offset)

    async def positions(self) -> dict[int, int]:
        """Return partition → the offset before which everything was taken, or is compacted away."""
        return {number: await self._position(number) for number in self._taken}

    async def take(self, limit: int, timeout_seconds: float) -> "list[ConsumerRecord[bytes | None, bytes | None]]":
        """Return what has been fetched; wait so long for it when there is nothing.

        Raises:
            RetryLaterError: a record came damaged.
        """
        if not self._taken:
            await asyncio.sleep(timeout_seconds)
            return []
        await self._revive()
        with translating(f"读取 {self._topic}"):
            if self._is_garbled:
                return await self._take_garbled(limit)
            try:
                found = await self._consumer.getmany(timeout_ms=int(timeout_seconds * 1000), max_records=limit)
            except UnicodeDecodeError:
                self._is_garbled = True
                self.assign(self._taken)
                return []
            except KafkaError:
                self.assign(self._taken)
                raise
        records = [record for records in found.values() for record in records]
        for record in records:
            self._taken[record.partition] = record.offset + 1
        return records

    async def _revive(self) -> None:
        """Begin anew with a fetcher that broke: the library's would stand still without a word."""
        fetcher: Any = self._consumer._fetcher  # noqa: SLF001 - nothing else tells
        if fetcher is None or fetcher.error_future.done():
            await self.stop()
            self._consumer = new_consumer(self._link)
            await self.start()
            self.assign(self._taken)

    async def _take_garbled(self, limit: int) -> "list[ConsumerRecord[bytes | None, bytes | None]]":
        """Take once from every partition by `garbled`, past the record that aiokafka cannot read."""
        client = self._consumer._client  # noqa: SLF001 - it has the connections; there is no other way to what was fetched
        found: list[ConsumerRecord[bytes | None, bytes | None]] = []
        for number, offset in self._taken.items():
            place = TopicPartition(self._topic, number)
            what = [(self._topic, [(number, offset, PARTITION_BYTES)])]
            answer = await client.send(
                client.cluster.leader_for_partition(place), FetchRequest(0, 0, PARTITION_BYTES, 0, what, rack_id="")
            )
            ((_, ((_, code, *_, batches),)),) = answer.topics
            raise_for(code)
            found += islice(records_in(place, bytes(batches), offset), limit - len(found))
        for record in found:
            self._taken[record.partition] = record.offset + 1
        self._is_garbled = False
        self.assign(self._taken)
        return found

    async def take_up_to(
        self, ends: "Mapping[int, int]", limit: int
    ) -> "list[ConsumerRecord[bytes | None, bytes | None]]":
        """Return ``limit`` records, or less when every partition was read up to its end.

        Raises:
            RetryLaterError: nothing came although something is there.
        """
        now = asyncio.get_running_loop().time
        deadline = now() + PRESENT_SECONDS
        found: list[ConsumerRecord[bytes | None, bytes | None]] = []
        while len(found) < limit and await self._is_behind(ends):
            if now() > deadline:
                if found:
                    break
                raise RetryLaterError(f"读取 {self._topic}：Kafka 在时限内没有应答。")
            found += await self.take(limit - len(found), _LOOK_SECONDS)
        return found

    async def _is_behind(self, ends: "Mapping[int, int]") -> bool:
        for number, end in ends.items():
            if number in self._taken and await self._position(number) < end:
                return True
        return False

    async def _position(self, number: int) -> int:
        return int(await self._consumer.position(TopicPartition(self._topic, number)))


@asynccontextmanager
async def open_fetching(link: "Link", topic: str) -> "AsyncIterator[Fetching]":
    """Open it for as long as the context lasts; nothing is fetched before `Fetching.assign`."""
    fetching = Fetching(link, topic)
    try:
        await fetching.start()
        yield fetching
    finally:
        await fetching.stop()
