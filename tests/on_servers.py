"""Surroundings on a real Kafka and MongoDB in place of files, for suites that do not ask where they run.

``ZHITUI_TEST_ON=servers python -m pytest tests/integration/portal`` runs them there, by hand. Databases are few and emptied in turn, because
making one takes seconds. What a test turns is its own clock; MongoDB decides by the server's, so wherever a request says "now" it is told
the test's moment instead.
"""

import os
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet
from pymongo import AsyncMongoClient

from shared.bus.kafka.cluster import open_cluster
from shared.bus.kafka.connecting import link_of
from shared.bus.kafka.topic_making import make, plan_all
from shared.clock import Clock
from shared.settings import Settings
from shared.store.mongo.link import Link, open_link
from shared.store.mongo.schema import MIGRATIONS
from shared.store.mongo.server_time import NOW
from shared.store.mongo.subscriptions import CHANGES, COUNTER
from tests.servers import kafka_address, mongo_address

_free: list[str] = []
_of_folders: dict[Path, dict[str, object]] = {}


def is_wanted() -> bool:
    """Whether tests shall run on servers."""
    return os.environ.get("ZHITUI_TEST_ON") == "servers"


@asynccontextmanager
async def on_servers(folder: Path) -> AsyncIterator[dict[str, object]]:
    """Give the settings that name topics and a database of this folder's own; opened again, it finds what it left there."""
    if folder not in _of_folders:
        _of_folders[folder] = await _prepared()
    settings = _of_folders[folder]
    if (name := str(settings["mongo_database"])) in _free:
        _free.remove(name)
    yield settings
    _free.append(name)


async def _prepared() -> dict[str, object]:
    name = _free[0] if _free else f"t{uuid.uuid4().hex[:12]}"
    for folder in [folder for folder, settings in _of_folders.items() if settings["mongo_database"] == name]:
        del _of_folders[folder]
    settings: dict[str, object] = {
        "bus": "kafka",
        "kafka_bootstrap_servers": kafka_address(),
        "kafka_prefix": f"t{uuid.uuid4().hex[:12]}.",
        "store": "mongo",
        "mongo_uri": mongo_address(),
        "mongo_database": name,
        "secret_key": Fernet.generate_key().decode(),
    }
    chosen = Settings(**settings)  # type: ignore[arg-type]
    kafka = link_of(chosen)
    async with open_cluster(kafka) as cluster:
        await make(cluster, plan_all(kafka.prefix, stream_partitions=1, replication=1))
    async with open_link(chosen) as link:
        await _empty(link)
    return settings


async def _empty(link: Link) -> None:
    for name in await link.database.list_collection_names():
        if name != MIGRATIONS:
            await link[name].delete_many({})
    if await link[MIGRATIONS].find_one({}):
        await link[CHANGES].insert_one(dict(COUNTER))


@asynccontextmanager
async def told_the_time_by(clock: Clock) -> AsyncIterator[None]:
    """Let all that is opened meanwhile tell MongoDB this clock's time; nothing that ended long ago by that is swept away."""
    async with AsyncMongoClient[dict[str, Any]](mongo_address()) as client:
        await client.admin.command("setParameter", 1, ttlMonitorEnabled=False)
    plain = Link.__getitem__
    Link.__getitem__ = lambda link, name: _Told(plain(link, name), clock)  # type: ignore[method-assign, assignment, return-value]
    try:
        yield
    finally:
        Link.__getitem__ = plain  # type: ignore[method-assign]


class _Told:
    """A collection whose requests name a moment where they said "now"."""

    def __init__(self, collection: Any, clock: Clock) -> None:  # noqa: ANN401 - the driver's
        self._collection = collection
        self._clock = clock

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the driver's collection has
        found = getattr(self._collection, name)
        if not callable(found):
            return found

        def asked(*given: Any, **named: Any) -> Any:  # noqa: ANN401 - as the driver takes and gives
            return found(*map(self._dated, given), **{key: self._dated(value) for key, value in named.items()})

        return asked

    def _dated(self, part: Any) -> Any:  # noqa: ANN401 - BSON
        if part == NOW and isinstance(part, str):
            return self._clock.now()
        if isinstance(part, dict):
            return {key: self._dated(value) for key, value in part.items()}
        if isinstance(part, list | tuple):
            return type(part)(self._dated(one) for one in part)
        for name in ("_doc", "_filter"):  # of an update among many
            if hasattr(part, name):
                setattr(part, name, self._dated(getattr(part, name)))
        return part
