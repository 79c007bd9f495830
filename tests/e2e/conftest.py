"""The demonstration, run once for all tests that look at what it leaves."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ZHITUI = (sys.executable, "-m", "services")


@dataclass(frozen=True)
class DemoRun:
    status: int
    told: str
    progress: str
    out: Path
    temporary: Path


def environment(temporary: Path, **more: str) -> dict[str, str]:
    """Return the environment for a program of its own: nothing of ours but the path, UTF-8, a folder for temporary files."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("ZHITUI_")}
    return clean | {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "TMPDIR": str(temporary), "COLUMNS": "100"} | more


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> DemoRun:
    folder = tmp_path_factory.mktemp("demo")
    temporary = tmp_path_factory.mktemp("temporary")
    (folder / "zhitui.toml").write_text('smtp_host = "mail.example.cn"\n', "utf-8")
    done = subprocess.run(
        [*ZHITUI, "demo"],
        cwd=folder,
        env=environment(temporary, ZHITUI_BUS="kafka", ZHITUI_WECOM_BASE_URL="http://192.0.2.1"),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return DemoRun(done.returncode, done.stdout, done.stderr, folder / "demo-out", temporary)
