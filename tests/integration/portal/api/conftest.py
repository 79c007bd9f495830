from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.integration.portal.api.bench import Bench, Tenant, open_bench


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def bench(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Bench]:
    """One portal for all: each test has organisations of its own."""
    async with open_bench(tmp_path_factory.mktemp("api")) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="package")
async def ours(bench: Bench) -> Tenant:
    return await bench.organisation("ours")


@pytest_asyncio.fixture(loop_scope="package")
async def theirs(bench: Bench) -> Tenant:
    return await bench.organisation("theirs")
