"""Which process does what, where several run the same role: each its share of the destinations.

Every process says every few seconds that it is alive, and hears who else is. From the same list of the living all of them
work out the same shares (rendezvous hashing, Thaler and Ravishankar 1998): when one comes or goes, only its own share moves.
For a moment two may hold a share, or nobody; that must be harmless, and is, because deliveries are taken one at a time.
"""

import asyncio
import os
import re
import secrets
import socket
from contextlib import asynccontextmanager, suppress
from hashlib import blake2b
from typing import TYPE_CHECKING, Protocol

from shared.errors import RetryLaterError
from shared.logs import get_logger
from shared.runtime.cancelling import end
from shared.store.buckets import BUCKETS, bucket_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

    from shared.runtime.role import Surroundings
    from shared.settings import Settings

BEAT_SECONDS = 2.0
ALIVE_SECONDS = 10.0
"""After so long without a beat the others take a process's share over."""

GENERATION = 1
"""What this version reads of what is handed on by way of the store; it stands at the end of a process's name, so all who share
the work know it of each other. 0: all before names said it. 1: deliveries of several subscriptions."""

_GENERATION = re.compile(r"\.g(\d{1,3})$")


class Share(Protocol):
    """The destinations that this process looks after."""

    @property
    def joined(self) -> bool:
        """Whether the process knows its share yet; before, it has none."""
        ...

    @property
    def buckets(self) -> frozenset[int] | None:
        """The buckets of its destinations (see `shared.store.buckets`); ``None`` stands for all."""
        ...

    @property
    def generation(self) -> int:
        """The lowest `GENERATION` among those who share the work: what is newer is not written, as one of them may have to read it."""
        ...

    def mine(self, destination_id: str) -> bool:
        """Whether the destination is in its share now."""
        ...


class Everything:
    """The share of a process that is alone."""

    joined = True
    buckets: frozenset[int] | None = None
    generation = GENERATION

    def mine(self, destination_id: str) -> bool:  # noqa: ARG002 - the protocol's
        """Return true."""
        return True


class Membership:
    """The share of one process among several."""

    def __init__(self, instance: str) -> None:
        self.instance = instance
        self.living: tuple[str, ...] = ()
        self.generation = 0
        self._buckets: frozenset[int] = frozenset()

    @property
    def joined(self) -> bool:
        """Whether it has heard who is alive."""
        return bool(self.living)

    @property
    def buckets(self) -> frozenset[int] | None:
        """Its buckets; alone it has all of them."""
        return None if self.living == (self.instance,) else self._buckets

    def mine(self, destination_id: str) -> bool:
        """Whether the destination's bucket is its own."""
        return bucket_of(destination_id) in self._buckets

    def hear(self, living: "Iterable[str]") -> bool:
        """Work the share out anew; return whether the living are others than before."""
        now = tuple(sorted(living))
        if now == self.living:
            return False
        self.living = now
        self.generation = min(map(generation_of, now), default=0)
        self._buckets = frozenset(bucket for bucket in range(BUCKETS) if owner_of(bucket, now) == self.instance)
        return True


def owner_of(bucket: int, living: "Iterable[str]") -> str:
    """Return whose bucket it is: the instance whose hash with it is highest."""
    return max(living, key=lambda instance: blake2b(f"{bucket}/{instance}".encode(), digest_size=8).digest())


def generation_of(instance: str) -> int:
    """Return the `GENERATION` of the process of this name."""
    found = _GENERATION.search(instance)
    return int(found[1]) if found else 0


def process_name(settings: "Settings") -> str:
    """Return a name for this process, to sign in the store what it is doing.

    On a cluster every process and every start has another one, so that nothing depends on names being kept apart by hand:
    what a dead process held is free when its lease is over. Where one machine's lock lets only one process run a role, the
    name stays the same, and what an earlier one left is settled at once.
    """
    if not settings.on_cluster:
        return settings.instance or "local"
    return f"{settings.instance or socket.gethostname()}-{os.getpid()}-{secrets.token_hex(3)}.g{GENERATION}"


@asynccontextmanager
async def open_share(around: "Surroundings", role: str, instance: str) -> "AsyncIterator[Share]":
    """Take part in sharing a role out for as long as the context lasts; off a cluster a process has it all, at no cost."""
    if not around.settings.on_cluster:
        yield Everything()
        return
    membership = Membership(instance)
    beating = asyncio.create_task(_beat(around, role, membership), name=f"{role} membership")
    try:
        yield membership
    finally:
        await end(beating)
        with suppress(RetryLaterError):  # the others will notice by themselves
            await around.store.members.leave(role, instance)


async def _beat(around: "Surroundings", role: str, membership: Membership) -> None:
    log = get_logger(role)
    while True:
        try:
            living = await around.store.members.beat(role, membership.instance, seconds=ALIVE_SECONDS)
        except RetryLaterError as error:
            log.warning("store_unreachable", detail=str(error))
        else:
            if membership.hear(living):
                log.info("share_changed", instance=membership.instance, living=len(living))
        await around.clock.sleep(BEAT_SECONDS)
