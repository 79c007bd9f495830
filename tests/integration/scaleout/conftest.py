"""Stores that several processes share."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from tests.integration.scaleout.processes import Workers
from tests.servers import mongo_address


@pytest.fixture(params=["embedded", "mongo"])
def workers(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Workers]:
    environment = {"ZHITUI_DATA_DIR": str(tmp_path / "data"), "ZHITUI_SECRET_KEY": Fernet.generate_key().decode()}
    if request.param == "mongo":
        environment |= {
            "ZHITUI_STORE": "mongo",
            "ZHITUI_MONGO_URI": mongo_address(),
            "ZHITUI_MONGO_DATABASE": f"t{uuid.uuid4().hex[:12]}",
        }
    started = Workers(tmp_path, environment)
    try:
        yield started
    finally:
        started.close()
