"""How ``zhitui up`` and ``zhitui serve`` end, and with which status."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from services.cli import up
from services.cli.app import app
from shared.errors import MisconfiguredError, StorageFullError
from tests.integration.runtime.fakes import ScriptedRole, opener


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ZHITUI_HTTP_PORT", "0")


def run(monkeypatch: pytest.MonkeyPatch, **role: object) -> Result:
    def open_fake(name: up.RoleName) -> object:
        return opener(ScriptedRole(name=name.value, **role))  # type: ignore[arg-type]

    monkeypatch.setattr(up, "open_role", open_fake)
    return CliRunner().invoke(app, ["up", "--until-idle"])


def test_work_that_is_done_ends_with_0_after_saying_where_things_are(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    result = run(monkeypatch, todo=3)
    assert result.exit_code == 0, result.output
    assert "控制台      http://127.0.0.1:" in result.stderr
    assert str(tmp_path / "zhitui-data" / "watch") in result.stderr
    assert "zhitui profile add" in result.stderr
    assert "已就绪" in result.stderr


def test_a_crash_ends_with_70_and_says_that_nothing_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    result = run(monkeypatch, crash=ValueError("boom"))
    assert result.exit_code == up.CRASHED
    assert "不会丢失数据" in result.stderr


def test_a_full_disk_ends_with_75_so_that_a_supervisor_tries_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_arguments: object) -> None:
        raise StorageFullError("磁盘已满，请腾出空间。")

    monkeypatch.setattr("shared.runtime.role_lock.hold_roles", full)
    result = run(monkeypatch)
    assert result.exit_code == up.NOT_NOW
    assert "磁盘已满" in result.stderr


def test_a_wrong_setting_is_left_to_the_command_line_to_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    result = run(monkeypatch, crash=MisconfiguredError("ZHITUI_X 不对"))
    assert isinstance(result.exception, MisconfiguredError)
