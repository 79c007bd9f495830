from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared.embedded import DATABASE_FILE, MIGRATIONS
from shared.sqlite.database import Database, open_database


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
async def installation(folder: Path) -> AsyncIterator[Database]:
    """The database file with all of Zhitui's tables."""
    async with open_database(folder / DATABASE_FILE, MIGRATIONS) as database:
        yield database
        assert await database.read(lambda c: c.execute("PRAGMA integrity_check").fetchall()) == [("ok",)]
