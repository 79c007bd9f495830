"""Membership of a consumer group by Kafka's classic protocol: join, share, show signs of life, leave.

A task of its own keeps the membership while the work goes on, and takes part in every rebalance at once. What the port
promises needs to know for how long a partition has been ours *without a break*: that is a `Claim`. A claim goes on through
a rebalance when the same member id got the same partition in the very next generation, because then nobody can have had it in
between; in all other cases a new claim begins, and with it reading at the group's commit. While a rebalance is under way claims
are in doubt: who must know waits for `settled`.
"""

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

import aiokafka.errors as kafka
from aiokafka.protocol.group import HeartbeatRequest, LeaveGroupRequest

from shared.bus.kafka.cluster import raise_for
from shared.bus.kafka.failures import translated
from shared.bus.kafka.joining import FORGOTTEN, LONGEST_REBALANCE_SECONDS, Joined, join
from shared.bus.kafka.shares import Held
from shared.errors import RetryLaterError, ZhituiError
from shared.logs import get_logger
from shared.runtime.cancelling import cancel

if TYPE_CHECKING:
    from shared.bus.kafka.cluster import Cluster

_HEARTBEATS_A_SESSION = 20
_BACKOFF_SECONDS = 0.2
_LEAVE_SECONDS = 2.0
_WATCH_SECONDS = 30.0
"""How often the member that shares out looks whether there are more partitions by now."""

_TELL_AFTER = 5
"""Failures in a row, about a second's: a coordinator that moves is nothing to tell of."""

_log = get_logger("bus")


class Claim:
    """One unbroken time of owning a partition; claims are told apart by identity.

    Attributes:
        committed: the group's commit, once it is known.
    """

    def __init__(self, partition: int) -> None:
        self.partition = partition
        self.committed: int | None = None


