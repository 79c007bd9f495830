from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.integration.portal.api.bench import Bench, Tenant, open_bench


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with open_bench(tmp_path) as opened:
        yield opened


@pytest.fixture
async def ours(bench: Bench) -> Tenant:
    return await bench.organisation("ours")


@pytest.fixture
async def theirs(bench: Bench) -> Tenant:
    return await bench.organisation("theirs")
