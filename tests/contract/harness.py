"""What a backend brings to the contract suites; a new backend is one more class and one more name in conftest."""

from typing import Protocol

from shared.backends import Backends
from shared.bus.port import Consumer
from shared.testing.clock import ManualClock


class Harness(Protocol):
    """One installation of a backend, and what can befall it."""

    clock: ManualClock
    """What the installation's processes tell the time by; a server has its own."""

    async def open(self) -> Backends:
        """Open it as one more process does."""
        ...

    async def crash(self, consumer: Consumer) -> None:
        """Let the process of this member die without a word."""
        ...

    async def hang(self, consumer: Consumer) -> None:
        """Let the process of this member stand still until its session is over."""
        ...
