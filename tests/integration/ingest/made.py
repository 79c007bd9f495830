"""An ingest pipeline on an embedded bus and store in a temporary folder, and inputs to feed it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast

from cryptography.fernet import Fernet

from services.ingest.sources.files import ingest_file
from services.ingest.wiring import IngestRole, make_pipeline, open_role
from shared.backends import open_backends
from shared.bus.port import Bus
from shared.bus.topics import PUBLICATIONS
from shared.clock import SystemClock
from shared.metrics import Metrics
from shared.runtime.role import Surroundings
from shared.secret_box import SecretBox
from shared.settings import load_settings
from shared.store.incoming import IngestRun
from shared.wire.events import PublicationSeen, decode_event

HEADER = (
    "item,name,authorization_notice_id,authorized_announcement_date,filing_id,filing_date,"
    "patentee,designer,address,Int.Cl."
)


def row(number: str = "CN110007813A", **cells: str) -> str:
    """Return a row of the gazette; cells are named as in the header (``Int.Cl.`` is ``ipc``)."""
    values = {
        "item": "1",
        "name": "一种固态电池",
        "number": number,
        "date": "2019.07.09",
        "filing_id": "2.02E+12",
        "filing_date": "2017.09.19",
        "patentee": "某某科技有限公司;",
        "designer": "张三;??李四",
        "address": "510000广东省广州市天河区五山路381号",
        "ipc": "H01M10/0525(2010.01)I;??H01M4/13(2010.01)I  ",
    } | cells
    return ",".join(values.values())


def table(*rows: str) -> str:
    """Return a gazette of these rows."""
    return "\n".join((HEADER, *rows)) + "\n"


@asynccontextmanager
async def open_surroundings(folder: Path, **settings_given: object) -> AsyncIterator[Surroundings]:
    """Open everything a role is given, on a folder."""
    settings, clock = load_settings(data_dir=folder, **settings_given), SystemClock()
    secrets = SecretBox(Fernet.generate_key().decode("ascii"))
    async with open_backends(settings, clock, secrets) as backends:
        yield Surroundings(
            settings=settings, bus=backends.bus, store=backends.store, clock=clock, metrics=Metrics(), secrets=secrets
        )


@asynccontextmanager
async def running(around: Surroundings) -> AsyncIterator[IngestRole]:
    """Run the role on its folder."""
    around.settings.watch_folder.mkdir(parents=True, exist_ok=True)
    stop = asyncio.Event()
    async with open_role(around) as opened, asyncio.TaskGroup() as group:
        role = cast("IngestRole", opened)
        group.create_task(role.run(stop))
        try:
            yield role
        finally:
            stop.set()


async def ingest(around: Surroundings, path: Path) -> IngestRun:
    """Read a file."""
    return await ingest_file(path, pipeline=make_pipeline(around), clock=around.clock)


async def seen(around: Surroundings) -> list[PublicationSeen]:
    """Return all that lies on the topic of publications."""
    return await seen_on(around.bus)


async def seen_on(bus: Bus) -> list[PublicationSeen]:
    """Return the same of a bus alone."""
    async with bus.reader(PUBLICATIONS) as reader:
        found = []
        while batch := await reader.poll(1000, 0):
            found += [decode_event(record.value or b"", PublicationSeen) for record in batch]
        return found
