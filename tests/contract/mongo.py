"""The store on MongoDB: a database of the test process's own on the shared server, emptied before each test; the bus is embedded."""

import asyncio
import os
import uuid
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from shared.backends import Backends, open_backends
from shared.settings import load_settings
from shared.store.filed import Kind, Shelf
from shared.store.mongo.link import Link, open_link
from shared.store.mongo.schema import MIGRATIONS
from shared.store.mongo.schema_changes import missing
from shared.store.mongo.schema_filed import schema_of
from shared.store.mongo.subscriptions import CHANGES, COUNTER
from shared.testing.clock import ManualClock
from tests.contract.keys import RotatingBox
from tests.servers import mongo_address

D = TypeVar("D", bound=msgspec.Struct)

DATABASE = f"zhitui-test-{os.getpid()}-{uuid.uuid4().hex[:8]}"


class MongoHarness:
    """See `tests.contract.harness.StoreHarness`."""

    def __init__(self, folder: Path, stack: AsyncExitStack) -> None:
        self.clock = ManualClock()
        self.settings = load_settings(
            data_dir=folder, store="mongo", mongo_uri=mongo_address(), mongo_database=DATABASE
        )
        self.secrets = RotatingBox()
        self._folder = folder
        self._stack = stack
        self._opened = 0

    async def open(self) -> Backends:
        return await self._open(self.clock)

    async def open_elsewhere(self, *, hours_ahead: float) -> Backends:
        return await self._open(ManualClock(self.clock.now() + timedelta(hours=hours_ahead)))

    async def shelf(self, kind: Kind[D]) -> Shelf[D]:
        store = (await self.open()).store
        async with open_link(self.settings) as link:
            for change in await missing(link, {kind.name: schema_of(kind)}):
                await change.do()
        return store.shelf(kind)

    def ends_in(self, seconds: float) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=seconds)

    def rotate_keys(self) -> None:
        self.secrets.rotate()

    async def pass_time(self, seconds: float) -> None:
        await self.clock.advance(seconds)
        await asyncio.sleep(seconds)

    async def _open(self, clock: ManualClock) -> Backends:
        if not self._opened:
            await self._empty()
        self._opened += 1
        # Machines share nothing but the server.
        settings = self.settings.model_copy(update={"data_dir": self._folder / str(self._opened)})
        return await self._stack.enter_async_context(open_backends(settings, clock, self.secrets))

    async def _empty(self) -> None:
        async with open_link(self.settings) as link:
            for name in await _filled(link):
                if name != MIGRATIONS:
                    await link[name].delete_many({})
            if await link[MIGRATIONS].find_one({}):
                await link[CHANGES].insert_one(dict(COUNTER))


async def _filled(link: Link) -> list[str]:
    """Return the collections that hold something, asked for in one command: there are many, and most tests fill two or three."""
    names = await link.database.list_collection_names()
    if not names:
        return []
    held: dict[str, list[dict[str, Any]]] = {
        name: [{"$limit": 1}, {"$project": {"_id": 0, "name": {"$literal": name}}}] for name in names
    }
    others = [{"$unionWith": {"coll": name, "pipeline": held[name]}} for name in names[1:]]
    found = await link[names[0]].aggregate([*held[names[0]], *others])
    return [one["name"] async for one in found]
