"""Installations by name: embedded ones in folders, and ones on the shared Kafka and MongoDB under names of the test's own."""

import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Protocol

import pytest
from cryptography.fernet import Fernet

from shared.bus.kafka.cluster import open_cluster
from shared.bus.kafka.connecting import link_of
from shared.bus.kafka.topic_making import make, plan_all
from shared.runtime.role import Surroundings
from shared.settings import Settings
from shared.store.mongo.link import open_link
from tests.servers import kafka_address, mongo_address
from tests.surroundings import open_surroundings

KEY = Fernet.generate_key().decode()


class Opens(Protocol):
    """Opens an installation of this name."""

    async def __call__(self, name: str, key: str = KEY) -> Surroundings: ...


@pytest.fixture
async def opens(tmp_path: Path) -> AsyncIterator[Opens]:
    async with AsyncExitStack() as stack:

        async def open_one(name: str, key: str = KEY) -> Surroundings:
            return await stack.enter_async_context(open_surroundings(tmp_path / name, secret_key=key))

        yield open_one


@pytest.fixture
async def cluster_settings(tmp_path: Path) -> AsyncIterator[dict[str, object]]:
    """Settings of an empty installation on Kafka and MongoDB; what it leaves there is removed."""
    name = uuid.uuid4().hex[:12]
    chosen: dict[str, object] = {
        "bus": "kafka",
        "store": "mongo",
        "kafka_bootstrap_servers": kafka_address(),
        "kafka_prefix": f"a{name}.",
        "mongo_uri": mongo_address(),
        "mongo_database": f"archive-{name}",
        "secret_key": KEY,
    }
    settings = Settings(data_dir=tmp_path / "cluster", **chosen)  # type: ignore[arg-type]
    async with open_cluster(link_of(settings)) as cluster:
        await make(cluster, plan_all(settings.kafka_prefix, stream_partitions=3, replication=1))
    yield chosen
    async with open_link(settings) as link:
        await link.database.client.drop_database(settings.mongo_database)


@pytest.fixture
async def cluster(tmp_path: Path, cluster_settings: dict[str, Any]) -> AsyncIterator[Surroundings]:
    async with open_surroundings(tmp_path / "cluster", **cluster_settings) as around:
        yield around
