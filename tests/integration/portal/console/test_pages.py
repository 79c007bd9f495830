"""Every page of the console: for who sees little, for who allows no scripts, on a phone, by night; and against who writes scripts into names."""

import re
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect

from services.portal.desk.actor import Actor, Permission, Role
from shared.filing.accounts import Account
from shared.wire.profile import Profile, Rule
from tests.integration.portal.console.conftest import Visitors, fits
from tests.integration.portal.console.site import Site, publication
from tests.people import acting

if TYPE_CHECKING:
    from collections.abc import Sequence

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="package")]

FOR_ALL = ("/sign-in", "/sign-in/code", "/forgotten", "/sign-up", "/privacy")
FOR_MEMBERS = (
    "/start", "/profiles", "/profiles/new", "/profiles/{id}", "/profiles/{id}/history", "/profiles/{id}/remove",
    "/start/where?profile={id}", "/organisation", "/organisation/account", "/organisation/tokens", "/organisation/log", "/organisation/data", "/organisation/wecom",
)  # fmt: skip

HOSTILE = '"><img src=x onerror=alert(1)><script>alert(2)</script>{{7*7}}'

_SHIFT = """() => new Promise(done => {
  let sum = 0;
  new PerformanceObserver(list => { for (const one of list.getEntries()) if (!one.hadRecentInput) sum += one.value; })
    .observe({type: 'layout-shift', buffered: true});
  setTimeout(() => done(sum), 150);
})"""


async def made(site: Site, owner: Actor, name: str = "固态电池", word: str = "固态电池") -> str:
    own = await site.desk.profiles.make(
        owner, Profile(id="x", name=name, rules=(Rule(groups=((word,),), none=(word,)),))
    )
    return own.profile.id


def serious(found: "Sequence[dict[str, object]]") -> list[str]:
    return [f"{one['id']}: {one['help']}" for one in found if one["impact"] in {"serious", "critical"}]


@pytest.mark.parametrize(
    ("look", "paths"),
    [("375 dark", FOR_MEMBERS), ("1280 light", ("/start", "/profiles", "/profiles/{id}", "/organisation"))],
)
async def test_axe_finds_nothing_serious_nothing_stands_over_the_side_and_nothing_jumps(
    site: Site, account: Account, visitors: Visitors, look: str, paths: tuple[str, ...]
) -> None:
    profile_id = await made(site, acting(account))
    width, colours = look.split()
    wrong: list[str] = []
    for who, whose in ((None, FOR_ALL), (account, paths)):
        page = await visitors.page(who, int(width), dark=colours == "dark")
        for path in whose:
            await page.goto(path.format(id=profile_id))
            wrong += [f"{path}: {one}" for one in serious((await Axe().run(page)).response["violations"])]
            if not await fits(page):
                wrong.append(f"{path}: wider than the window")
            if (shift := await page.evaluate(_SHIFT)) > 0.01:
                wrong.append(f"{path}: jumps by {shift:.3f}")
    assert wrong == []
    assert visitors.complaints == []


async def test_english_which_is_longer_fits_a_phone_too(site: Site, account: Account, visitors: Visitors) -> None:
    profile_id = await made(site, acting(account))
    page = await visitors.page(account, 375)
    await page.context.add_cookies([{"name": "language", "value": "en", "url": site.address}])
    wide: list[str] = []
    for path in (*FOR_MEMBERS, "/inbox?where=朝阳", "/subscriptions", "/destinations/new?channel=webhook"):
        await page.goto(path.format(id=profile_id))
        assert await page.get_attribute("html", "lang") == "en"
        await page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        if not await fits(page):
            wide.append(path)
    assert wide == []


