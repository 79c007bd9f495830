"""Surroundings over an embedded store."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared.runtime.role import Surroundings
from tests.surroundings import open_surroundings


@pytest.fixture
async def around(tmp_path: Path) -> AsyncIterator[Surroundings]:
    async with open_surroundings(tmp_path) as made:
        yield made
