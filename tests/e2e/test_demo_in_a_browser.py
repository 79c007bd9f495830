"""What the demonstration leaves, looked at as people do: from the file, on a phone and on a desk."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, async_playwright

from tests.chromium import fonts_of, note_complaints, require_chromium
from tests.e2e.conftest import DemoRun

pytestmark = pytest.mark.browser


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    chromium = require_chromium()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser
        await browser.close()


@pytest.mark.parametrize("width", [375, 1280])
async def test_the_page_fits_its_window_and_shows_the_mail(browser: Browser, demo: DemoRun, width: int) -> None:
    page = await browser.new_page(viewport={"width": width, "height": 800})
    complaints: list[str] = []
    page.on("requestfailed", lambda request: complaints.append(request.url))
    note_complaints(page, complaints)
    await page.goto((demo.out / "index.html").as_uri())
    assert await page.evaluate("document.documentElement.scrollWidth") <= width
    await page.locator("#mails iframe").first.scroll_into_view_if_needed()
    mail = page.frame_locator("#mails iframe").first
    assert "为什么收到" in await mail.locator("body").inner_text()
    assert await mail.locator("body").evaluate("body => body.ownerDocument.documentElement.scrollWidth <= innerWidth")
    assert complaints == []


async def test_chinese_is_drawn_by_a_chinese_font(browser: Browser, demo: DemoRun) -> None:
    page = await browser.new_page()
    await page.goto((demo.out / "index.html").as_uri())
    assert any("CJK" in family or "Hei" in family or "Han" in family for family in await fonts_of(page, "h1"))


async def test_a_mail_opened_as_plain_text_reads_as_chinese(browser: Browser, demo: DemoRun) -> None:
    page = await browser.new_page()
    await page.goto((demo.out / "mails/01.txt").as_uri())
    assert "件新公开专利" in await page.locator("body").inner_text()
