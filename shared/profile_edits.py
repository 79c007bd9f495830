"""Profiles saved and removed: on the bus, which brings them into force, then in the store; one editor at a time.

Two who edited the same profile at once could else come to the bus in one order and to the store in the other: what is shown
would not be what matches. An edit whose editor died in between may be in force and not shown; nobody was told that it is
safe, and who says it again puts both in order.
"""

import secrets
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, TypeVar

from shared.bus.port import Record
from shared.bus.topics import PROFILES
from shared.wire.events import ProfileSaved, encode_event

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

    from shared.runtime.role import Surroundings
    from shared.store.coordination import Lease
    from shared.wire.profile import Profile

T = TypeVar("T")

LEASE = "profile edits"
PIECE = 5_000
"""So many profiles are saved under one renewal of the lease."""

_ASK_SECONDS = 0.2


async def save(around: "Surroundings", profiles: "Sequence[Profile]") -> None:
    """Add or replace profiles; when this returns they are in force for every publication that is accepted later.

    Raises:
        RetryLaterError: not all are saved for certain; save them again.
    """
    now = around.clock.now()
    async with _editing(around) as editing:
        for first in range(0, len(profiles), PIECE):
            piece = profiles[first : first + PIECE]
            saved = [Record(key=p.id, value=encode_event(ProfileSaved(profile=p, saved_at=now))) for p in piece]
            await editing.do(saved, lambda piece=piece: around.store.profiles.put(piece, saved_at=now))  # type: ignore[misc]


async def forget(around: "Surroundings", profile_id: str) -> bool:
    """Take a profile out of force, then out of the store; false when there was none.

    Raises:
        RetryLaterError: it is not removed for certain; remove it again.
    """
    async with _editing(around) as editing:
        return await editing.do([Record(key=profile_id, value=None)], lambda: around.store.profiles.remove(profile_id))


class _Editing:
    """The right to edit, renewed before each write to the store."""

    def __init__(self, around: "Surroundings") -> None:
        self._around = around
        self._owner = secrets.token_hex(8)
        # A write to the store that is under way when the lease is over has failed by then.
        self._seconds = around.settings.mongo_timeout_seconds + 5.0
        self._lease: Lease | None = None

    async def do(self, records: "Sequence[Record]", store: "Callable[[], Awaitable[T]]") -> T:
        """Append and store; again where somebody else may have edited in between, so that ours comes last in both."""
        leases = self._around.store.leases
        while True:
            if self._lease is None:
                self._lease = await self._acquired()
            await self._around.bus.append(PROFILES, records)
            if await leases.renew(self._lease, seconds=self._seconds):
                return await store()
            self._lease = None

    async def end(self) -> None:
        """Let others edit."""
        if self._lease is not None:
            await self._around.store.leases.release(self._lease)

    async def _acquired(self) -> "Lease":
        while True:
            lease = await self._around.store.leases.acquire(LEASE, self._owner, seconds=self._seconds)
            if lease is not None:
                return lease
            await self._around.clock.sleep(_ASK_SECONDS)


@asynccontextmanager
async def _editing(around: "Surroundings") -> "AsyncIterator[_Editing]":
    editing = _Editing(around)
    try:
        yield editing
    finally:
        await editing.end()
