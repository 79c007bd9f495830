"""What a role is given, over backends of the test's own: embedded in its folder, or on servers, see `tests.on_servers`."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from shared.backends import open_backends
from shared.clock import Clock
from shared.metrics import Metrics
from shared.runtime.role import Surroundings
from shared.secret_box import open_secret_box
from shared.settings import Settings
from shared.testing.clock import ManualClock
from tests import on_servers


@asynccontextmanager
async def open_surroundings(
    folder: Path, *, clock: Clock | None = None, **settings: object
) -> AsyncIterator[Surroundings]:
    """Open them, with a clock that the test turns and a free HTTP port."""
    clock = clock or ManualClock()
    async with AsyncExitStack() as stack:
        if on_servers.is_wanted() and not {"bus", "store"} & set(settings):
            settings |= await stack.enter_async_context(on_servers.on_servers(folder))
            await stack.enter_async_context(on_servers.told_the_time_by(clock))
        chosen = Settings(**{"data_dir": folder, "http_port": 0, **settings})  # type: ignore[arg-type]
        secrets = open_secret_box(chosen)
        backends = await stack.enter_async_context(open_backends(chosen, clock, secrets))
        yield Surroundings(
            settings=chosen, bus=backends.bus, store=backends.store, clock=clock, metrics=Metrics(), secrets=secrets
        )
