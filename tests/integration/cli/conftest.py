"""A folder and an installation of its own for tests that give commands."""

from pathlib import Path

import pytest


@pytest.fixture
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in an empty folder, with data below it, and tables wide enough to fold nothing."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ZHITUI_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("COLUMNS", "400")