class Membership:
    """A member of a group of one topic.

    Attributes:
        claims: partition → since when it is ours without a break.
        member_id: given by the broker; empty before joining.
        generation: of the group, when the partitions were last shared out.
    """

    def __init__(self, cluster: "Cluster", group: str, topic: str, session_timeout_seconds: float) -> None:
        self.claims: dict[int, Claim] = {}
        self.member_id = ""
        self.generation = -1
        self.group = group
        self._cluster = cluster
        self._topic = topic
        self._session_timeout_seconds = session_timeout_seconds
        self._partitions = 0
        self._leads = False
        self._is_settled = False
        self._trouble: ZhituiError | None = None
        self._is_known = asyncio.Event()  # how it stands: settled, or in trouble
        self._alive_at = 0.0
        self._task: asyncio.Task[None] | None = None
        self._watching: asyncio.Task[None] | None = None

    @property
    def is_settled(self) -> bool:
        """Whether no rebalance is under way that this member knows of."""
        return self._is_settled

    async def enter(self) -> None:
        """Become a member, and stay one until `leave`."""
        self._task = asyncio.create_task(self._stay(), name=f"membership {self.group}")
        self._watching = asyncio.create_task(self._watch_partitions(), name=f"partitions of {self._topic}")

    async def leave(self) -> None:
        """Give the partitions to the others at once."""
        await self.stop_heart()
        if self.member_id:
            with suppress(kafka.KafkaError, OSError, TimeoutError):  # the end of the session tells the others as well
                async with asyncio.timeout(_LEAVE_SECONDS):
                    await self._cluster.send_to_coordinator(self.group, LeaveGroupRequest(self.group, self.member_id))

    async def stop_heart(self) -> None:
        """End the tasks that keep the membership."""
        await asyncio.gather(*[cancel(task) for task in (self._task, self._watching) if task is not None])

    async def settled(self, timeout_seconds: float) -> bool:
        """Wait until no rebalance is under way; false when the time is over before.

        Raises:
            MisconfiguredError: the cluster refuses this member for what the settings say.
            NotFoundError: the topic is gone.
        """
        with suppress(TimeoutError):
            await asyncio.wait_for(self._is_known.wait(), timeout_seconds)
        if self._trouble is not None:
            raise self._trouble
        if self._task is not None and self._task.done():
            self._task.result()
        return self._is_settled

    async def prove(self) -> None:
        """Ask the broker whether we are still a member, if the last sign of life is too old to be sure of it.

        Raises:
            KafkaError: no answer.
        """
        now = asyncio.get_running_loop().time()
        sure_for_seconds = min(self._session_timeout_seconds, LONGEST_REBALANCE_SECONDS) / 2
        if self.is_settled and now - self._alive_at > sure_for_seconds:
            await self._heartbeat()

    def lose(self) -> None:
        """The broker does not know this member (any more): whatever it owned is another's by now."""
        self.member_id = ""
        self.generation = -1
        self.rejoin()

    def rejoin(self) -> None:
        """The partitions are about to be shared out anew."""
        self._stand(settled=False, trouble=None)

    async def _stay(self) -> None:
        failures = 0
        while True:
            try:
                if self._is_settled:
                    await self._pause_between_heartbeats()
                    await self._heartbeat()
                else:
                    await self._join()
            except FORGOTTEN:
                self.lose()
            except (kafka.KafkaError, OSError, TimeoutError, ZhituiError) as error:
                problem = translated(error, f"加入消费组 {self.group}")
                if not isinstance(problem, RetryLaterError):
                    self._stand(settled=self._is_settled, trouble=problem)
                failures += 1
                if failures == _TELL_AFTER:
                    _log.warning("group_unreachable", group=self.group, error=str(problem))
                await asyncio.sleep(_BACKOFF_SECONDS)
            else:
                failures = 0
                self._stand(settled=self._is_settled, trouble=None)

    async def _pause_between_heartbeats(self) -> None:
        await asyncio.sleep(self._session_timeout_seconds / _HEARTBEATS_A_SESSION)

    async def _heartbeat(self) -> None:
        sent_at = asyncio.get_running_loop().time()
        generation = self.generation
        answer = await self._cluster.send_to_coordinator(
            self.group, HeartbeatRequest(self.group, generation, self.member_id)
        )
        if generation != self.generation:
            return  # about a membership that is over
        try:
            raise_for(answer.error_code)
        except kafka.RebalanceInProgressError:
            self.rejoin()
        except FORGOTTEN:
            self.lose()
        except kafka.BrokerResponseError:
            self._cluster.forget_coordinator(self.group)
            raise
        self._alive_at = sent_at

    async def _watch_partitions(self) -> None:
        """Begin a rebalance when partitions were added; not beside the heartbeats, which must not wait for any other broker."""
        while True:
            await asyncio.sleep(_WATCH_SECONDS)
            with suppress(ZhituiError):
                partitions = len((await self._cluster.describe(self._topic, fresh=True)).leaders)
                if self._is_settled and self._leads and partitions != self._partitions:
                    self.rejoin()

    async def _join(self) -> None:
        before = Held(self.generation, tuple(self.claims))
        began_at = asyncio.get_running_loop().time()
        try:
            joined = await join(
                self._cluster,
                group=self.group,
                topic=self._topic,
                member_id=self.member_id,
                held=before,
                session_timeout_seconds=self._session_timeout_seconds,
                keep=self._keep_id,
            )
        except kafka.RebalanceInProgressError:
            return  # somebody else came or went meanwhile: once more
        self._adopt(joined, before)
        self._alive_at = began_at
        self._stand(settled=True, trouble=None)
        _log.info("partitions_shared", group=self.group, generation=joined.generation, owned=sorted(self.claims))

    def _stand(self, *, settled: bool, trouble: ZhituiError | None) -> None:
        self._is_settled, self._trouble = settled, trouble
        if settled or trouble is not None:
            self._is_known.set()
        else:
            self._is_known.clear()

    def _keep_id(self, member_id: str) -> None:
        if member_id != self.member_id:
            self.member_id = member_id
            self.generation = -1

    def _adopt(self, joined: Joined, before: Held) -> None:
        unbroken = self.generation >= 0 and joined.generation == before.generation + 1
        self.claims = {
            number: self.claims[number] if unbroken and number in self.claims else Claim(number)
            for number in joined.partitions
        }
        self.generation = joined.generation
        self._leads = joined.leads
        self._partitions = joined.of_partitions
