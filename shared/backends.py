"""Opens the configured bus and store."""

import asyncio
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from shared.bus.embedded import schema as bus_schema
from shared.bus.embedded.bus import EmbeddedBus
from shared.bus.topics import ALL_TOPICS, MATCHES, PUBLICATIONS
from shared.errors import MisconfiguredError, StorageFullError
from shared.sqlite.database import open_database
from shared.store.embedded import schema as store_schema
from shared.store.embedded.store import EmbeddedStore

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from shared.bus.port import Bus
    from shared.clock import Clock
    from shared.secret_box import SecretBox
    from shared.settings import Settings
    from shared.store.port import Store

DATABASE_FILE = "zhitui.db"

MIGRATIONS = (f"{bus_schema.V1};{store_schema.V1}", bus_schema.V2)
"""The steps from an empty file to the present tables. Never change one that was released; add the next."""

STREAM_PARTITIONS = 4
"""Of the topics that flow: as many processes of a role can share the work on one machine."""

KEEP_RECORDS = timedelta(days=7)
"""How long the bus keeps what all groups are done with."""

_TRIM_EVERY_SECONDS = 600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Backends:
    """What services meet on."""

    bus: "Bus"
    store: "Store"


@asynccontextmanager
async def open_backends(settings: "Settings", clock: "Clock", secrets: "SecretBox") -> "AsyncIterator[Backends]":
    """Open bus and store for as long as the context lasts; all topics exist then.

    Raises:
        MisconfiguredError: a backend that this version does not have, or a database file that it cannot use.
        StorageFullError: the data folder cannot be written.
    """
    if settings.bus != "embedded" or settings.store != "embedded":
        raise MisconfiguredError(
            f"ZHITUI_BUS={settings.bus}、ZHITUI_STORE={settings.store}：这个版本只有内置后端。"
            "请去掉这两项设置，或者都设为 embedded。"
        )
    async with open_database(settings.data_dir / DATABASE_FILE, MIGRATIONS) as database:
        bus = EmbeddedBus(database, clock)
        await bus.create((PUBLICATIONS, MATCHES), partitions=STREAM_PARTITIONS)
        await bus.create(ALL_TOPICS)
        housekeeping = asyncio.create_task(_keep_house(bus, clock), name="bus housekeeping")
        try:
            yield Backends(bus=bus, store=EmbeddedStore(database, secrets))
        finally:
            housekeeping.cancel()
            with suppress(asyncio.CancelledError):
                await housekeeping


async def _keep_house(bus: EmbeddedBus, clock: "Clock") -> None:
    while True:
        await clock.sleep(_TRIM_EVERY_SECONDS)
        with suppress(StorageFullError):  # the next round tries again
            await bus.trim(KEEP_RECORDS)
