"""A database of the test's own on the shared server."""

import gc
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from shared.secret_box import SecretBox
from shared.settings import Settings, load_settings
from shared.store.mongo.link import Link, open_link
from shared.store.mongo.store import MongoStore, open_mongo_store
from shared.testing.clock import ManualClock
from tests.servers import mongo_address

UNFINISHED = pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")
"""For tests that take the server away: PyMongo forgets the socket of a connection that it is making when it is closed."""


@pytest.fixture
def swept() -> Iterator[None]:
    """Sweep up forgotten sockets while the test that left them is the one to blame."""
    yield
    gc.collect()


@pytest.fixture
def secrets() -> SecretBox:
    return SecretBox(Fernet.generate_key().decode())


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    name = f"zhitui-{uuid.uuid4().hex[:12]}"
    return load_settings(data_dir=tmp_path, store="mongo", mongo_uri=mongo_address(), mongo_database=name)


@pytest.fixture
async def link(settings: Settings) -> AsyncIterator[Link]:
    async with open_link(settings) as link:
        yield link
        await link.database.client.drop_database(link.database.name)


@pytest.fixture
async def store(settings: Settings, link: Link, secrets: SecretBox) -> AsyncIterator[MongoStore]:
    async with open_mongo_store(settings, ManualClock(), secrets) as store:
        yield store
