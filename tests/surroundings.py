"""What a role is given, over embedded backends in a folder of the test's own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from shared.backends import open_backends
from shared.clock import Clock
from shared.metrics import Metrics
from shared.runtime.role import Surroundings
from shared.secret_box import open_secret_box
from shared.settings import Settings
from shared.testing.clock import ManualClock


@asynccontextmanager
async def open_surroundings(
    folder: Path, *, clock: Clock | None = None, **settings: object
) -> AsyncIterator[Surroundings]:
    """Open them, with a clock that the test turns and a free HTTP port."""
    chosen = Settings(**{"data_dir": folder, "http_port": 0, **settings})  # type: ignore[arg-type]
    clock = clock or ManualClock()
    secrets = open_secret_box(chosen)
    async with open_backends(chosen, clock, secrets) as backends:
        yield Surroundings(
            settings=chosen, bus=backends.bus, store=backends.store, clock=clock, metrics=Metrics(), secrets=secrets
        )
