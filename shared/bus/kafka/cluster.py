"""The cluster: who leads which partition, where topics begin and end, how far groups are. A link of requests and answers.

Kafka answers the requests of one connection in turn, and a fetch that waits for records keeps the next one waiting: so who
fetches has connections of its own, and so has every member of a group.
"""

import asyncio
from collections import defaultdict
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import aiokafka.errors as kafka
from aiokafka.client import AIOKafkaClient, ConnectionGroup, CoordinationType
from aiokafka.protocol.admin import ListGroupsRequest
from aiokafka.protocol.commit import OffsetFetchRequest
from aiokafka.protocol.offset import OffsetRequest

from shared.bus.kafka.connecting import REQUEST_SECONDS, reach
from shared.bus.kafka.failures import translating
from shared.bus.kafka.protocol import TopicsRequest
from shared.errors import RetryLaterError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Collection
    from typing import TypeVar
    from uuid import UUID

    from aiokafka.protocol.api import Request

    from shared.bus.kafka.connecting import Link

    T = TypeVar("T")

_BEGINNING = -2
_END = -1
_CONSUMER = -1
_READ_ALL = 0
_NO_COMMIT = -1
_NO_LEADER = -1
_RETRY_SECONDS = 0.1

_KNOWN_FOR_SECONDS = 60.0
"""How long what is known of a topic is believed; a wrong leader is noticed at once."""

