"""Where settings come from, and who wins."""

from pathlib import Path

import pytest

from shared.errors import MisconfiguredError
from shared.settings import load_settings


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_arguments_win_over_variables_over_files_over_toml(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "zhitui.toml").write_text('smtp_password = "toml"\nsmtp_host = "toml"\nhttp_port = 1\nsmtp_port = 1')
    (folder / "password").write_text("file\n")
    monkeypatch.setenv("ZHITUI_SMTP_PASSWORD_FILE", str(folder / "password"))
    settings = load_settings(http_port=3)
    assert settings.smtp_password is not None
    assert settings.smtp_password.get_secret_value() == "file"
    assert (settings.smtp_host, settings.http_port) == ("toml", 3)
    monkeypatch.setenv("ZHITUI_SMTP_PASSWORD", "variable")
    monkeypatch.setenv("ZHITUI_HTTP_PORT", "2")
    settings = load_settings(http_port=3)
    assert settings.smtp_password is not None
    assert settings.smtp_password.get_secret_value() == "variable"
    assert settings.http_port == 3
    assert load_settings().http_port == 2
    assert load_settings().smtp_port == 1


def test_a_secret_file_that_cannot_be_read_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHITUI_SECRET_KEY_FILE", str(folder / "gone"))
    with pytest.raises(MisconfiguredError, match=r"ZHITUI_SECRET_KEY_FILE.*gone"):
        load_settings()
    (folder / "gone").write_bytes(b"\xff\xfe")
    with pytest.raises(MisconfiguredError, match=r"ZHITUI_SECRET_KEY_FILE.*UTF-8"):
        load_settings()


def test_an_unknown_name_in_the_file_is_refused(folder: Path) -> None:
    (folder / "zhitui.toml").write_text('smtp_hots = "mail.example.cn"')
    with pytest.raises(MisconfiguredError, match="ZHITUI_SMTP_HOTS"):
        load_settings()


def test_a_file_that_is_no_toml_is_named(folder: Path) -> None:
    (folder / "zhitui.toml").write_text("http_port: 8080")
    with pytest.raises(MisconfiguredError, match=r"zhitui\.toml"):
        load_settings()
