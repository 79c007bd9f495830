"""An installed zhitui shows its demo without a checkout."""

import os
import zipfile
from pathlib import Path

import pytest
from hatchling import build

ROOT = Path(__file__).resolve().parents[3]


def test_the_wheel_carries_the_samples_and_every_template(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    with zipfile.ZipFile(tmp_path / build.build_wheel(os.fspath(tmp_path))) as wheel:
        names = set(wheel.namelist())
    samples = {path.relative_to(ROOT).as_posix() for path in (ROOT / "samples").rglob("*") if path.is_file()}
    assert {f"services/demo/{name}" for name in samples} <= names
    templates = {path.relative_to(ROOT).as_posix() for path in (ROOT / "services").rglob("*.j2")}
    assert templates <= names
    assert not [name for name in names if name.startswith(("tests/", "tools/", "benchmarks/"))]
