"""A role as the process sees it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from shared.outlets import NO_OUTLETS
from shared.tracing.port import OFF

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Sequence

    from aiohttp import web

    from shared.advice import Advice
    from shared.bus.port import Bus
    from shared.clock import Clock
    from shared.metrics import Metrics
    from shared.outlets import Outlets
    from shared.secret_box import SecretBox
    from shared.settings import Settings
    from shared.store.port import Store
    from shared.tracing.port import Tracing


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a role is given from outside; its wiring makes everything else.

    Attributes:
        advice: what can be asked of stored publications; ``None`` where no role asks.
    """

    settings: "Settings"
    bus: "Bus"
    store: "Store"
    clock: "Clock"
    metrics: "Metrics"
    secrets: "SecretBox"
    tracing: "Tracing" = OFF
    outlets: "Outlets" = NO_OUTLETS
    advice: "Advice | None" = None


class Role(Protocol):
    """One of ingest, matcher, notifier, portal, wired and ready to run."""

    @property
    def name(self) -> str:
        """Its name on the command line."""
        ...

    def routes(self) -> "Sequence[web.AbstractRouteDef]":
        """The HTTP routes it brings to the process's server."""
        ...

    async def run(self, stop: "asyncio.Event") -> None:
        """Work until ``stop`` is set; then finish what is in flight, commit, and return.

        What is not finished ten seconds later is cancelled; nothing may be lost by that.
        """
        ...

    async def is_idle(self) -> bool:
        """Whether nothing is pending or due right now (what waits for a later time is not)."""
        ...

    async def problems(self) -> list[str]:
        """Why the role is not ready, in sentences for the operator; empty when it is."""
        ...


@runtime_checkable
class Watchful(Protocol):
    """A role that may work while something outside is wrong, and tells what: nobody need keep requests from it."""

    async def warnings(self) -> list[str]:
        """What somebody should look at, in sentences for the operator; empty when all is well."""
        ...