async def test_without_scripts_every_text_is_there_and_every_button_works(
    site: Site, owner: Actor, account: Account, visitors: Visitors
) -> None:
    page = await visitors.page(account, 375, scripts=False)
    await page.goto("/profiles/new")
    await page.get_by_label("画像名称").fill("固态电池")
    await page.get_by_label("关键词").fill("固态电池、极片")
    await page.keyboard.press("Enter")
    await expect(page.locator("#examples mark").first).to_have_text("固态电池")
    await page.get_by_role("button", name="删除 极片").click()
    await page.get_by_text("分类号（IPC）").click()
    await page.get_by_role("button", name="从部类选").click()
    await page.get_by_role("button", name="展开 H", exact=True).click()
    await page.get_by_role("button", name="展开 H01M").click()
    await page.get_by_role("button", name="H01M10/00").click()
    await page.get_by_text("申请人、地区和文献种类").click()
    await page.get_by_role("button", name="从省份选").click()
    await page.get_by_role("button", name="展开 广东省").click()
    await page.get_by_role("button", name="广州市", exact=True).click()
    await page.get_by_role("button", name="保存", exact=True).click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("推到哪里？")
    (own,) = (await site.desk.profiles.page(owner)).items
    assert own.profile.rules == (Rule(groups=(("固态电池",),), ipc=("H01M10*",), regions=("4401",)),)
    await page.goto(f"/profiles/{own.profile.id}")
    await page.get_by_role("button", name="看看会收到什么").click()
    await expect(page.locator("#examples mark").first).to_have_text("固态电池")
    await expect(page.get_by_role("button", name="锂电池 12")).to_be_visible()


async def test_what_people_and_patents_are_called_never_runs(
    site: Site, owner: Actor, account: Account, visitors: Visitors
) -> None:
    site.advice.publications.insert(0, publication(999, f"固态电池{HOSTILE}", site.advice.today))
    mine = await made(site, owner, HOSTILE[:90], "固态电池")
    evil = await made(site, owner, "词", HOSTILE)
    await site.desk.people.edit_me(owner, name=HOSTILE[:60], language="zh")
    await site.desk.tokens.issue(owner, name=HOSTILE[:70], scopes=[Permission.READ])
    await site.desk.inviting.invite(owner, "a@example.cn", Role.VIEWER)
    page = await visitors.page(account, 1280)
    for path in (*FOR_MEMBERS, "/start?company=" + HOSTILE):
        for profile_id in (mine, evil) if "{id}" in path else (mine,):
            await page.goto(path.format(id=profile_id))
            assert await page.locator("img, main script").count() == 0
    await page.goto(f"/profiles/{mine}")
    await page.get_by_role("button", name="删除 固态电池").last.click()
    await expect(page.get_by_role("button", name="删除 固态电池")).to_have_count(1)
    await page.get_by_label("并且还要出现").press_sequentially("固态")
    await expect(page.locator("#examples")).to_contain_text("<img src=x onerror=alert(1)>")
    assert await page.locator("img, main script").count() == 0
    assert visitors.complaints == []


async def test_the_keyboard_reaches_the_content_first_and_sees_where_it_is(
    site: Site, account: Account, visitors: Visitors
) -> None:
    page: Page = await visitors.page(account, 1280)
    await page.goto("/profiles")
    await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.textContent") == "跳到内容"
    await page.keyboard.press("Enter")
    assert await page.evaluate("document.activeElement.id") == "main"
    await page.keyboard.press("Tab")
    outline = await page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"


async def test_the_first_page_is_small_and_english_is_a_switch_away(site: Site, visitors: Visitors) -> None:
    page = await visitors.page(None, 375)
    sizes: list[int] = []
    session = await page.context.new_cdp_session(page)
    await session.send("Network.enable")
    session.on("Network.loadingFinished", lambda event: sizes.append(int(event["encodedDataLength"])))
    await page.goto("/sign-in", wait_until="networkidle")
    assert 0 < sum(sizes) <= 150_000
    await page.get_by_role("button", name="English").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Sign in to Zhitui")
    assert await page.get_attribute("html", "lang") == "en"
    shown = await page.locator("body").inner_text()
    assert re.findall(r"[\u4e00-\u9fff]+", shown) == ["简体中文"]


async def test_on_paper_stands_what_is_read_and_not_what_is_pressed(
    site: Site, owner: Actor, account: Account, visitors: Visitors
) -> None:
    page = await visitors.page(account)
    await page.goto(f"/profiles/{await made(site, owner)}/history")
    await page.emulate_media(media="print")
    await expect(page.get_by_role("heading", level=1)).to_be_visible()
    for pressed in (".nav", ".top", ".foot", "main .buttons"):
        await expect(page.locator(pressed).first).to_be_hidden()
