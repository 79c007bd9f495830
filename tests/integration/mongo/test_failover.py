"""A primary that is lost, with another that takes over: what most members had stays, and work goes on within an election."""

import asyncio
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from shared.secret_box import SecretBox
from shared.settings import load_settings
from shared.store.mongo.store import open_mongo_store
from shared.store.port import Store
from shared.testing.clock import ManualClock
from tests.contract.made import alert
from tests.integration.mongo.conftest import UNFINISHED
from tests.integration.mongo.working import persist
from tests.servers import own_replica_set
from tools.services import ReplicaSet

pytestmark = [pytest.mark.city, UNFINISHED, pytest.mark.usefixtures("swept")]

ELECTION_SECONDS = 15.0
"""Far more than one takes: the machine may be busy."""


@pytest.fixture
def members(tmp_path: Path) -> Iterator[ReplicaSet]:
    with own_replica_set(tmp_path / "members") as members:
        yield members


async def test_what_was_acknowledged_outlives_the_primary_and_its_return(members: ReplicaSet, tmp_path: Path) -> None:
    settings = load_settings(
        data_dir=tmp_path, store="mongo", mongo_uri=f"{members.uri}&heartbeatFrequencyMS=500", mongo_timeout_seconds=5
    )
    acknowledged: list[str] = []
    is_over = asyncio.Event()

    async def record(store: Store) -> None:
        while not is_over.is_set():
            number = f"CN{len(acknowledged)}A"
            await persist(partial(store.alerts.record, [], [alert(number)]))
            acknowledged.append(number)

    async with open_mongo_store(settings, ManualClock(), SecretBox(Fernet.generate_key().decode())) as store:
        recording = asyncio.create_task(record(store))
        await reaches(acknowledged, 50)
        lost = await asyncio.to_thread(members.lose_primary)
        await reaches(acknowledged, 50)
        assert await asyncio.to_thread(members.primary) is not lost
        await asyncio.to_thread(members.start)
        await reaches(acknowledged, 50)
        is_over.set()
        await recording
        kept = await store.alerts.pending([("s-1", "d-1")], limit=100_000)
    assert sorted(one.key.publication_number for one in kept) == sorted(acknowledged)


async def reaches(acknowledged: list[str], more: int) -> None:
    wanted, deadline = len(acknowledged) + more, time.monotonic() + ELECTION_SECONDS
    while len(acknowledged) < wanted:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.05)
