"""Every suite runs on every backend of its port: ``test_bus_*`` on those of the bus, ``test_store_*`` on those of the store."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Protocol

import pytest

from shared.bus.port import Bus, Record
from shared.bus.topics import Topic
from shared.store.port import Store
from tests.contract.consuming import PARTITIONS, WIDE
from tests.contract.embedded import EmbeddedHarness
from tests.contract.harness import BusHarness, Harness, StoreHarness
from tests.contract.kafka import KafkaHarness
from tests.contract.mongo import MongoHarness


class MakeHarness(Protocol):
    """Prepares an installation in this folder; what it opens is closed with the stack."""

    def __call__(self, folder: Path, stack: AsyncExitStack) -> Harness: ...


class MakeStoreHarness(Protocol):
    """The same, where the store is under test."""

    def __call__(self, folder: Path, stack: AsyncExitStack) -> StoreHarness: ...


class MakeBusHarness(Protocol):
    """The same, where the bus is under test."""

    def __call__(self, folder: Path, stack: AsyncExitStack) -> BusHarness: ...


BUS_BACKENDS: dict[str, MakeBusHarness] = {"embedded": EmbeddedHarness, "kafka": KafkaHarness}
STORE_BACKENDS: dict[str, MakeStoreHarness] = {"embedded": EmbeddedHarness, "mongo": MongoHarness}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "harness" in metafunc.fixturenames:
        is_bus = metafunc.module.__name__.rpartition(".")[2].startswith("test_bus")
        backends: Mapping[str, MakeHarness] = BUS_BACKENDS if is_bus else STORE_BACKENDS
        made = [
            # On real servers they are part of make coverage; make test has five minutes.
            pytest.param(make, id=name, marks=() if name == "embedded" else pytest.mark.city)
            for name, make in backends.items()
        ]
        metafunc.parametrize("harness", made, indirect=True)


@pytest.fixture
async def harness(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Harness]:
    async with AsyncExitStack() as stack:
        yield request.param(tmp_path / "data", stack)


@pytest.fixture
async def bus(harness: Harness) -> Bus:
    return (await harness.open()).bus


@pytest.fixture
async def store(harness: Harness) -> Store:
    return (await harness.open()).store


@pytest.fixture
async def wide(bus: Bus) -> Topic:
    """A topic of several partitions with forty records."""
    await bus.create([WIDE], partitions=PARTITIONS)
    await bus.append(WIDE, [Record(key=str(n), value=str(n).encode()) for n in range(40)])
    return WIDE
