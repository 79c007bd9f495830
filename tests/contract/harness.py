"""What a backend brings to the contract suites; a new backend is one more class and one more name in conftest."""

from datetime import datetime
from typing import Protocol, TypeVar

import msgspec

from shared.backends import Backends
from shared.bus.port import Consumer
from shared.store.filed import Kind, Shelf
from shared.testing.clock import ManualClock

D = TypeVar("D", bound=msgspec.Struct)


class Harness(Protocol):
    """One installation of a backend, and what can befall it."""

    clock: ManualClock
    """What the installation's processes tell the time by; a server has its own."""

    async def open(self) -> Backends:
        """Open it as one more process does."""
        ...

    async def open_elsewhere(self, *, hours_ahead: float) -> Backends:
        """Open it on a machine whose clock is wrong by so much; where all processes share a machine, as `open` does."""
        ...

    async def pass_time(self, seconds: float) -> None:
        """Let this much of the installation's time go by: of ``clock``, and of the server's where it has one."""
        ...


class StoreHarness(Harness, Protocol):
    """An installation whose store is under test."""

    async def shelf(self, kind: Kind[D]) -> Shelf[D]:
        """Open a shelf of a kind that is none of the product's."""
        ...

    def ends_in(self, seconds: float) -> datetime:
        """Return the moment so far ahead by the clock that the store tells by what is over."""
        ...

    def rotate_keys(self) -> None:
        """Put a new key before those that secrets are sealed with."""
        ...


class BusHarness(Harness, Protocol):
    """An installation whose bus is under test, and what can befall a member of a group."""

    def bus_now(self) -> datetime:
        """Return what the clock says by which the bus tells when it took a record."""
        ...

    async def crash(self, consumer: Consumer) -> None:
        """Let the process of this member die without a word."""
        ...

    async def hang(self, consumer: Consumer) -> None:
        """Let the process of this member stand still, until its session is over and longer."""
        ...

    async def wake(self, consumer: Consumer) -> None:
        """Let it go on."""
        ...
