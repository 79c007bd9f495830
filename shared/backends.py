"""Opens the configured bus and store. What only one backend needs is imported only where that one is chosen."""

from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from shared.bus.port import Bus
    from shared.clock import Clock
    from shared.secret_box import SecretBox
    from shared.settings import Settings
    from shared.store.port import Store

EMBEDDED = "embedded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Backends:
    """What services meet on."""

    bus: "Bus"
    store: "Store"


@asynccontextmanager
async def open_backends(settings: "Settings", clock: "Clock", secrets: "SecretBox") -> "AsyncIterator[Backends]":
    """Open bus and store for as long as the context lasts.

    Raises:
        MisconfiguredError: a setting is missing or wrong, or a database that this version cannot use.
        StorageFullError: the data folder cannot be written.
        RetryLaterError: a server does not answer.
    """
    async with AsyncExitStack() as stack:
        embedded: tuple[Bus, Store] | None = None
        if EMBEDDED in {settings.bus, settings.store}:
            from shared.embedded import open_embedded  # noqa: PLC0415 - see the module

            embedded = await stack.enter_async_context(open_embedded(settings, clock, secrets))
        if embedded and settings.bus == EMBEDDED:
            bus = embedded[0]
        else:
            from shared.bus.kafka.opening import open_kafka_bus  # noqa: PLC0415 - see the module

            bus = await stack.enter_async_context(open_kafka_bus(settings))
        if embedded and settings.store == EMBEDDED:
            store = embedded[1]
        else:
            from shared.store.mongo.store import open_mongo_store  # noqa: PLC0415 - see the module

            store = await stack.enter_async_context(open_mongo_store(settings, clock, secrets))
        yield Backends(bus=bus, store=store)
