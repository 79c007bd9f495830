"""Work that only one process may do at a time: done while a lease is held, stopped when it is lost."""

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol, TypeAlias

from shared.errors import RetryLaterError
from shared.logs import get_logger
from shared.runtime.cancelling import cancel
from shared.runtime.elapsed import elapsed_seconds

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from shared.runtime.patience import Patience
    from shared.store.coordination import Lease, Leases

LEASE_SECONDS = 8.0
RENEW_SECONDS = 2.0
ASK_SECONDS = 1.0
"""How often one who waits asks: with the lease, how soon a dead owner's work goes on elsewhere."""

Name: TypeAlias = "Callable[[], Awaitable[str | None]]"
Work: TypeAlias = "Callable[[], Awaitable[None]]"

log = get_logger("ownership")


class Ownership(Protocol):
    """The right to do some work, for as long as it lasts."""

    @property
    def owner(self) -> str | None:
        """Who has it as far as this process knows, when that is another one."""
        ...

    async def keep(self, name: "Name", work: "Work") -> None:
        """Do the work whenever the right is ours, until the process is to stop; cancel it when the right is lost.

        Work that is under way when the process is to stop ends by itself, as ours.

        Args:
            name: returns what the right is to; asked each time, ``None`` while that cannot be told.
            work: does it until the process is to stop.
        """
        ...

    async def sure(self) -> None:
        """Return when the right is surely ours: to be awaited before anything that another owner must not see happen.

        A process that stood still does not know that time went by until it looks.
        """
        ...


class Alone:
    """The right of a process that shares its work with nobody."""

    owner = None

    async def keep(self, name: "Name", work: "Work") -> None:  # noqa: ARG002 - the protocol's
        """Do the work."""
        await work()

    async def sure(self) -> None:
        """Return at once."""


class Leased:
    """The right that goes with a lease.

    Args:
        instance: the name of this process.
        leases: where leases are.
        patience: the call to stop, and the way to wait.
    """

    def __init__(self, instance: str, leases: "Leases", patience: "Patience") -> None:
        self._instance = instance
        self._leases = leases
        self._patience = patience
        self._sure_until = 0.0
        self._renewed = asyncio.Event()
        self._is_lost = False
        self._owner: str | None = None

    @property
    def owner(self) -> str | None:
        """Who has the lease, when that is another process."""
        return self._owner

    async def keep(self, name: "Name", work: "Work") -> None:
        """Wait for the lease, work while it is held, and wait again."""
        while not self._patience.stop.is_set():
            try:
                if (lease := await self._acquire(await name())) is not None:
                    log.info("ownership_taken", name=lease.name, token=lease.token)
                    await self._work(work, lease)
            except RetryLaterError as error:
                log.warning("store_unreachable", detail=str(error))
            await self._patience.pause(ASK_SECONDS)

    async def sure(self) -> None:
        """Return when the lease is surely held; whoever has lost it is cancelled here."""
        while elapsed_seconds() >= self._sure_until:
            if self._is_lost:
                raise asyncio.CancelledError
            self._renewed.clear()
            await self._renewed.wait()

    async def _acquire(self, name: str | None) -> "Lease | None":
        if name is None:
            return None
        asked = elapsed_seconds()
        lease = await self._leases.acquire(name, self._instance, seconds=LEASE_SECONDS)
        if lease is None:
            self._owner = next((held.owner for held in await self._leases.held() if held.name == name), None)
        else:
            self._owner = None
            self._hold_from(asked)
        return lease

    async def _work(self, work: "Work", lease: "Lease") -> None:
        working = asyncio.ensure_future(work())
        try:
            while True:
                await asyncio.wait({working}, timeout=RENEW_SECONDS)
                if working.done():
                    return await working
                if not await self._renew(lease):
                    log.warning("ownership_lost", name=lease.name, token=lease.token)
                    self._lose()
                    return None
        finally:
            await cancel(working)
            with suppress(RetryLaterError):  # then it is over when its time is
                await self._leases.release(lease)

    async def _renew(self, lease: "Lease") -> bool:
        asked = elapsed_seconds()
        try:
            async with asyncio.timeout(max(self._sure_until - asked, 0.0)):
                renewed = await self._leases.renew(lease, seconds=LEASE_SECONDS)
        except (RetryLaterError, TimeoutError):
            return elapsed_seconds() < self._sure_until
        if renewed:
            self._hold_from(asked)
        return renewed

    def _hold_from(self, asked: float) -> None:
        self._sure_until = asked + LEASE_SECONDS
        self._is_lost = False
        self._renewed.set()

    def _lose(self) -> None:
        self._sure_until = 0.0
        self._is_lost = True
        self._renewed.set()
