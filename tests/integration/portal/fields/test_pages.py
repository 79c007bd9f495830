"""The catalogue in a real Chromium: an editor subscribes in one tap, a curator edits and publishes."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, async_playwright

from services.portal.desk.actor import Actor, Role, Way
from services.portal.desk.desk import Desk
from services.portal.desk.visitor import Visitor
from services.portal.wiring import open_role
from shared.filing.accounts import ACCOUNTS, Account
from shared.runtime.doors import open_doors
from shared.runtime.role import Surroundings
from tests.chromium import note_complaints, require_chromium

pytestmark = pytest.mark.browser

NARROW, WIDE = 375, 1280


@pytest.fixture
async def address(around: Surroundings) -> AsyncIterator[str]:
    async with open_role(around) as portal, open_doors([portal], around) as doors:
        yield doors.address


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=require_chromium(), args=["--no-sandbox"])
        yield browser
        await browser.close()


class Visitors:
    """Opens pages for members with a role."""

    def __init__(self, browser: Browser, desk: Desk, around: Surroundings, address: str) -> None:
        self._browser, self._desk, self._around, self._address = browser, desk, around, address
        self.complaints: list[str] = []

    def actor(self, role: str) -> Actor:
        return Actor(account_id=f"a-{role}", organisation_id=f"o-{role}", role=Role(role), way=Way.SESSION)

    async def page(self, role: str, width: int, *, scripts: bool = True) -> Page:
        account = Account(
            id=f"a-{role}", organisation_id=f"o-{role}", role=role, created_at=self._around.clock.now(), name="测试"
        )
        await self._around.store.shelf(ACCOUNTS).add([account])
        opened = await self._desk.sessions.open(account, Visitor(), by="code")
        context = await self._browser.new_context(
            viewport={"width": width, "height": 800}, base_url=self._address, java_script_enabled=scripts
        )
        await context.add_cookies([{"name": "session", "value": opened.token, "url": self._address}])
        page = await context.new_page()
        note_complaints(page, self.complaints)
        return page


@pytest.fixture
def visitors(browser: Browser, desk: Desk, around: Surroundings, address: str) -> Visitors:
    return Visitors(browser, desk, around, address)


async def fits(page: Page, name: str) -> bool:
    """Whether nothing hangs over the side and nothing serious keeps people out; keeps a picture for one's own eyes."""
    assert page.viewport_size is not None
    width = page.viewport_size["width"]
    if folder := os.environ.get("SCREENSHOTS"):
        await page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True)
    if width == WIDE:  # scripts are on
        found = (await Axe().run(page)).response["violations"]
        assert [one["id"] for one in found if one["impact"] in {"serious", "critical"}] == []
    return bool(await page.evaluate("document.documentElement.scrollWidth") <= width)


@pytest.mark.parametrize(("width", "scripts"), [(NARROW, False), (WIDE, True)])
async def test_a_field_is_found_and_subscribed_to_in_one_tap(
    visitors: Visitors, desk: Desk, *, width: int, scripts: bool
) -> None:
    page = await visitors.page("editor", width, scripts=scripts)
    await page.goto("/fields")
    assert await page.get_by_role("link", name="智能装备").count() == 1
    assert await fits(page, "fields")
    await page.get_by_label("找领域").fill("磷酸铁锂")
    await page.get_by_role("button", name="查找").click()
    assert await fits(page, "fields-found")
    await page.get_by_role("link", name="磷酸铁锂正极").click()
    assert "磷酸亚铁锂" in await page.locator("main").inner_text()
    assert await page.locator("mark").first.inner_text() == "磷酸铁锂"
    assert await fits(page, "field")
    await page.get_by_label("领域更新时自动跟进").check()
    await page.get_by_role("button", name="一键订阅").click()
    [followed] = await desk.following.mine(visitors.actor("editor"))
    assert followed.following.code == "xsy-2.1.1"
    assert followed.following.automatic
    await page.goto("/fields/xsy-2.1.1")
    assert "本单位已订阅" in await page.locator("main").inner_text()
    assert await page.get_by_role("button", name="一键订阅").count() == 0
    assert await page.get_by_role("button", name="再建一个同样的画像").count() == 1
    assert visitors.complaints == []


@pytest.mark.parametrize("width", [NARROW, WIDE])
async def test_a_curator_edits_a_field_publishes_it_and_takes_it_back(visitors: Visitors, width: int) -> None:
    page = await visitors.page("curator", width)
    await page.goto("/fields/xsy-2.1.1")
    await page.get_by_role("link", name="编辑").click()
    await page.get_by_label("出现其中任意一个词").first.fill("铁锂电池")
    await page.get_by_role("button", name="添加", exact=True).first.click()
    await page.locator("ins", has_text="铁锂电池").wait_for()
    assert await fits(page, "field-edit")
    await page.get_by_label("修改原因").fill("客户常用这个说法")
    await page.get_by_role("button", name="发布新版本").click()
    await page.get_by_text("新版本已发布").wait_for()
    assert "铁锂电池" in await page.locator("main").inner_text()
    await page.get_by_role("link", name="历史版本").click()
    assert "客户常用这个说法" in await page.locator("main").inner_text()
    assert await fits(page, "field-history")
    await page.get_by_label("恢复的原因").fill("先不加")
    await page.get_by_role("button", name="恢复到这一版").click()
    await page.get_by_text("第 2 版").first.wait_for()
    await page.goto("/fields/xsy-2.1.1")
    assert "铁锂电池" not in await page.locator("main").inner_text()
    assert visitors.complaints == []
