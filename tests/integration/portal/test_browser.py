"""The console page in a real Chromium, on a phone and on a desk."""

import os
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, async_playwright

from shared.runtime.role import Surroundings
from shared.unsubscribe import token_hash
from tests.chromium import CHROMIUM, fonts_of, note_complaints, require_chromium
from tests.integration.portal.seed import seed

pytestmark = pytest.mark.browser

WIDTHS = (375, 1280)


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
    note_complaints(page, complaints)
    page.on("requestfailed", lambda request: complaints.append(request.url))
    await page.goto(url)
    return page


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


async def test_whatever_a_page_says_is_a_complaint_but_that_a_field_came_too_late_for_the_focus(
    browser: Browser,
) -> None:
    page, complaints, said = await browser.new_page(), list[str](), list[str]()
    page.on("console", lambda message: said.append(message.text))
    note_complaints(page, complaints)
    await page.set_content("<input id=first><script>first.focus()</script><input id=late autofocus>")
    async with page.expect_console_message(lambda message: message.text == "last"):
        await page.evaluate(
            "requestAnimationFrame(() => requestAnimationFrame(() => {console.warn('bad'); console.log('last')}))"
        )
    assert await page.evaluate("document.activeElement.id") == "first"
    assert len(said) == 3
    assert complaints == ["bad", "last"]
