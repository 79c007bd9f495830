"""What the runbook and the deployment page tell is so: commands, settings, log events, files, links."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer

from services.cli.app import app
from shared.errors import Reason
from shared.metrics import Metrics
from tests.unit.deploy.documents import ROOT
from tests.unit.deploy.settings_names import unknown

PAGES = {name: (ROOT / "docs" / name).read_text("utf-8") for name in ("runbook.md", "deployment.md")}
ALL = "\n".join(PAGES.values())
CODE = re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", ALL, flags=re.DOTALL))
BLOCKS = re.findall(r"```sh\n(.*?)```", ALL, re.DOTALL)

LINES = [*CODE, *(line for block in BLOCKS for line in block.splitlines())]
COMMAND = re.compile(r"(?<![\w./@:-])(?<!--namespace )zhitui [a-z][\w -]*")
COMMANDS = sorted({found[0].strip() for line in LINES for found in COMMAND.finditer(line)})
EVENTS = sorted({word for word in CODE if re.fullmatch(r"[a-z]+(_[a-z]+)+", word)} - {*Reason} - {"runbook_url"})


@pytest.mark.parametrize("line", COMMANDS)
def test_a_command_is_one_of_zhitui(line: str) -> None:
    words = shlex.split(line)[1:]
    known: Any = typer.main.get_command(app)
    while words and hasattr(known, "commands"):
        assert words[0] in known.commands, line
        known = known.commands[words.pop(0)]
    options = {name for parameter in known.params for name in parameter.opts}
    assert {word for word in words if word.startswith("--")} <= options


def test_there_are_commands_and_events() -> None:
    assert len(COMMANDS) >= 20
    assert len(EVENTS) >= 10


@pytest.mark.parametrize("event", EVENTS)
def test_a_log_event_is_one_that_the_code_writes(event: str) -> None:
    sources = [path for folder in ("services", "shared") for path in (ROOT / folder).rglob("*.py")]
    assert any(f'"{event}"' in path.read_text("utf-8") for path in sources), event


def test_every_setting_and_metric_is_one() -> None:
    assert not unknown({name.partition("=")[0] for name in re.findall(r"ZHITUI_\w+", ALL)})
    metrics = {family.name for family in Metrics().registry.collect()}
    assert {name.removesuffix("_total") for name in re.findall(r"\bzhitui_\w+", ALL)} <= metrics


def test_every_file_of_the_repository_that_is_named_is_there() -> None:
    named = {word for word in CODE if re.fullmatch(r"(deploy|docs|samples|tools)/[\w./-]+|docker-compose\.yml", word)}
    assert len(named) >= 10
    made = {"deploy/secrets/", "deploy/secrets/ingest-token", "deploy/secrets/grafana-password"}
    assert [name for name in sorted(named - made) if not (ROOT / name).exists()] == []


@pytest.mark.parametrize("page", PAGES)
def test_every_link_to_a_section_leads_to_one(page: str) -> None:
    links = re.findall(r"\]\(([\w.-]*)#([\w-]+)\)", PAGES[page])
    assert links
    for target, anchor in links:
        assert anchor in _anchors(ROOT / "docs" / (target or page)), (target, anchor)


def _anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as the usual viewers of Markdown make them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
