from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.integration.portal.city.scene import City, open_city


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def city(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[City]:
    """One city for all: each test has organisations of its own."""
    async with open_city(tmp_path_factory.mktemp("city")) as opened:
        yield opened


@pytest_asyncio.fixture(autouse=True, loop_scope="package")
async def whole(city: City) -> None:
    """Begin with every process, whoever killed one before."""
    await city.whole()
