"""Keys that are made here: shown once when a destination is added or its key replaced, and never again."""

import json
import re

import pytest
from typer.testing import Result

from shared.errors import InvalidInputError
from tests.integration.cli import commands
from tests.unit.notifier.making import KEY

pytestmark = pytest.mark.usefixtures("own_folder")

URL = "https://93.184.216.34/zhitui?token=geheim"


def works(*arguments: str) -> Result:
    return commands.works("destination", *arguments)


def keys(text: str) -> list[str]:
    return re.findall(r"wh(?:sec|pk|sk)_[A-Za-z0-9+/=]+|feeds/[A-Za-z0-9_-]+", text)


def shown_later(destination_id: str) -> str:
    looks = (("list",), ("list", "--json"), ("show", destination_id), ("show", destination_id, "--json"))
    return "".join(works(*command).output for command in looks)


@pytest.mark.parametrize("scheme", [(), ("--set", "sign=ed25519")])
def test_a_webhooks_key_is_shown_when_it_is_made_and_never_again(scheme: tuple[str, ...]) -> None:
    added = works("add", "oa", "webhook", URL, *scheme)
    assert added.stdout == "oa\n"
    (first,) = keys(added.stderr)
    (second,) = keys(works("rotate", "oa").stderr)
    assert first != second
    assert first.startswith("whpk_" if scheme else "whsec_")
    assert keys(works("add", "oa", "webhook", URL, "--verified").output) == []
    later = shown_later("oa")
    assert keys(later) == []
    assert "geheim" not in later
    assert "https://93.184.216.34/…" in later


def test_a_feeds_address_is_shown_when_it_is_made_and_never_again(monkeypatch: pytest.MonkeyPatch) -> None:
    added = works("add", "news", "feed", "self")
    assert "destination test" not in added.stderr
    assert "http://127.0.0.1:8080/feeds/" in added.stderr
    assert "ZHITUI_PUBLIC_URL" in added.stderr
    monkeypatch.setenv("ZHITUI_PUBLIC_URL", "https://zt.example.cn")
    rotated = works("rotate", "news").stderr
    assert "https://zt.example.cn/feeds/" in rotated
    assert len(set(keys(added.stderr + rotated))) == 2
    assert keys(shown_later("news")) == []
    state = json.loads(works("show", "news", "--json").stdout)["state"]
    works("test", "news")
    assert state == "active"


def test_the_doctor_says_that_a_feed_without_a_public_address_is_for_this_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    works("add", "news", "feed", "self")
    monkeypatch.setenv("ZHITUI_HTTP_PORT", "0")
    assert "订阅源只有在本机才读得到" in commands.zhitui("doctor").output
    monkeypatch.setenv("ZHITUI_PUBLIC_URL", "https://zt.example.cn")
    assert "订阅源" not in commands.zhitui("doctor").output


def test_a_key_that_a_vendor_made_cannot_be_replaced_here() -> None:
    works("add", "group", "wecom-robot", KEY, "--verified")
    result = commands.zhitui("destination", "rotate", "group")
    assert isinstance(result.exception, InvalidInputError)
    assert "destination add" in str(result.exception)


@pytest.mark.parametrize(
    "arguments",
    [
        ("webhook", "https://10.0.0.1/"),
        ("webhook", URL, "--set", "secret=whsec_geheim"),
        ("webhook", URL, "--set", "sign=rsa"),
        ("webhook", URL, "--set", "old_secret=x"),
        ("feed", URL),
    ],
)
def test_what_cannot_work_is_refused_and_nothing_is_stored(arguments: tuple[str, ...]) -> None:
    result = commands.zhitui("destination", "add", "x", *arguments)
    assert isinstance(result.exception, InvalidInputError)
    assert "geheim" not in str(result.exception)
    assert works("list", "--json").stdout == ""
