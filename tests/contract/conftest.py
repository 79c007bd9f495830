from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from shared.bus.port import Bus
from shared.store.port import Store
from tests.contract.harness import EmbeddedHarness, Harness


@pytest.fixture(params=["embedded"])
async def harness(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Harness]:
    async with AsyncExitStack() as stack:
        yield {"embedded": EmbeddedHarness}[request.param](tmp_path / "data", stack)


@pytest.fixture
async def bus(harness: Harness) -> Bus:
    return (await harness.open()).bus


@pytest.fixture
async def store(harness: Harness) -> Store:
    return (await harness.open()).store
