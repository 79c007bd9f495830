"""A member of a group, from joining to leaving."""

import asyncio
from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING

from shared.bus.embedded import groups, log
from shared.bus.embedded.member_lock import FOLDER, MemberLock
from shared.errors import PartitionLostError, StorageFullError
from shared.runtime.cancelling import end
from shared.sqlite.moments import to_microseconds

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence

    from shared.bus.embedded.groups import Claim, Group
    from shared.bus.embedded.waiting import Bell
    from shared.bus.port import Received
    from shared.clock import Clock
    from shared.sqlite.database import Database

_HEARTBEATS_A_SESSION = 3


class EmbeddedConsumer:
    """See `shared.bus.port.Consumer`. A task of its own keeps the membership alive while the work goes on."""

    def __init__(
        self, database: "Database", clock: "Clock", bell: "Bell", group: "Group", session_timeout_seconds: float
    ) -> None:
        self._database = database
        self._clock = clock
        self._bell = bell
        self._group = group
        self._session_timeout_seconds = session_timeout_seconds
        self._folder = database.path.parent / FOLDER
        self._lock = MemberLock(self._folder)
        self._member = 0
        self._claims: dict[int, Claim] = {}
        self._positions: dict[int, int] = {}
        self._turn = 0
        self._refusals = 0
        self._heart: asyncio.Task[None] | None = None

    @property
    def assignment(self) -> frozenset[int]:
        """The partitions this member owns, as of the last `poll`."""
        return frozenset(self._claims)

    async def join(self) -> None:
        """Become a member, and stay one until `leave`."""
        await self._join()
        self._heart = asyncio.create_task(self._beat(), name=f"heartbeat {self._group.name}")

    async def leave(self) -> None:
        """Give the partitions to the others at once."""
        await self.stop_heart()
        try:
            await self._database.write(partial(groups.leave, group=self._group, member=self._member))
        except StorageFullError:
            pass  # the lock's release tells the others as well
        finally:
            self._lock.release()
            self._bell.ring()

    async def stop_heart(self) -> None:
        """End the task that keeps the membership alive."""
        if self._heart is not None:
            await end(self._heart)

    async def poll(self, max_records: int, timeout_seconds: float) -> "list[Received]":
        """Return the next records, in order within each partition."""
        return await self._bell.wait_for(partial(self._look, max_records), timeout_seconds)

    async def commit(self, received: "Sequence[Received]") -> None:
        """Record that all up to and including these records is done."""
        with self._dropping_what_is_lost():
            await self._commit(received)

    async def confirm(self, received: "Sequence[Received]") -> None:
        """Raise when any of their partitions is no longer this member's."""
        with self._dropping_what_is_lost():
            epochs = {record.partition: self._claim(record.partition).epoch for record in received}
            owned = await self._database.read(partial(groups.claims, group=self._group, member=self._member))
            now = {claim.partition.number: claim.epoch for claim in owned or ()}
            for partition, epoch in epochs.items():
                if now.get(partition) != epoch:
                    raise self._lost(partition)

    async def seek(self, partition: int, offset: int) -> None:
        """Go on from this offset."""
        self._claim(partition)
        self._positions[partition] = offset

    @contextmanager
    def _dropping_what_is_lost(self) -> "Iterator[None]":
        try:
            yield
        except PartitionLostError:
            # The caller drops this work: what stays ours must be delivered again, from its commit on.
            self._claims.clear()
            self._refusals += 1
            raise

    async def _commit(self, received: "Sequence[Received]") -> None:
        done: dict[int, tuple[int, int]] = {}
        for record in received:
            claim = self._claim(record.partition)
            _, known = done.get(record.partition, (0, 0))
            done[record.partition] = (claim.epoch, max(known, record.offset + 1))
        if not done:
            return

        def work(connection: "sqlite3.Connection") -> None:
            lost = groups.commit(connection, self._group, self._member, done)
            if lost is not None:
                raise self._lost(lost)

        await self._database.write(work)

    async def _join(self) -> None:
        self._member = await self._database.write(
            partial(
                groups.join,
                group=self._group,
                lock_name=self._lock.name,
                session_timeout=int(self._session_timeout_seconds * 1_000_000),
                now=to_microseconds(self._clock.now()),
                folder=self._folder,
            )
        )

    async def _beat(self) -> None:
        while True:
            await self._clock.sleep(self._session_timeout_seconds / _HEARTBEATS_A_SESSION)
            with suppress(StorageFullError):  # nobody else can write either, so nobody takes over
                await self._database.write(
                    partial(
                        groups.heartbeat,
                        group=self._group,
                        member=self._member,
                        now=to_microseconds(self._clock.now()),
                        folder=self._folder,
                    )
                )

    async def _look(self, limit: int) -> "list[Received]":
        known = dict(self._claims)
        positions = dict(self._positions)
        refusals = self._refusals
        self._turn += 1

        def work(connection: "sqlite3.Connection") -> "tuple[list[Claim] | None, list[Received]]":
            owned = groups.claims(connection, self._group, self._member)
            if not owned:
                return owned, []
            start = self._turn % len(owned)  # each partition comes first in its turn
            return owned, log.read_on(
                connection,
                self._group.topic,
                [(claim.partition, _position(claim, known, positions)) for claim in owned[start:] + owned[:start]],
                limit,
            )

        owned, found = await self._database.read(work)
        if owned is None:
            self._lock.release()
            self._lock = MemberLock(self._folder)  # a new one: the old may have been taken for a dead member's
            await self._join()
            return []
        if refusals != self._refusals:
            return []  # a commit was refused meanwhile: what was just read lies behind what must come again
        self._positions = {claim.partition.number: _position(claim, known, positions) for claim in owned}
        self._claims = {claim.partition.number: claim for claim in owned}
        for record in found:
            self._positions[record.partition] = record.offset + 1
        return found

    def _claim(self, partition: int) -> "Claim":
        try:
            return self._claims[partition]
        except KeyError:
            raise self._lost(partition) from None

    def _lost(self, partition: int) -> PartitionLostError:
        return PartitionLostError(
            f"{self._group.topic} 的分区 {partition} 已转给消费组 {self._group.name} 的其他成员；放弃这批工作，由新成员重做。"
        )


def _position(claim: "Claim", known: "dict[int, Claim]", positions: dict[int, int]) -> int:
    """Where to read on: where this member stands, or at the commit where the partition is newly its own."""
    before = known.get(claim.partition.number)
    if before is not None and before.epoch == claim.epoch:
        return positions[claim.partition.number]
    return claim.next_offset
