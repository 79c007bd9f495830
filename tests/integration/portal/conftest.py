"""A portal on a free port, over an embedded store that a test fills."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.portal.wiring import open_role
from shared.runtime.doors import open_doors
from shared.runtime.role import Surroundings
from tests.surroundings import open_surroundings


@pytest.fixture
async def around(tmp_path: Path) -> AsyncIterator[Surroundings]:
    async with open_surroundings(tmp_path) as made:
        yield made


@pytest.fixture
async def address(around: Surroundings) -> AsyncIterator[str]:
    async with open_role(around) as portal, open_doors([portal], around) as doors:
        yield doors.address