_COORDINATOR_MOVED = (
    kafka.NotCoordinatorForGroupError,
    kafka.GroupCoordinatorNotAvailableError,
    kafka.GroupLoadInProgressError,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """A topic, as the cluster tells it.

    Attributes:
        topic_id: made when the topic is made.
        leaders: partition → the broker that takes and gives its records; -1 while there is none.
        replication: copies of each partition, of the one that has fewest.
    """

    topic_id: "UUID"
    leaders: dict[int, int]
    replication: int


class Cluster:
    """Asks brokers. What can be asked again is asked again for up to ``patience_seconds``.

    Every method raises `RetryLaterError` when no answer came in that time, `MisconfiguredError` when the cluster does not
    allow it, and where it takes a topic `NotFoundError` when there is none of that name.
    """

    def __init__(self, client: AIOKafkaClient, patience_seconds: float) -> None:
        self._client = client
        self._patience_seconds = patience_seconds
        self._topics: dict[str, tuple[float, Description]] = {}
        self._coordinators: dict[str, int] = {}

    async def describe(self, topic: str, *, fresh: bool = False) -> Description:
        """Return what the cluster tells of a topic, from memory unless ``fresh``."""
        told_at, known = self._topics.get(topic, (0.0, None))
        now = asyncio.get_running_loop().time()
        if known is not None and not fresh and now - told_at < _KNOWN_FOR_SECONDS:
            return known
        description = await self._persist(f"查询主题 {topic}", lambda: self._describe(topic))
        self._topics[topic] = (now, description)
        return description

    async def wait_for(self, topic: str) -> None:
        """Wait until every broker knows a topic that was just made, with a leader for each partition."""
        await self._wait(topic, lambda told: told is not None and _NO_LEADER not in told.leaders.values())
        await self.describe(topic, fresh=True)

    async def wait_without(self, topic: str) -> None:
        """Wait until no broker tells of a topic any more that was just deleted."""
        await self._wait(topic, lambda told: told is None)
        self._topics.pop(topic, None)

    async def ends(self, topic: str, partitions: "Collection[int] | None" = None) -> dict[int, int]:
        """Return partition → the offset after its last safe record, by one request to each broker concerned.

        The leader answers with its high watermark, below which every acknowledged record lies. A leader that was just elected
        refuses to answer until its watermark has caught up with that promise (KIP-207), and is asked again.
        """
        return await self._offsets(topic, partitions, _END)

    async def beginnings(self, topic: str, partitions: "Collection[int] | None" = None) -> dict[int, int]:
        """Return partition → the offset of the first record that retention left."""
        return await self._offsets(topic, partitions, _BEGINNING)

    async def committed(self, group: str, topic: str, partitions: "Collection[int]") -> dict[int, int]:
        """Return partition → the group's commit; one that was never committed is left out."""
        request = OffsetFetchRequest(group, [(topic, list(partitions))])

        async def ask() -> dict[int, int]:
            answer = await self.send_to_coordinator(group, request)
            found = {}
            for _, rows in answer.topics:
                for partition, offset, _, code in rows:
                    raise_for(code)
                    if offset != _NO_COMMIT:
                        found[partition] = offset
            return found

        return await self._persist(f"查询消费组 {group} 的进度", ask)

    async def wait_without_commits(self, group: str, topic: str, partitions: "Collection[int]") -> None:
        """Wait until a group's commits on a topic that was deleted are forgotten, which follows soon after."""
        deadline = asyncio.get_running_loop().time() + self._patience_seconds
        while await self.committed(group, topic, partitions):
            if asyncio.get_running_loop().time() > deadline:
                raise RetryLaterError(f"删除主题 {topic}：Kafka 还留着消费组 {group} 的进度；稍后再试。")
            await asyncio.sleep(_RETRY_SECONDS)

    async def groups(self) -> list[str]:
        """Return the names of all groups."""

        async def ask() -> list[str]:
            nodes = [broker.nodeId for broker in self._client.cluster.brokers()]
            answers = await asyncio.gather(*(self._client.send(node, ListGroupsRequest()) for node in nodes))
            for answer in answers:
                raise_for(answer.error_code)
            return [group for answer in answers for group, _ in answer.groups]

        return await self._persist("列出消费组", ask)

    async def send_to_coordinator(self, group: str, request: "Request[Any]") -> Any:  # noqa: ANN401 - as the request says
        """Send once to the broker that looks after a group, and return its answer, whose error codes are the caller's.

        Raises:
            KafkaError: no answer; whoever looks after the group is looked up anew the next time.
        """
        node = self._coordinators.get(group)
        if node is None:
            node = await self._client.coordinator_lookup(CoordinationType.GROUP, group)
            self._coordinators[group] = node
        try:
            return await self._client.send(node, request, group=ConnectionGroup.COORDINATION)
        except (kafka.KafkaError, OSError):
            self.forget_coordinator(group)
            raise

    def forget_coordinator(self, group: str) -> None:
        """Look the group's broker up anew: the one asked said that it is another now."""
        self._coordinators.pop(group, None)

    async def send_to_controller(self, request: "Request[Any]", doing: str) -> Any:  # noqa: ANN401 - as the request says
        """Send to the broker that makes topics."""

        async def ask() -> Any:  # noqa: ANN401 - as the request says
            await self._client.force_metadata_update()
            controller = self._client.cluster.controller
            if controller is None:
                raise kafka.NodeNotReadyError
            return await self._client.send(controller.nodeId, request)

        return await self._persist(doing, ask)

    async def send_to_any(self, request: "Request[Any]", doing: str) -> Any:  # noqa: ANN401 - as the request says
        """Send to some broker."""
        return await self._persist(doing, lambda: self._client.send(self._any_node(), request))

    def count_brokers(self) -> int:
        """Return how many brokers the cluster told of."""
        return len(self._client.cluster.brokers())

    async def _wait(self, topic: str, is_so: "Callable[[Description | None], bool]") -> None:
        """Wait until it is so on every broker that answers: each learns of a change at its own pace. No longer than patience lasts."""
        now = asyncio.get_running_loop().time
        deadline = now() + self._patience_seconds
        while True:
            told = [await self._told(topic, broker.nodeId) for broker in self._client.cluster.brokers()]
            if all(is_so(one) for one in told if not isinstance(one, Exception)) or now() > deadline:
                return
            await asyncio.sleep(_RETRY_SECONDS)

    async def _told(self, topic: str, node: int) -> "Description | Exception | None":
        try:
            return await self._describe(topic, node)
        except kafka.UnknownTopicOrPartitionError:
            return None
        except (kafka.KafkaError, OSError) as error:
            return error

    async def _describe(self, topic: str, node: int | None = None) -> Description:
        answer = await self._client.send(self._any_node() if node is None else node, TopicsRequest([topic]))
        (told,) = answer.topics
        code, _, topic_id, _, partitions, *_ = told
        raise_for(code)
        leaders = {number: leader for _, number, leader, *_ in partitions}
        replication = min((len(row[4]) for row in partitions), default=0)
        if any(self._client.cluster.broker_metadata(leader) is None for leader in leaders.values()):
            await self._client.force_metadata_update()
        return Description(topic_id=topic_id, leaders=leaders, replication=replication)

    async def _offsets(self, topic: str, partitions: "Collection[int] | None", which: int) -> dict[int, int]:
        async def ask() -> dict[int, int]:
            described = await self.describe(topic)
            by_leader: dict[int, list[tuple[int, int]]] = defaultdict(list)
            for partition, leader in described.leaders.items():
                if partitions is None or partition in partitions:
                    by_leader[leader].append((partition, which))
            try:
                answers = await asyncio.gather(
                    *(
                        self._client.send(leader, OffsetRequest(_CONSUMER, _READ_ALL, [(topic, rows)]))
                        for leader, rows in by_leader.items()
                    )
                )
                found = {}
                for answer in answers:
                    for _, rows in answer.topics:
                        for partition, code, _, offset in rows:
                            raise_for(code)
                            found[partition] = offset
            except kafka.UnknownTopicOrPartitionError as error:
                # A leader that has not heard of its new topic yet; if the topic is gone, the next description says so.
                self._topics.pop(topic, None)
                raise kafka.NotLeaderForPartitionError from error
            except kafka.KafkaError:
                self._topics.pop(topic, None)
                raise
            return found

        return await self._persist(f"查询主题 {topic}", ask)

    def _any_node(self) -> Any:  # noqa: ANN401 - a broker's number, or a name before one is known
        node = self._client.get_random_node()
        if node is None:
            raise kafka.NodeNotReadyError
        return node

    async def _persist(self, doing: str, ask: "Callable[[], Awaitable[T]]") -> "T":
        with translating(doing):
            deadline = asyncio.get_running_loop().time() + self._patience_seconds
            while True:
                try:
                    return await ask()
                except kafka.UnknownTopicOrPartitionError:
                    raise
                except (kafka.KafkaError, OSError) as error:
                    if isinstance(error, kafka.KafkaError) and not error.retriable:
                        raise
                    if asyncio.get_running_loop().time() > deadline:
                        raise
                    if isinstance(error, _COORDINATOR_MOVED):
                        self._coordinators.clear()
                await asyncio.sleep(_RETRY_SECONDS)


def raise_for(code: int) -> None:
    """Raise what an error code of the protocol stands for; 0 stands for none."""
    if code:
        raise kafka.for_code(code)


@asynccontextmanager
async def open_cluster(link: "Link", *, patience_seconds: float = REQUEST_SECONDS) -> "AsyncIterator[Cluster]":
    """Reach the cluster, for as long as the context lasts.

    Raises:
        MisconfiguredError: a broker refuses the connection for what the settings say.
        RetryLaterError: no broker answers.
    """
    await reach(link)
    client = AIOKafkaClient(**link.options)
    try:
        with translating(f"连接 Kafka {link.servers}"):
            await client.bootstrap()
        yield Cluster(client, patience_seconds)
    finally:
        await client.close()
