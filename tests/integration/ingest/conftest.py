"""Two ingest processes of one installation."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests.integration.ingest.processes import BACKENDS, Process


@pytest.fixture(params=list(BACKENDS.values()), ids=list(BACKENDS))
async def processes(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[tuple[Process, Process]]:
    async with AsyncExitStack() as stack:
        harness = request.param(tmp_path / "data", stack)
        yield Process(harness, await harness.open()), Process(harness, await harness.open())
