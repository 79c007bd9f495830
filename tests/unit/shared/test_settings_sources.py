"""Sources that there may be several of: how they are written, and what is said of those that are wrong."""

import json
from pathlib import Path

import pytest

from shared.errors import MisconfiguredError
from shared.settings import load_settings
from shared.settings_sources import FilesAfter


def test_an_address_alone_is_a_feed_and_gets_a_name_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHITUI_FEEDS", "https://example.org/rss?query=a")
    (feed,) = load_settings().feeds or ()
    assert feed.name.startswith("example.org-")
    monkeypatch.setenv("ZHITUI_FEEDS", '["https://example.org/rss?query=a", "https://example.org/rss?query=b"]')
    first, second = load_settings().feeds or ()
    assert first.name == feed.name != second.name


def test_feeds_and_folders_are_tables_of_the_settings_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("zhitui.toml").write_text(
        '[[feeds]]\nname = "wipo"\nurl = "https://example.org/"\nevery_minutes = 30\n'
        '[[folders]]\nname = "centre"\nurl = "sftp://u@example.org/in"\nafter = "move"\n',
        "utf-8",
    )
    settings = load_settings()
    assert [(one.name, one.every_minutes) for one in settings.feeds or ()] == [("wipo", 30.0)]
    assert [(one.name, one.after) for one in settings.folders or ()] == [("centre", FilesAfter.MOVE)]


def test_a_list_comes_from_a_secret_file_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "feeds"
    path.write_text('["https://example.org/?key=geheim"]\n', "utf-8")
    monkeypatch.setenv("ZHITUI_FEEDS_FILE", str(path))
    settings = load_settings()
    assert settings.feeds
    assert "geheim" not in repr(settings)


@pytest.mark.parametrize(
    ("name", "value", "word"),
    [
        ("feeds", "[", "JSON"),
        ("feeds", '["ftp://example.org/"]', "https://"),
        ("feeds", '["http://[geheim"]', "网址"),
        ("feeds", '["https://a.org/", "https://a.org/"]', "重复"),
        ("feeds", "[1]", "表"),
        ("feeds", '[{"name": "x"}]', "URL"),
        ("feeds", '[{"url": "https://a.org/", "every_minutes": 1}]', "不能小于 5"),
        ("folders", '[{"url": "sftp://a.org/"}]', "NAME"),
        ("folders", '[{"name": "../x", "url": "sftp://a.org/"}]', "NAME"),
        ("folders", '[{"name": "x", "url": "smb://u:geheim@a.org/"}]', "sftp://"),
        ("folders", '[{"name": "x", "url": "s3://b/", "endpoint": "a.org"}]', "endpoint"),
        ("folders", '[{"name": "x", "url": "davs://a/", "password": "geheim", "password_file": "f"}]', "只写一个"),
        ("folders", '[{"name": "x", "url": "davs://a/", "passwort": "geheim"}]', "PASSWORT"),
    ],
)
def test_what_is_wrong_is_said_without_the_value(
    name: str, value: str, word: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"ZHITUI_{name.upper()}", value)
    with pytest.raises(MisconfiguredError) as raised:
        load_settings()
    assert word in str(raised.value)
    assert "geheim" not in str(raised.value)


def test_a_nested_value_without_end_is_told_like_any_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHITUI_FEEDS", json.dumps([["https://a.org/"]]))
    with pytest.raises(MisconfiguredError):
        load_settings()
    monkeypatch.setenv("ZHITUI_FEEDS", "[" * 100_000)
    with pytest.raises(MisconfiguredError):
        load_settings()
