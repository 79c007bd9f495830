"""The operator's page over a real socket."""

import asyncio
import json

import aiohttp
import msgspec
import pytest

from services.portal.wiring import open_role
from shared.runtime.role import Surroundings
from tests.integration.portal.seed import PROFILES, ROBOT_KEY, seed


async def get(url: str, **headers: str) -> tuple[int, str, dict[str, str]]:
    async with aiohttp.ClientSession() as session, session.get(url, headers=headers) as response:
        return response.status, await response.text(), {str(name): value for name, value in response.headers.items()}


async def test_a_fresh_installation_says_what_to_do_first(address: str) -> None:
    status, text, _ = await get(address)
    assert status == 200
    for command in ("zhitui ingest", "zhitui profile add", "zhitui subscription add"):
        assert command in text
    assert "一切正常" in text


async def test_the_page_tells_what_came_in_matched_went_out_and_is_stuck(around: Surroundings, address: str) -> None:
    await seed(around)
    _, text, _ = await get(address)
    for told in (
        "36,956", "监视文件夹", "CN_XML_20260106.zip", "压缩包不完整", *PROFILES, "w***@example.cn", "已放弃", "超过限制",
        "机器人已被移出群", "zhitui delivery retry d-4", "zhitui subscription resume 机床", "zhitui quarantine list",
        "公开号认不出来", "zhitui.matches.v1.dlq", "p-9", "1 个画像没有订阅", "2 个画像还没有命中",
    ):  # fmt: skip
        assert told in text


async def test_no_address_is_shown_whole(around: Surroundings, address: str) -> None:
    await seed(around)
    _, text, _ = await get(address)
    assert ROBOT_KEY not in text
    assert "wang@" not in text


async def test_the_page_allows_no_script_and_nothing_from_elsewhere(address: str) -> None:
    _, text, headers = await get(address)
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "script" not in headers["Content-Security-Policy"]
    assert "<script" not in text
    assert "http://" not in text
    assert "https://" not in text


async def test_texts_of_strangers_are_escaped(around: Surroundings, address: str) -> None:
    await seed(around)
    run = (await around.store.runs.recent(limit=1))[0]
    await around.store.runs.save(msgspec.structs.replace(run, name="<img src=x onerror=alert(1)>.csv"))
    _, text, _ = await get(address)
    assert "<img" not in text
    assert "&lt;img src=x" in text


async def test_it_reloads_itself_only_when_asked(address: str) -> None:
    assert 'http-equiv="refresh"' not in (await get(address))[1]
    assert '<meta http-equiv="refresh" content="10">' in (await get(f"{address}/centre?refresh=1"))[1]


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8080", "192.168.1.4", "localhost.evil.example", "[::2]:80", ""]
)
async def test_a_host_name_that_is_not_this_machines_is_refused(address: str, host: str) -> None:
    status, text, _ = await get(f"{address}/centre", Host=host)
    assert status == 403
    assert "运行状况只在本机开放" in text
    assert "ssh -L" in text


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:8080", "127.0.0.1:1", "127.8.9.1", "[::1]:8080", "localhost."]
)
async def test_every_name_of_this_machine_is_welcome(address: str, host: str) -> None:
    assert (await get(f"{address}/centre", Host=host))[0] == 200


async def test_a_proxys_request_for_somebody_else_is_refused(address: str) -> None:
    status, text, _ = await get(f"{address}/centre", **{"X-Forwarded-For": "203.0.113.7"})
    assert status == 403
    assert "代理" in text


async def test_a_full_disk_is_told(around: Surroundings, address: str) -> None:
    around.metrics.storage_full.set(1)
    assert "数据文件夹写不进去" in (await get(address))[1]


async def test_the_style_sheet_is_served(address: str) -> None:
    status, text, headers = await get(f"{address}/assets/style.css")
    assert status == 200
    assert headers["Content-Type"].startswith("text/css")
    assert "prefers-color-scheme: dark" in text


async def test_the_role_itself_is_always_idle_and_ready(around: Surroundings) -> None:
    async with open_role(around) as portal:
        stop = asyncio.Event()
        stop.set()
        await portal.run(stop)
        assert (await portal.is_idle(), await portal.problems()) == (True, [])


async def test_the_portals_routes_are_in_the_apis_description(address: str) -> None:
    paths = json.loads((await get(f"{address}/api/openapi.json"))[1])["paths"]
    assert set(paths["/u/{token}"]) == {"get", "post"}
    assert "503" in paths["/u/{token}"]["post"]["responses"]
