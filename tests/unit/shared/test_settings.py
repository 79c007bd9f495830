"""Settings: checked, spelled out, and silent about secrets."""

from pathlib import Path

import pytest

from shared.errors import MisconfiguredError
from shared.settings import load_settings

SECRETS = ("ingest_token", "secret_key", "mongo_uri", "smtp_password")


@pytest.fixture(autouse=True)
def _no_toml(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_everything_has_a_default() -> None:
    settings = load_settings()
    assert settings.watch_folder == settings.data_dir / "watch"
    assert settings.zone.key == "Asia/Shanghai"
    assert load_settings(watch_dir=Path("in")).watch_folder == Path("in")


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_shows_in_no_repr(name: str) -> None:
    settings = load_settings(**{name: "hush-hush"})
    assert "hush-hush" not in repr(settings)
    assert "hush-hush" not in str(settings)
    assert getattr(settings, name).get_secret_value() == "hush-hush"


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("http_port", "eighty", "ZHITUI_HTTP_PORT：要填整数"),
        ("http_port", 70_000, "ZHITUI_HTTP_PORT：不能大于 65535"),
        ("http_port", -1, "ZHITUI_HTTP_PORT：不能小于 0"),
        ("smtp_port", 1.5, "ZHITUI_SMTP_PORT：要填整数"),
        ("send_timeout_seconds", 0, "ZHITUI_SEND_TIMEOUT_SECONDS：必须大于 0"),
        ("send_timeout_seconds", "soon", "ZHITUI_SEND_TIMEOUT_SECONDS：要填数字"),
        ("smtp_security", "ssl", "ZHITUI_SMTP_SECURITY：只能是 'none'、'starttls'、'tls' 之一"),
        ("bus", "rabbit", "ZHITUI_BUS：只能是 'embedded'、'kafka' 之一"),
        ("timezone", "Mars/Olympus", "ZHITUI_TIMEZONE：'Mars/Olympus' 不是时区名；请写成 Asia/Shanghai 这样的名字"),
        ("smtp_hots", "x", "ZHITUI_SMTP_HOTS：没有这项设置；请核对名字，或把它删掉"),
        ("mail_from", 5, "ZHITUI_MAIL_FROM：要填文字"),
        ("secret_key", 5, "ZHITUI_SECRET_KEY：要填文字"),
        ("data_dir", 5, "ZHITUI_DATA_DIR：要填路径"),
        ("watch_dir", {"a": 1}, "ZHITUI_WATCH_DIR：要填路径"),
        ("http_port", "1" * 5_000, "ZHITUI_HTTP_PORT：值不合法；请对照 docs/operations.md"),
    ],
)
def test_a_wrong_setting_is_named_with_what_it_must_be(name: str, value: object, sentence: str) -> None:
    with pytest.raises(MisconfiguredError) as caught:
        load_settings(**{name: value})
    assert str(caught.value) == f"设置有误，请改正后再启动：\n  {sentence}"


def test_all_wrong_settings_are_named_at_once_and_no_value_is_told() -> None:
    with pytest.raises(MisconfiguredError) as caught:
        load_settings(http_port="hush-hush", smtp_password=["hush-hush"], mongo_uri={"hush-hush": 1})
    assert str(caught.value).count("ZHITUI_") == 3
    assert "hush-hush" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_an_empty_variable_and_an_empty_file_of_a_secret_say_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = tmp_path / "dkim-key"
    empty.write_text("\n", "utf-8")
    monkeypatch.setenv("ZHITUI_DKIM_KEY_FILE", str(empty))
    monkeypatch.setenv("ZHITUI_WECOM_AGENT_ID", "")
    settings = load_settings()
    assert (settings.dkim_key, settings.wecom_agent_id) == (None, None)
    empty.write_text("a key\n", "utf-8")
    key = load_settings().dkim_key
    assert key is not None
    assert key.get_secret_value() == "a key"
