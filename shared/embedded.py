"""The embedded bus and store: both in one SQLite file of the data folder, with no server at all."""

import asyncio
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from shared.bus.embedded import schema as bus_schema
from shared.bus.embedded.bus import EmbeddedBus
from shared.bus.topics import ALL_TOPICS, MATCHES, PUBLICATIONS
from shared.errors import MisconfiguredError, StorageFullError
from shared.filing.kinds import KINDS
from shared.runtime.cancelling import end
from shared.sqlite.database import open_database
from shared.store.embedded import alert_schema, archive_schema, intake_schema, shelf_schema
from shared.store.embedded import schema as store_schema
from shared.store.embedded.store import EmbeddedStore

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from shared.clock import Clock
    from shared.secret_box import SecretBox
    from shared.settings import Settings

DATABASE_FILE = "zhitui.db"

MIGRATIONS = (
    f"{bus_schema.V1};{store_schema.V1}",
    bus_schema.V2,
    archive_schema.V1,
    store_schema.V2,
    alert_schema.V2,
    intake_schema.V1,
    intake_schema.V2,
    intake_schema.V3,
    shelf_schema.V1,
    alert_schema.V3,
)
"""The steps from an empty file to the present tables. Never change one that was released; add the next."""

STREAM_PARTITIONS = 4
"""Of the topics that flow: as many processes of a role can share the work on one machine."""

KEEP_RECORDS = timedelta(days=7)
"""How long the bus keeps what all groups are done with."""

_TRIM_EVERY_SECONDS = 600.0


@asynccontextmanager
async def open_embedded(
    settings: "Settings", clock: "Clock", secrets: "SecretBox"
) -> "AsyncIterator[tuple[EmbeddedBus, EmbeddedStore]]":
    """Open both for as long as the context lasts; all topics exist then.

    Raises:
        MisconfiguredError: a database file that this version cannot use.
        StorageFullError: the data folder cannot be written.
    """
    async with open_database(settings.data_dir / DATABASE_FILE, MIGRATIONS) as database:
        await shelf_schema.lay_out(database, [kind.name for kind in KINDS])
        bus = EmbeddedBus(database, clock)
        await bus.create((PUBLICATIONS, MATCHES), partitions=STREAM_PARTITIONS)
        await bus.create(ALL_TOPICS)
        housekeeping = asyncio.create_task(_keep_house(bus, clock), name="bus housekeeping")
        try:
            yield bus, EmbeddedStore(database, secrets, clock)
        finally:
            await end(housekeeping)


async def _keep_house(bus: EmbeddedBus, clock: "Clock") -> None:
    while True:
        await clock.sleep(_TRIM_EVERY_SECONDS)
        # The next round tries again; a closed store forgets nothing.
        with suppress(StorageFullError, MisconfiguredError):
            await bus.trim(KEEP_RECORDS)
