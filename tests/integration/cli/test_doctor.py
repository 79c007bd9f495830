"""The doctor sees what is wrong, says what to do, and changes nothing."""

import asyncio
import json
import socket
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink
from aiosmtpd.smtp import AuthResult
from typer.testing import CliRunner, Result

from services.cli.app import app
from shared.clock import SystemClock
from shared.runtime.role_lock import hold_roles
from shared.wire.profile import Profile, Rule
from shared.wire.subscription import Channel, Destination, DestinationState, Subscription
from tests.surroundings import open_surroundings


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ZHITUI_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("ZHITUI_HTTP_PORT", "0")


def doctor(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["doctor", *arguments])


async def destination(folder: Path, channel: Channel) -> None:
    async with open_surroundings(folder / "data") as around:
        now = SystemClock().now()
        await around.store.profiles.put([Profile(id="p", rules=(Rule(groups=(("电池",),)),))], saved_at=now)
        await around.store.destinations.put(
            Destination(id="d", channel=channel, address="a@example.cn", state=DestinationState.ACTIVE, created_at=now)
        )
        await around.store.subscriptions.put(Subscription(id="s", profiles=("p",), destinations=("d",), created_at=now))


def set_up(folder: Path, channel: Channel) -> None:
    asyncio.run(destination(folder, channel))


def test_a_fresh_folder_is_in_order_and_stays_untouched(tmp_path: Path) -> None:
    result = doctor()
    assert result.exit_code == 0, result.output
    assert "✗" not in result.output
    assert not (tmp_path / "data").exists()


def test_a_set_up_installation_is_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    set_up(tmp_path, Channel.EMAIL)
    mail = Controller(Sink(), hostname="127.0.0.1", port=_free_port())
    mail.start()
    monkeypatch.setenv("ZHITUI_SMTP_HOST", "127.0.0.1")
    monkeypatch.setenv("ZHITUI_SMTP_PORT", str(mail.port))
    monkeypatch.setenv("ZHITUI_SMTP_SECURITY", "none")
    try:
        result = doctor()
    finally:
        mail.stop()
    assert result.exit_code == 0, result.output
    assert "可以连接" in result.output
    assert "数据库完好" in result.output
    assert "没有卡住" in result.output
    assert "ZHITUI_PUBLIC_URL" in result.output


def test_a_mail_destination_without_a_mail_server_fails(tmp_path: Path) -> None:
    set_up(tmp_path, Channel.EMAIL)
    result = doctor()
    assert result.exit_code == 1
    assert "ZHITUI_SMTP_HOST" in result.output


def test_a_mail_server_that_is_not_there_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    set_up(tmp_path, Channel.EMAIL)
    monkeypatch.setenv("ZHITUI_SMTP_HOST", "127.0.0.1")
    monkeypatch.setenv("ZHITUI_SMTP_PORT", str(_free_port()))
    assert "连不上" in doctor().output


def test_a_login_that_is_refused_fails_and_never_shows_the_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up(tmp_path, Channel.EMAIL)
    mail = Controller(Sink(), hostname="127.0.0.1", port=_free_port(), auth_require_tls=False, authenticator=_refuse)
    mail.start()
    monkeypatch.setenv("ZHITUI_SMTP_HOST", "127.0.0.1")
    monkeypatch.setenv("ZHITUI_SMTP_PORT", str(mail.port))
    monkeypatch.setenv("ZHITUI_SMTP_SECURITY", "none")
    monkeypatch.setenv("ZHITUI_SMTP_USERNAME", "zhitui")
    monkeypatch.setenv("ZHITUI_SMTP_PASSWORD", "hunter2hunter2")
    try:
        result = doctor()
    finally:
        mail.stop()
    assert result.exit_code == 1
    assert "拒绝登录" in result.output
    assert "hunter2" not in result.output


def test_a_vendor_that_is_not_there_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    set_up(tmp_path, Channel.WECOM_ROBOT)
    monkeypatch.setenv("ZHITUI_WECOM_BASE_URL", f"http://127.0.0.1:{_free_port()}")
    result = doctor()
    assert result.exit_code == 1
    assert "企业微信连不上" in result.output


def test_a_wrong_setting_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHITUI_TIMEZONE", "Mars/Olympus")
    result = doctor()
    assert result.exit_code == 1
    assert "ZHITUI_TIMEZONE" in result.output


def test_a_misspelt_variable_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    for servers in ("ZHITUI_TEST_KAFKA", "ZHITUI_TEST_MONGO"):  # for the tests, and no setting
        monkeypatch.delenv(servers, raising=False)
    monkeypatch.setenv("ZHITUI_SMTP_HOTS", "mail.example.cn")
    monkeypatch.setenv("ZHITUI_SMTP_PASSWORD_FILE", __file__)
    result = doctor()
    assert "ZHITUI_SMTP_HOTS" in result.output
    assert "不认识的环境变量，不起作用：ZHITUI_SMTP_HOTS\n" in result.output


def test_a_port_that_somebody_else_has_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        monkeypatch.setenv("ZHITUI_HTTP_PORT", str(taken.getsockname()[1]))
        result = doctor()
    assert result.exit_code == 1
    assert "ZHITUI_HTTP_PORT" in result.output


def test_a_free_port_is_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHITUI_HTTP_PORT", str(_free_port()))
    assert "空闲" in doctor().output


def test_a_port_that_zhitui_itself_has_is_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHITUI_HTTP_PORT", "8080")
    with hold_roles(tmp_path / "data", ["portal"]):
        result = doctor()
    assert result.exit_code == 0, result.output
    assert "知推自己在用" in result.output


def test_a_data_folder_that_cannot_be_written_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("ZHITUI_DATA_DIR", str(tmp_path / "file" / "data"))
    result = doctor()
    assert result.exit_code == 1
    assert "ZHITUI_DATA_DIR" in result.output


def test_a_ruined_database_fails_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "zhitui.db").write_bytes(b"SQLite format 3\x00" + b"\xff" * 8000)
    result = doctor()
    assert result.exit_code == 1
    assert "备份" in result.output


def test_a_watch_folder_that_is_a_file_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "watch").write_text("not a folder")
    monkeypatch.setenv("ZHITUI_WATCH_DIR", str(tmp_path / "watch"))
    assert doctor().exit_code == 1


@pytest.mark.parametrize(("free", "mark"), [(500 * 1024**2, "！"), (5 * 1024**2, "✗")])
def test_a_disk_that_fills_up_is_told(monkeypatch: pytest.MonkeyPatch, free: int, mark: str) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _path: type("Usage", (), {"free": free})())
    assert f"{mark} 数据文件夹所在磁盘" in doctor().output


def test_programs_get_json_lines() -> None:
    rows = [json.loads(line) for line in doctor("--json").stdout.splitlines()]
    assert rows
    assert all(set(row) == {"level", "what", "remedy", "command"} for row in rows)


def _refuse(*_arguments: object) -> object:
    return AuthResult(success=False, handled=False)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
