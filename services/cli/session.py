"""What a command works with: the configured backends, opened for as long as it runs."""

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, TypeVar

from shared.runtime.role import Surroundings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from shared.settings import Settings

T = TypeVar("T")


@asynccontextmanager
async def open_session(
    settings: "Settings | None" = None, *, closed_too: bool = False
) -> "AsyncIterator[Surroundings]":
    """Open bus and store; without ``settings`` it is a one-shot command's: read them, and log warnings only.

    Such a command tells what it did by its own output; a level that somebody set is kept. A store that is closed, for a
    restore or a move, is opened only for those who close and open it themselves (``closed_too``).
    """
    from shared.backends import open_backends
    from shared.clock import SystemClock
    from shared.logs import configure_logs
    from shared.metrics import Metrics
    from shared.runtime.closed import refuse_closed
    from shared.secret_box import open_secret_box
    from shared.settings import load_settings
    from shared.tracing.opening import open_tracing

    if settings is None:
        settings = load_settings()
        is_level_set = "log_level" in settings.model_fields_set
        configure_logs(settings if is_level_set else settings.model_copy(update={"log_level": "warning"}))
    clock = SystemClock()
    secrets = open_secret_box(settings)
    metrics = Metrics()
    async with open_backends(settings, clock, secrets) as backends, open_tracing(settings, metrics) as tracing:
        if not closed_too:
            await refuse_closed(backends.store)
        yield Surroundings(
            settings=settings,
            bus=tracing.on_bus(backends.bus),
            store=backends.store,
            clock=clock,
            metrics=metrics,
            secrets=secrets,
            tracing=tracing,
        )


def in_session(work: "Callable[[Surroundings], Awaitable[T]]") -> "T":
    """Run a command's work in a session of its own and return what it returns."""

    async def run() -> T:
        async with open_session() as around:
            return await work(around)

    return asyncio.run(run())
