"""Opens tracing as the settings say. Only here, and only where it is on, is the SDK imported."""

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from shared.tracing.port import OFF

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from shared.metrics import Metrics
    from shared.settings import Settings
    from shared.tracing.port import Tracing


@asynccontextmanager
async def open_tracing(settings: "Settings", metrics: "Metrics") -> "AsyncIterator[Tracing]":
    """Give tracing for as long as the context lasts; leaving it hands over what was not yet sent, for a few seconds at most."""
    if settings.tracing == "off":
        yield OFF
        return
    from shared.tracing.sdk import open_sdk  # noqa: PLC0415 - see the module

    async with open_sdk(settings, metrics) as tracing:
        yield tracing
