"""A reader of a whole topic, outside of groups."""

import asyncio
from typing import TYPE_CHECKING

from shared.bus.kafka.records import received_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aiokafka.structs import ConsumerRecord

    from shared.bus.kafka.cluster import Cluster
    from shared.bus.kafka.fetching import Fetching
    from shared.bus.port import Received


class KafkaReader:
    """See `shared.bus.port.Reader`.

    Args:
        cluster: tells where the topic ends.
        fetching: the reader's own.
        topic: the topic's name, and as Kafka knows it.
        positions: partition → the offset to begin at.
    """

    def __init__(
        self, cluster: "Cluster", fetching: "Fetching", topic: tuple[str, str], positions: "Mapping[int, int]"
    ) -> None:
        self._cluster = cluster
        self._fetching = fetching
        self._name, self._topic = topic
        self._positions = dict(positions)
        self._is_torn = False
        self._fetching.assign(self._positions)

    @property
    def positions(self) -> "Mapping[int, int]":
        """Partition → the offset before which everything was returned, or is compacted away."""
        return self._positions

    async def poll(self, max_records: int, timeout_seconds: float) -> "list[Received]":
        """Return the next records."""
        now = asyncio.get_running_loop().time
        deadline = now() + timeout_seconds
        ends = await self._cluster.ends(self._topic)
        self._prepare(ends)
        self._is_torn = True  # until it is returned: a poll that fails or is cancelled half-way must not skip anything
        found = await self._fetching.take_up_to(ends, max_records)
        while not found and (left := deadline - now()) > 0:
            found = await self._fetching.take(max_records, left)
        self._positions = await self._fetching.positions()
        self._is_torn = False
        return self._received(found)

    def _prepare(self, ends: "Mapping[int, int]") -> None:
        new = ends.keys() - self._positions.keys()
        if new or self._is_torn:
            self._positions |= dict.fromkeys(new, 0)
            self._fetching.assign(self._positions)

    def _received(self, records: "list[ConsumerRecord[bytes | None, bytes | None]]") -> "list[Received]":
        return [received_of(self._name, record) for record in records]
