"""Members come in through WeCom: with the browser that went out, once, and to our own pages only."""

from collections.abc import AsyncIterator
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from aiohttp import ClientResponse, ClientSession

from shared.filing.accounts import ACCOUNTS
from shared.testing.wecom_enterprise import OAUTH_SECONDS
from tests.integration.portal.wecom.conftest import CONNECTION, ORGANISATION, Town

INSIDE = {"User-Agent": "Mozilla/5.0 wxwork/4.1.36 MicroMessenger/7.0.1"}


@pytest.fixture
def is_whole() -> bool:
    return True


@pytest.fixture
def wrong() -> dict[str, object]:
    return {"public_url": "http://zt.example.cn"}


@pytest.fixture
async def browser() -> AsyncIterator[ClientSession]:
    async with ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        yield session


async def leave(town: Town, browser: ClientSession, *, goal: str = "/inbox", **headers: str) -> str:
    """Go to WeCom, and return where the browser was sent."""
    url = f"{town.address}/wecom/{CONNECTION}/sign-in"
    async with browser.get(url, params={"next": goal}, headers=headers or INSIDE, allow_redirects=False) as response:
        assert response.status == 303
        return response.headers["Location"]


async def come(town: Town, browser: ClientSession, code: str, state: str) -> ClientResponse:
    url = f"{town.address}/wecom/{CONNECTION}/signed-in"
    async with browser.get(url, params={"code": code, "state": state}, allow_redirects=False) as response:
        await response.read()
        return response


def state_in(location: str) -> str:
    return parse_qs(urlsplit(location).query)["state"][0]


async def test_inside_wecom_nobody_is_asked_and_a_member_is_in(town: Town, browser: ClientSession) -> None:
    location = await leave(town, browser)
    asked = parse_qs(urlsplit(location).query)
    assert location.startswith("https://open.weixin.qq.com/connect/oauth2/authorize?")
    assert urlsplit(location).fragment == "wechat_redirect"
    assert asked["redirect_uri"] == [f"http://zt.example.cn/wecom/{CONNECTION}/signed-in"]
    assert asked["scope"] == ["snsapi_base"]
    response = await come(town, browser, town.vendor.home.allow_in("ZhangSan"), state_in(location))
    assert (response.status, response.headers["Location"]) == (303, "../../inbox")
    (filed,) = await town.around.store.shelf(ACCOUNTS).page(ORGANISATION, limit=9)
    assert filed.document.role == "editor"
    opened = [entry.action for entry in await town.desk.audit.listed(ORGANISATION)]
    assert "session.opened" in opened


async def test_elsewhere_a_code_is_shown_to_be_scanned(town: Town, browser: ClientSession) -> None:
    location = await leave(town, browser, **{"User-Agent": "Mozilla/5.0 Firefox/140.0"})
    assert location.startswith("https://login.work.weixin.qq.com/wwlogin/sso/login?login_type=CorpApp&")


async def test_a_code_that_was_used_or_is_too_old_lets_nobody_in(town: Town, browser: ClientSession) -> None:
    code = town.vendor.home.allow_in("ZhangSan")
    assert (await come(town, browser, code, state_in(await leave(town, browser)))).status == 303
    browser.cookie_jar.clear()
    assert (await come(town, browser, code, state_in(await leave(town, browser)))).status == 403
    late = town.vendor.home.allow_in("ZhangSan")
    state = state_in(await leave(town, browser))
    await town.clock.advance(OAUTH_SECONDS + 1)
    assert (await come(town, browser, late, state)).status == 403


async def test_nobody_is_let_in_by_an_address_that_somebody_else_began(town: Town, browser: ClientSession) -> None:
    theirs = state_in(await leave(town, browser))
    code = town.vendor.home.allow_in("ZhangSan")
    async with ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as victim:
        assert (await come(town, victim, code, theirs)).status == 403
        await leave(town, victim)
        assert (await come(town, victim, code, theirs)).status == 403
    assert await town.around.store.shelf(ACCOUNTS).page(ORGANISATION, limit=9) == []


async def test_made_up_codes_are_not_asked_about_without_end(town: Town, browser: ClientSession) -> None:
    statuses = [
        (await come(town, browser, f"made-up-{n}", state_in(await leave(town, browser)))).status for n in range(32)
    ]
    assert statuses == [403] * 30 + [429] * 2
    assert town.vendor.refused.count(40029) == 30


async def test_a_state_is_good_for_ten_minutes_and_in_one_piece(town: Town, browser: ClientSession) -> None:
    state = state_in(await leave(town, browser))
    for wrong_state in ("", state[:-1], f"{state}é"):
        assert (await come(town, browser, town.vendor.home.allow_in("ZhangSan"), wrong_state)).status == 403
    await town.clock.advance(601)
    assert (await come(town, browser, town.vendor.home.allow_in("ZhangSan"), state)).status == 403


async def test_nobody_is_sent_elsewhere_afterwards(town: Town, browser: ClientSession) -> None:
    for goal in ("https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"):
        state = state_in(await leave(town, browser, goal=goal))
        response = await come(town, browser, town.vendor.home.allow_in("ZhangSan"), state)
        assert (response.status, response.headers["Location"]) == (303, "../../"), goal


async def test_an_enterprise_that_is_not_there_has_no_way_in(town: Town, browser: ClientSession) -> None:
    url = f"{town.address}/wecom/wc-ffffffffffffffffffffffff/sign-in"
    async with browser.get(url, allow_redirects=False) as response:
        assert response.status == 404
