"""A member of a group, as the port sees it: membership and fetching brought together, commits fenced."""

import asyncio
from typing import TYPE_CHECKING

import aiokafka.errors as kafka
from aiokafka.protocol.commit import OffsetCommitRequest

from shared.bus.kafka.cluster import raise_for
from shared.bus.kafka.failures import translating
from shared.bus.kafka.joining import FORGOTTEN
from shared.bus.kafka.records import received_of
from shared.errors import PartitionLostError, RetryLaterError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from aiokafka.structs import ConsumerRecord

    from shared.bus.kafka.cluster import Cluster
    from shared.bus.kafka.fetching import Fetching
    from shared.bus.kafka.membership import Claim, Membership
    from shared.bus.port import Received

SETTLE_SECONDS = 30.0
"""How long a commit, or a question for what is there, waits for a rebalance to end."""

_LOOK_SECONDS = 0.25
_RETRY_SECONDS = 0.1
_NO_RETENTION_OF_ITS_OWN = -1


class KafkaConsumer:
    """See `shared.bus.port.Consumer`.

    Args:
        cluster: tells ends and commits; the member's own.
        membership: entered already.
        fetching: the member's own.
        topic: the topic's name, and as Kafka knows it.
    """

    def __init__(
        self, cluster: "Cluster", membership: "Membership", fetching: "Fetching", topic: tuple[str, str]
    ) -> None:
        self._cluster = cluster
        self._membership = membership
        self._fetching = fetching
        self._name, self._topic = topic
        self._claims: dict[int, Claim] = {}
        self._positions: dict[int, int] = {}
        self._is_stale = True
        self._drops = 0
        self._committing = asyncio.Lock()

    @property
    def assignment(self) -> frozenset[int]:
        """The partitions this member owns, as of the last `poll`."""
        return frozenset(self._claims)

    async def poll(self, max_records: int, timeout_seconds: float) -> "list[Received]":
        """Return the next records, in order within each partition."""
        now = asyncio.get_running_loop().time
        deadline = now() + timeout_seconds
        if timeout_seconds <= 0:
            return await self._poll_what_is_there(max_records)
        while True:
            left = max(deadline - now(), 0.0)
            if not await self._is_ready(left):
                return []
            drops = self._begin_to_take()
            found = self._returned(await self._fetching.take(max_records, min(left, _LOOK_SECONDS)), drops)
            if found or left <= _LOOK_SECONDS:
                return found

    async def commit(self, received: "Sequence[Received]") -> None:
        """Record that all up to and including these records is done."""
        done: dict[int, int] = {}
        for record in received:
            done[record.partition] = max(done.get(record.partition, 0), record.offset + 1)
        if done:
            async with self._committing:
                await self._commit(done)

    async def confirm(self, received: "Sequence[Received]") -> None:
        """Raise when any of their partitions is no longer this member's."""
        await self._must_be_settled()
        with translating(f"确认消费组 {self._membership.group} 的成员"):
            await self._membership.prove()
        await self._must_be_settled()
        self._must_own({record.partition for record in received})

    async def seek(self, partition: int, offset: int) -> None:
        """Go on from this offset."""
        await self._must_be_settled()
        if not self._owns(partition):
            raise self._lost(partition)
        self._positions[partition] = offset
        self._drop_what_is_fetched()

    async def _commit(self, done: "Mapping[int, int]") -> None:
        deadline = asyncio.get_running_loop().time() + SETTLE_SECONDS
        with translating(f"提交消费组 {self._membership.group} 的进度"):
            while True:
                await self._must_be_settled()
                self._must_own(done)
                try:
                    await self._send_commit(done)
                except FORGOTTEN:
                    self._membership.lose()
                except kafka.RebalanceInProgressError:
                    self._membership.rejoin()
                except kafka.KafkaError as error:
                    if not error.retriable or asyncio.get_running_loop().time() > deadline:
                        raise
                    self._cluster.forget_coordinator(self._membership.group)
                    await asyncio.sleep(_RETRY_SECONDS)
                else:
                    return

    async def _send_commit(self, done: "Mapping[int, int]") -> None:
        claims = {number: self._claims[number] for number in done}
        offsets = {number: max(offset, claims[number].committed or 0) for number, offset in done.items()}
        answer = await self._cluster.send_to_coordinator(
            self._membership.group,
            OffsetCommitRequest(
                self._membership.group,
                self._membership.generation,
                self._membership.member_id,
                _NO_RETENTION_OF_ITS_OWN,
                [(self._topic, [(number, offset, "") for number, offset in offsets.items()])],
            ),
        )
        for _, rows in answer.topics:
            for _, code in rows:
                raise_for(code)
        for number, claim in claims.items():
            claim.committed = offsets[number]

    async def _poll_what_is_there(self, max_records: int) -> "list[Received]":
        if not await self._is_ready(SETTLE_SECONDS):
            raise self._unsettled()
        ends = await self._cluster.ends(self._topic, self._claims)
        drops = self._begin_to_take()
        return self._returned(await self._fetching.take_up_to(ends, max_records), drops)

    async def _is_ready(self, timeout_seconds: float) -> bool:
        """Wait for a rebalance to end, and fetch from what is ours then; false when it takes longer."""
        with translating(f"确认消费组 {self._membership.group} 的成员"):
            await self._membership.prove()
        if not await self._membership.settled(timeout_seconds):
            return False
        while self._is_stale or self._claims != self._membership.claims:
            await self._take_over(dict(self._membership.claims))
        return self._membership.is_settled

    async def _take_over(self, claims: "dict[int, Claim]") -> None:
        unknown = [number for number, claim in claims.items() if claim.committed is None]
        if unknown:
            commits = await self._cluster.committed(self._membership.group, self._topic, unknown)
            for number in unknown:
                claims[number].committed = commits.get(number, 0)
        self._positions = {
            number: self._positions[number] if self._claims.get(number) is claim else claim.committed or 0
            for number, claim in claims.items()
        }
        self._claims = claims
        self._is_stale = False
        self._fetching.assign(self._positions)

    def _begin_to_take(self) -> int:
        self._is_stale = (
            True  # until it is passed on: a poll that fails or is cancelled half-way must not skip anything
        )
        return self._drops

    def _returned(self, records: "list[ConsumerRecord[bytes | None, bytes | None]]", drops: int) -> "list[Received]":
        """Pass on what may be: not what was lost meanwhile, nothing while that is in doubt, and nothing behind what was dropped."""
        if drops != self._drops:
            return []
        self._is_stale = False
        if not self._membership.is_settled or self._claims != self._membership.claims:
            self._is_stale = True  # what is held back here is fetched again
            if not self._membership.is_settled:
                return []
            records = [record for record in records if self._owns(record.partition)]
        for record in records:
            self._positions[record.partition] = record.offset + 1
        return [received_of(self._name, record) for record in records]

    async def _must_be_settled(self) -> None:
        if not await self._membership.settled(SETTLE_SECONDS):
            raise self._unsettled()

    def _must_own(self, partitions: "Collection[int]") -> None:
        for partition in partitions:
            if not self._owns(partition):
                # The caller drops this work: what stays ours must be delivered again, from its commit on.
                self._claims = {}
                self._drop_what_is_fetched()
                raise self._lost(partition)

    def _owns(self, partition: int) -> bool:
        claim = self._claims.get(partition)
        return claim is not None and self._membership.claims.get(partition) is claim

    def _drop_what_is_fetched(self) -> None:
        self._drops += 1
        self._is_stale = True

    def _unsettled(self) -> RetryLaterError:
        return RetryLaterError(f"消费组 {self._membership.group} 正在重新分配分区，还没有结束；稍后再试。")

    def _lost(self, partition: int) -> PartitionLostError:
        return PartitionLostError(
            f"{self._name} 的分区 {partition} 已转给消费组 {self._membership.group} 的其他成员；放弃这批工作，由新成员重做。"
        )
