"""The bus on Kafka; what it promises stands in `shared.bus.port`."""

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING

from shared.bus.dead_letters import dead_letter_of
from shared.bus.kafka.cluster import Cluster, open_cluster
from shared.bus.kafka.consumer import SETTLE_SECONDS, KafkaConsumer
from shared.bus.kafka.fetching import open_fetching
from shared.bus.kafka.membership import Membership
from shared.bus.kafka.producer import RECORD_OVERHEAD_BYTES, Producer
from shared.bus.kafka.reader import KafkaReader
from shared.bus.kafka.records import raw_of
from shared.bus.kafka.topic_making import make, plan_of, remake, usual_replication
from shared.bus.kafka.topic_settings import MAX_MESSAGE, read_settings
from shared.bus.limits import MAX_RECORD_BYTES, check_sizes
from shared.errors import InvalidInputError, MisconfiguredError, NotFoundError, RetryLaterError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

    from shared.bus.kafka.connecting import Link
    from shared.bus.port import Received, Record
    from shared.bus.topics import Topic


class KafkaBus:
    """See `shared.bus.port.Bus`."""

    def __init__(self, link: "Link", cluster: Cluster, producer: Producer) -> None:
        self._link = link
        self._cluster = cluster
        self._producer = producer
        self._limits: dict[str, int] = {}

    async def create(self, topics: "Sequence[Topic]", *, partitions: int = 1) -> None:
        """Create the topics that do not exist yet, with as many copies as the cluster can keep, three at most."""
        replication = usual_replication(self._cluster)
        missing = [topic for topic in topics if not await self._exists(topic)]
        plan = partial(plan_of, prefix=self._link.prefix, partitions=partitions, replication=replication)
        await make(self._cluster, [plan(topic) for topic in missing])

    async def append(self, topic: "Topic", records: "Sequence[Record]") -> None:
        """Append the records, and return when they are safe."""
        name = self._name(topic)
        limit = await self._limit_for(name, records)
        if not records:
            return
        partitions = len((await self._cluster.describe(name)).leaders)
        raws = [raw_of(record) for record in records]
        try:
            await self._producer.append(name, partitions, raws, limit_bytes=limit)
        except RetryLaterError:
            await self._cluster.describe(name, fresh=True)  # a topic that is gone is never waited for
            raise

    @asynccontextmanager
    async def consumer(
        self, topic: "Topic", group: str, *, session_timeout_seconds: float = 10.0
    ) -> "AsyncIterator[KafkaConsumer]":
        """Join a group for as long as the context lasts."""
        name = self._name(topic)
        await self._cluster.describe(name)
        async with AsyncExitStack() as stack:
            own = await stack.enter_async_context(open_cluster(self._link))
            fetching = await stack.enter_async_context(open_fetching(self._link, name))
            membership = Membership(own, self._group(topic, group), name, session_timeout_seconds)
            stack.push_async_callback(membership.leave)
            await membership.enter()
            if not await membership.settled(SETTLE_SECONDS):
                raise RetryLaterError(f"加入消费组 {group}：Kafka 在时限内没有完成分区分配；稍后再试。")
            yield KafkaConsumer(own, membership, fetching, (topic.name, name))

    @asynccontextmanager
    async def reader(
        self, topic: "Topic", *, positions: "Mapping[int, int] | None" = None
    ) -> "AsyncIterator[KafkaReader]":
        """Open a reader at the beginning of the topic, or at these positions."""
        name = self._name(topic)
        described = await self._cluster.describe(name)
        start = {number: (positions or {}).get(number, 0) for number in described.leaders}
        async with open_fetching(self._link, name) as fetching:
            yield KafkaReader(self._cluster, fetching, (topic.name, name), start)

    async def incarnation(self, topic: "Topic") -> str:
        """Return the id that Kafka gave the topic when it was made."""
        return str((await self._cluster.describe(self._name(topic), fresh=True)).topic_id)

    async def ends(self, topic: "Topic") -> dict[int, int]:
        """Return partition → the offset after the last record that is safe."""
        return await self._cluster.ends(self._name(topic))

    async def committed(self, topic: "Topic", group: str) -> dict[int, int]:
        """Return partition → the offset after the group's last commit."""
        name = self._name(topic)
        numbers = (await self._cluster.describe(name)).leaders
        known = await self._cluster.committed(self._group(topic, group), name, numbers)
        return {number: known.get(number, 0) for number in numbers}

    async def remake(self, topics: "Sequence[Topic]") -> None:
        """Make topics anew, empty."""
        plans = []
        for topic in topics:
            described = await self._cluster.describe(self._name(topic), fresh=True)
            partitions, replication = len(described.leaders), described.replication
            plans.append(plan_of(topic, self._link.prefix, partitions=partitions, replication=replication))
        await remake(self._cluster, plans)
        await self._producer.close()  # its sequences belong to the topics that are gone

    async def lag(self, topic: "Topic", group: str) -> int:
        """Return how many offsets lie after the group's commits, of what retention left."""
        name = self._name(topic)
        ends, beginnings = await asyncio.gather(self._cluster.ends(name), self._cluster.beginnings(name))
        commits = await self._cluster.committed(self._group(topic, group), name, ends)
        done = {number: max(commits.get(number, 0), beginnings.get(number, 0)) for number in ends}
        return sum(max(end - done[number], 0) for number, end in ends.items())

    async def dead_letter(self, topic: "Topic", received: "Received", error: Exception) -> None:
        """Put a record that cannot be processed on the topic's dead letters, whole."""
        await self.append(topic.dead_letters, [dead_letter_of(received, error)])

    def _name(self, topic: "Topic") -> str:
        return f"{self._link.prefix}{topic.name}"

    def _group(self, topic: "Topic", group: str) -> str:
        return f"{self._link.prefix}{topic.name}.{group}"

    async def _exists(self, topic: "Topic") -> bool:
        try:
            await self._cluster.describe(self._name(topic))
        except NotFoundError:
            return False
        return True

    async def _limit_for(self, name: str, records: "Sequence[Record]") -> int:
        """Return the largest batch that the topic takes, when it takes these records."""
        try:
            limit = self._limits[name]
            check_sizes(records, _payload(limit))
        except (KeyError, InvalidInputError):  # not known, or raised since
            limit = self._limits[name] = await self._read_limit(name)
            check_sizes(records, _payload(limit))
        return limit

    async def _read_limit(self, name: str) -> int:
        await self._cluster.describe(name)
        try:
            return int((await read_settings(self._cluster, name))[MAX_MESSAGE])
        except MisconfiguredError:  # the account may write but not look: the broker itself will refuse
            return MAX_RECORD_BYTES + RECORD_OVERHEAD_BYTES


def _payload(limit_bytes: int) -> int:
    return min(MAX_RECORD_BYTES, limit_bytes - RECORD_OVERHEAD_BYTES)


@asynccontextmanager
async def open_bus(link: "Link") -> "AsyncIterator[KafkaBus]":
    """Reach the cluster, for as long as the context lasts; whether there are topics is not looked at.

    Raises:
        MisconfiguredError: a broker refuses the connection for what the settings say.
        RetryLaterError: no broker answers.
    """
    async with open_cluster(link) as cluster:
        producer = Producer(link)
        try:
            yield KafkaBus(link, cluster, producer)
        finally:
            await producer.close()
