"""The bus as its users see it; what holds here holds on every backend.

The model is Kafka's, because a backend that has less cannot pretend to have it:

* A topic has partitions; records of one key stay in one partition and in order. Offsets grow, but may have gaps.
* `Bus.append` returns when the records are safe: after it, a power cut loses none of them. When it raises, any of them may be on
  the bus: append them again, whoever reads them knows them by their content.
* Members of a *group* share the partitions of a topic; each partition has one owner at a time. When a member joins,
  leaves or dies (no sign of life for ``session_timeout_seconds``), ownership moves: a *rebalance*, a new *generation*.
* Delivery is at least once. A member's position starts at the group's last commit; what was polled and not committed is
  delivered again after a crash or a rebalance, to whoever owns the partition then. Commit after the write, never before.
* A commit for a partition that moved away in the meantime raises `PartitionLostError`: the work belongs to the new
  owner, who does it again; drop it. `Consumer.poll` never returns records of a partition the member does not own, and
  `Consumer.confirm` tells before a write whether the work still is this member's.
* A member that dies is replaced when its session is over, at the latest. No clock of a process decides anything: they may
  be hours apart.
* Whatever lies on a topic is returned, also what no Zhitui ever wrote: no key is an empty one, bytes that are no text are shown by
  their number, and `Bus.dead_letter` keeps the record whole.
* A *reader* stands outside of groups and sees every partition from the beginning: how a compacted topic is loaded. A
  compacted topic keeps a tombstone for `TOMBSTONES_KEPT` at least, so that a reader who was away no longer misses none.
"""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from shared.bus.topics import Topic

TOMBSTONES_KEPT = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What is appended.

    Attributes:
        key: decides the partition, and what compaction keeps.
        value: ``None`` is a tombstone.
    """

    key: str
    value: bytes | None
    headers: "Mapping[str, str]" = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """What comes back: a record with its place.

    Attributes:
        appended_at: when the bus took it, aware UTC.
    """

    topic: str
    partition: int
    offset: int
    key: str
    value: bytes | None
    headers: "Mapping[str, str]"
    appended_at: datetime


class Consumer(Protocol):
    """A member of a group. Call `poll` at least every ``session_timeout_seconds`` while work goes on in between."""

    @property
    def assignment(self) -> frozenset[int]:
        """The partitions this member owns, as of the last `poll`."""
        ...

    async def poll(self, max_records: int, timeout_seconds: float) -> "list[Received]":
        """Return the next records, in order within each partition.

        Waits up to ``timeout_seconds`` for a first record, then returns what is there, at most ``max_records``.
        An empty list means that nothing came. Not asking is the back-pressure.
        """
        ...

    async def commit(self, received: "Sequence[Received]") -> None:
        """Record that all up to and including these records is done, durably.

        Raises:
            PartitionLostError: one of their partitions belongs to another member now; nothing of this call counts.
                Drop the work and poll: partitions that this member still owns start again at their commits.
        """
        ...

    async def confirm(self, received: "Sequence[Received]") -> None:
        """Return when their partitions have been this member's without a break since they were polled: now it may write.

        Cheap enough to be asked before every write. What comes a moment later no backend can rule out; it is done twice then.

        Raises:
            PartitionLostError: one of their partitions belongs to another member now: drop the work and poll, as after `commit`.
            RetryLaterError: nobody can tell now, as the other side does not answer: do not write.
        """
        ...

    async def seek(self, partition: int, offset: int) -> None:
        """Go on from this offset (the next record is the first at or after it). Commits stay as they are.

        Raises:
            PartitionLostError: the partition is not this member's.
        """
        ...


class Reader(Protocol):
    """Sees every partition of a topic from the beginning, and goes on with what is appended."""

    @property
    def positions(self) -> "Mapping[int, int]":
        """Partition → the offset before which everything was returned by `poll`, or is compacted away.

        A poll that returns less than it was allowed to leaves no partition behind where `Bus.ends` was before it.
        """
        ...

    async def poll(self, max_records: int, timeout_seconds: float) -> "list[Received]":
        """Return the next records, as `Consumer.poll` does; ``timeout_seconds=0`` asks only for what is there."""
        ...


class Bus(Protocol):
    """Topics to append to and to consume."""

    async def create(self, topics: "Sequence[Topic]", *, partitions: int = 1) -> None:
        """Create the topics that do not exist yet; those that do keep their partitions."""
        ...

    async def append(self, topic: "Topic", records: "Sequence[Record]") -> None:
        """Append the records, those of a key in this order, and return when all are safe.

        Raises:
            NotFoundError: the topic was never created.
            InvalidInputError: a record is larger than the bus takes; nothing was appended.
            StorageFullError: there is no room.
            RetryLaterError: they are not safe, or nobody knows: any of them may be on the bus.
        """
        ...

    def consumer(
        self, topic: "Topic", group: str, *, session_timeout_seconds: float = 10.0
    ) -> AbstractAsyncContextManager[Consumer]:
        """Join a group; leaving the context leaves it at once, so that others take over without a timeout."""
        ...

    def reader(
        self, topic: "Topic", *, positions: "Mapping[int, int] | None" = None
    ) -> AbstractAsyncContextManager[Reader]:
        """Open a reader at the beginning of the topic.

        Args:
            topic: what to read.
            positions: partition → the offset to begin at, for who kept what lies before; others begin at the beginning.
        """
        ...

    async def incarnation(self, topic: "Topic") -> str:
        """Return a name of the topic that changes when it is made anew: what was kept of its records is worthless then.

        Raises:
            NotFoundError: the topic was never created.
        """
        ...

    async def ends(self, topic: "Topic") -> dict[int, int]:
        """Return partition → the offset after the last record that is safe; every append that returned before is covered.

        Raises:
            NotFoundError: the topic was never created.
        """
        ...

    async def committed(self, topic: "Topic", group: str) -> dict[int, int]:
        """Return partition → the offset after the group's last commit, 0 where it never made one.

        Raises:
            NotFoundError: the topic was never created.
        """
        ...

    async def remake(self, topics: "Sequence[Topic]") -> None:
        """Make topics anew with as many partitions as they have: empty, every group at the beginning, a new incarnation.

        Only while nobody else works on them. Done twice, it is done once.

        Raises:
            NotFoundError: one was never created.
        """
        ...

    async def lag(self, topic: "Topic", group: str) -> int:
        """Return how many records lie after the group's commits, or a few more: what compaction took away may be counted."""
        ...

    async def dead_letter(self, topic: "Topic", received: Received, error: Exception) -> None:
        """Put a record that cannot be processed on the topic's dead letters, whole.

        Key and value are those that came, byte for byte. Headers carry where it came from and why: ``original-topic``, ``original-partition``, ``original-offset``,
        ``error-class``, ``error-text``.
        """
        ...
