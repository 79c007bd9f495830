"""Opens the configured bus and store. What only one backend needs is imported only where that one is chosen."""

from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.errors import MisconfiguredError

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
    """
    if settings.bus != EMBEDDED or settings.store != EMBEDDED:
        raise MisconfiguredError(
            f"ZHITUI_BUS={settings.bus}、ZHITUI_STORE={settings.store}：这个版本只有内置后端。"
            "请去掉这两项设置，或者都设为 embedded。"
        )
    async with AsyncExitStack() as stack:
        from shared.embedded import open_embedded  # noqa: PLC0415 - see the module

        bus, store = await stack.enter_async_context(open_embedded(settings, clock, secrets))
        yield Backends(bus=bus, store=store)
