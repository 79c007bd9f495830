"""``zhitui --help`` teaches."""

import re
from importlib.metadata import version

import pytest
from typer.testing import CliRunner

from services.cli.app import app, main
from services.cli.help_page import OTHERS, PANELS
from shared.errors import MisconfiguredError


def test_every_command_stands_in_a_group_and_the_first_alert_is_explained() -> None:
    page = CliRunner().invoke(app, ["--help"]).output
    assert OTHERS not in page
    for panel in ("运行", "订阅", "查看和排障"):
        assert panel in page
    for step in (
        "zhitui up",
        "zhitui profile add",
        "zhitui destination add",
        "zhitui subscription add",
        "zhitui doctor",
    ):
        assert step in page


def test_no_group_names_a_command_twice() -> None:
    names = [name for panel in PANELS.values() for name in panel]
    assert len(names) == len(set(names))


def test_the_version_is_the_distributions() -> None:
    result = CliRunner().invoke(app, ["--version"])
    assert (result.exit_code, result.output) == (0, f"zhitui {version('zhitui')}\n")


def test_serve_knows_four_roles_and_names_them() -> None:
    result = CliRunner(env={"COLUMNS": "200"}).invoke(app, ["serve", "cook"])
    assert result.exit_code == 2
    assert re.search("ingest.*matcher.*notifier.*portal", result.output, flags=re.DOTALL)


def test_an_expected_error_is_one_line_and_status_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise MisconfiguredError("ZHITUI_X 不对")

    monkeypatch.setattr("services.cli.app.app", fail)
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    assert capsys.readouterr().err == "错误：ZHITUI_X 不对\n"
