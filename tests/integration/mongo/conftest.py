"""A database of the test's own on the shared server."""

import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from shared.secret_box import SecretBox
from shared.settings import Settings, load_settings
from shared.store.mongo.link import Link, open_link
from shared.store.mongo.store import MongoStore, open_mongo_store
from shared.testing.clock import ManualClock
from tests.servers import mongo_address


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
