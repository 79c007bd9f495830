"""The console page in a real Chromium, on a phone and on a desk."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, async_playwright

from shared.runtime.role import Surroundings
from shared.unsubscribe import token_hash
from tests.integration.portal.seed import seed

pytestmark = pytest.mark.browser

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
WIDTHS = (375, 1280)


def require_chromium() -> None:
    if not CHROMIUM.exists():
        if os.environ.get("CI"):
            pytest.fail(f"{CHROMIUM} is missing: apt-get install chromium fonts-noto-cjk")
        pytest.skip(f"{CHROMIUM} is missing")


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    require_chromium()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        await browser.close()


async def opened(browser: Browser, url: str, width: int, complaints: list[str], colours: str = "light") -> Page:
    page = await browser.new_page(
        viewport={"width": width, "height": 800}, color_scheme="dark" if colours == "dark" else "light"
    )
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("requestfailed", lambda request: complaints.append(request.url))
    await page.goto(url)
    return page


async def fonts_of(page: Page, selector: str) -> set[str]:
    session = await page.context.new_cdp_session(page)
    await session.send("DOM.enable")
    await session.send("CSS.enable")
    document = await session.send("DOM.getDocument")
    node = await session.send("DOM.querySelector", {"nodeId": document["root"]["nodeId"], "selector": selector})
    fonts = await session.send("CSS.getPlatformFontsForNode", {"nodeId": node["nodeId"]})
    return {font["familyName"] for font in fonts["fonts"]}


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("colours", ["light", "dark"])
async def test_the_page_fits_its_window_and_complains_of_nothing(
    browser: Browser, around: Surroundings, address: str, width: int, colours: str
) -> None:
    await seed(around)
    complaints: list[str] = []
    page = await opened(browser, address, width, complaints, colours)
    assert await page.evaluate("document.documentElement.scrollWidth") <= width
    assert complaints == []
    if folder := os.environ.get("SCREENSHOTS"):  # to look at with one's own eyes
        await page.screenshot(path=f"{folder}/console-{width}-{colours}.png", full_page=True)


async def test_chinese_is_drawn_with_a_chinese_font(browser: Browser, around: Surroundings, address: str) -> None:
    await seed(around)
    page = await opened(browser, address, 375, [])
    fonts = await fonts_of(page, "#stuck-heading")
    assert fonts
    # A font that has no Chinese would draw boxes; these are the families of the systems that we know.
    assert all(any(known in font for known in ("CJK", "Han", "PingFang", "YaHei", "WenQuanYi")) for font in fonts), (
        fonts
    )


async def test_the_keyboard_reaches_the_content_and_every_number(browser: Browser, address: str) -> None:
    page = await opened(browser, address, 1280, [])
    await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.textContent") == "跳到内容"
    await page.keyboard.press("Enter")
    assert await page.evaluate("document.activeElement.id") == "main"
    for place in ("#came-in", "#matched", "#went-out", "#went-out", "#stuck"):
        await page.keyboard.press("Tab")
        assert await page.evaluate("document.activeElement.getAttribute('href')") == place


async def test_unsubscribing_takes_one_button(browser: Browser, around: Surroundings, address: str) -> None:
    await seed(around)
    await around.store.subscriptions.save_tokens([(token_hash("secret"), "电池", "研发部邮箱")])
    page = await opened(browser, f"{address}/u/secret", 375, [])
    await page.get_by_role("button", name="确认退订").click()
    assert await page.get_by_role("heading").inner_text() == "已退订"
    subscription = await around.store.subscriptions.get("电池")
    assert subscription is not None
    assert subscription.opted_out == ("研发部邮箱",)
