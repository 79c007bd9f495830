"""The bus on SQLite; what it promises stands in `shared.bus.port`."""

from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING

from shared.bus.dead_letters import dead_letter_of
from shared.bus.embedded import log
from shared.bus.embedded.consumer import EmbeddedConsumer
from shared.bus.embedded.groups import Group
from shared.bus.embedded.reader import EmbeddedReader
from shared.bus.embedded.waiting import Bell
from shared.bus.limits import check_sizes
from shared.errors import NotFoundError
from shared.sqlite.moments import to_microseconds

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import AsyncIterator, Mapping, Sequence
    from datetime import timedelta

    from shared.bus.embedded.log import Partition
    from shared.bus.port import Received, Record
    from shared.bus.topics import Topic
    from shared.clock import Clock
    from shared.sqlite.database import Database

_TRIM_AT_ONCE = 2_000


class EmbeddedBus:
    """See `shared.bus.port.Bus`."""

    def __init__(self, database: "Database", clock: "Clock") -> None:
        self._database = database
        self._clock = clock
        self._bell = Bell()
        self._partitions: dict[str, list[Partition]] = {}

    async def create(self, topics: "Sequence[Topic]", *, partitions: int = 1) -> None:
        """Create the topics that do not exist yet."""
        missing = [topic for topic in topics if not await self._known_partitions(topic)]

        def work(connection: "sqlite3.Connection") -> None:
            for topic in missing:
                log.create(connection, topic, partitions, to_microseconds(self._clock.now()))

        if missing:  # a command that only looks must not need room on the disk
            await self._database.write(work)

    async def append(self, topic: "Topic", records: "Sequence[Record]") -> None:
        """Append the records, and return when they are safe."""
        check_sizes(records)
        if not records:
            return
        partitions = await self._partitions_of(topic)
        rows = log.rows_of(records, len(partitions))
        await self._database.write(
            partial(log.append, partitions=partitions, rows=rows, now=to_microseconds(self._clock.now()), topic=topic)
        )
        self._bell.ring()

    @asynccontextmanager
    async def consumer(
        self, topic: "Topic", group: str, *, session_timeout_seconds: float = 10.0
    ) -> "AsyncIterator[EmbeddedConsumer]":
        """Join a group for as long as the context lasts."""
        await self._partitions_of(topic)
        consumer = EmbeddedConsumer(
            self._database, self._clock, self._bell, Group(topic.name, group), session_timeout_seconds
        )
        try:
            await consumer.join()
            yield consumer
        finally:
            await consumer.leave()

    @asynccontextmanager
    async def reader(
        self, topic: "Topic", *, positions: "Mapping[int, int] | None" = None
    ) -> "AsyncIterator[EmbeddedReader]":
        """Open a reader at the beginning of the topic, or at these positions."""
        partitions = await self._partitions_of(topic)
        start = {partition: (positions or {}).get(partition.number, 0) for partition in partitions}
        yield EmbeddedReader(self._database, self._bell, topic.name, start)

    async def incarnation(self, topic: "Topic") -> str:
        """Return a name of the topic that changes when it is made anew."""
        await self._partitions_of(topic)
        return str(await self._database.read(partial(log.created_at, topic=topic)))

    async def ends(self, topic: "Topic") -> dict[int, int]:
        """Return partition → the offset after the last record."""
        await self._partitions_of(topic)
        return await self._database.read(partial(log.ends, topic=topic.name))

    async def committed(self, topic: "Topic", group: str) -> dict[int, int]:
        """Return partition → the offset after the group's last commit."""
        numbers = [partition.number for partition in await self._partitions_of(topic)]
        known = await self._database.read(partial(log.committed, topic=topic.name, group=group))
        return {number: known.get(number, 0) for number in numbers}

    async def remake(self, topics: "Sequence[Topic]") -> None:
        """Make topics anew, empty."""
        for topic in topics:
            await self._partitions_of(topic)
        now = to_microseconds(self._clock.now())
        for topic in topics:
            await self._database.write(partial(log.remake, topic=topic, now=now))
        self._partitions.clear()

    async def lag(self, topic: "Topic", group: str) -> int:
        """Return how many records lie after the group's commits."""
        return await self._database.read(partial(log.lag, topic=topic, group=group))

    async def dead_letter(self, topic: "Topic", received: "Received", error: Exception) -> None:
        """Put a record that cannot be processed on the topic's dead letters, whole."""
        await self.append(topic.dead_letters, [dead_letter_of(received, error)])

    async def trim(self, keep: "timedelta") -> int:
        """Forget what is older than ``keep`` and needed by nobody, and return how many records went."""
        before = to_microseconds(self._clock.now() - keep)
        total = 0
        while gone := await self._database.write(partial(log.trim, before=before, limit=_TRIM_AT_ONCE)):
            total += gone
        return total

    async def _partitions_of(self, topic: "Topic") -> "list[Partition]":
        known = await self._known_partitions(topic)
        if not known:
            raise NotFoundError(f"总线上没有主题 {topic.name}；请先建立它。")
        return known

    async def _known_partitions(self, topic: "Topic") -> "list[Partition]":
        known = self._partitions.get(topic.name)
        if known is None:
            known = await self._database.read(partial(log.partitions_of, topic=topic.name))
            if known:
                self._partitions[topic.name] = known
        return known
