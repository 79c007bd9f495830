"""Every command in the documents is one that zhitui has, with the options that it takes."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer

from services.cli.app import app
from tests.unit.docs.test_documents import DOCUMENTS, ROOT

FENCE = re.compile(r"```(?:sh|console)\n(.*?)```", re.DOTALL)


def commands(document: Path) -> list[str]:
    lines = [line.strip() for block in FENCE.findall(document.read_text("utf-8")) for line in block.splitlines()]
    found = (re.match(r"(?:\$ )?(zhitui [a-z][^#>|&]*)", line) for line in lines)
    return [match[1] for match in found if match]


ALL = sorted({(str(path.relative_to(ROOT)), command) for path in DOCUMENTS for command in commands(path)})


@pytest.mark.parametrize(("document", "command"), ALL)
def test_a_documented_command_exists(document: str, command: str) -> None:
    words = shlex.split(command)[1:]
    known: Any = typer.main.get_command(app)
    while words and not words[0].startswith("-") and (below := getattr(known, "commands", {})):
        assert words[0] in below, f"{document}: zhitui has no {words[0]}"
        known = below[words.pop(0)]
    options = {name for parameter in known.params for name in (*parameter.opts, *parameter.secondary_opts)}
    assert {word.partition("=")[0] for word in words if word.startswith("--")} <= options


def test_the_documents_hold_commands() -> None:
    assert len(ALL) >= 15
