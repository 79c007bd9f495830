"""The benchmark page's commands exist, with the options that it shows (those of zhitui: tests/unit/docs)."""

import importlib
import importlib.util
import re
from pathlib import Path

import pytest

from benchmarks.__main__ import ALL

ROOT = Path(__file__).resolve().parents[3]
COMMANDS = re.findall(
    r"^python -m (benchmarks\S*)([^#\n]*)", (ROOT / "docs/benchmarks.md").read_text("utf-8"), re.MULTILINE
)


@pytest.mark.parametrize(("module", "arguments"), COMMANDS)
def test_a_command_of_the_page_exists(module: str, arguments: str) -> None:
    spec = importlib.util.find_spec(module if module != "benchmarks" else "benchmarks.__main__")
    assert spec is not None
    assert spec.origin is not None
    source = Path(spec.origin).read_text("utf-8")
    words = arguments.split()
    assert {word for word in words if word.startswith("--")} <= set(re.findall(r'"(--[a-z-]+)"', source))
    if module == "benchmarks":
        assert set(words) <= set(ALL)


def test_every_benchmark_of_the_table_can_be_run() -> None:
    assert all(callable(importlib.import_module(f"benchmarks.{name}").run) for name in ALL)


def test_the_page_shows_commands() -> None:
    assert len(COMMANDS) >= 3
