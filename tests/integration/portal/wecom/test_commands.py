"""``zhitui wecom``: the operator connects an enterprise without a browser."""

import asyncio
from pathlib import Path

import pytest
from typer.testing import CliRunner

from services.cli.app import app
from shared.clock import SystemClock
from shared.filing.organisations import ORGANISATIONS, Organisation
from shared.testing.wecom_app import AGENT_ID, CORP_ID, SECRET, FakeWeComApp
from tests.surroundings import open_surroundings


def zhitui(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, arguments)
    return result.exit_code, result.output


def test_from_a_secret_in_a_file_to_a_list_that_shows_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHITUI_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("ZHITUI_PUBLIC_URL", "https://zt.example.cn")
    secret = tmp_path / "secret"
    secret.write_text(f"{SECRET}\n", "utf-8")

    async def prepare() -> None:
        async with open_surroundings(tmp_path / "data") as around:
            organisation = Organisation(id="o-1", name="东莞电池厂", created_at=around.clock.now())
            await around.store.shelf(ORGANISATIONS).add([organisation])

    asyncio.run(prepare())
    code, told = zhitui("wecom", "add", "o-1", CORP_ID, str(AGENT_ID), "--secret-file", str(secret))
    assert code == 0
    assert "https://zt.example.cn/wecom/wc-" in told
    connection = next(line for line in told.splitlines() if line.startswith("wc-"))
    code, listed = zhitui("wecom", "list", "--json")
    assert (code, connection in listed, SECRET in listed) == (0, True, False)
    assert zhitui("wecom", "add", "o-1", CORP_ID, "0", "--secret-file", str(secret))[0] != 0
    assert zhitui("wecom", "remove", connection) == (0, f"已断开 {connection}\n")
    assert zhitui("wecom", "check", connection)[0] != 0


async def test_a_check_says_each_thing_in_words_and_fails_until_all_is_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with FakeWeComApp(clock=SystemClock()) as vendor:
        monkeypatch.setenv("ZHITUI_DATA_DIR", str(tmp_path / "data"))
        monkeypatch.setenv("ZHITUI_WECOM_BASE_URL", vendor.base_url)
        secret = tmp_path / "secret"
        secret.write_text(SECRET, "utf-8")
        async with open_surroundings(tmp_path / "data") as around:
            organisation = Organisation(id="o-1", name="东莞电池厂", created_at=around.clock.now())
            await around.store.shelf(ORGANISATIONS).add([organisation])
        add = ("wecom", "add", "o-1", CORP_ID, str(AGENT_ID), "--secret-file", str(secret))
        _, told = await asyncio.to_thread(zhitui, *add)
        connection = next(line for line in told.splitlines() if line.startswith("wc-"))
        code, checked = await asyncio.to_thread(zhitui, "wecom", "check", connection)
        assert code == 1
        assert "✓ 应用已启用" in checked
        assert "✗ 知推没有设置公网地址" in checked
        assert await asyncio.to_thread(zhitui, "wecom", "sync", connection) == (0, "成员 2 人，更新 2 人\n")
        assert (await asyncio.to_thread(zhitui, "wecom", "menu", connection))[0] == 0
        assert vendor.home.menu is not None
