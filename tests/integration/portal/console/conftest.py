"""A browser, a site, and somebody who is signed in."""

import os
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright, expect

from services.portal.desk.actor import Actor
from shared.filing.accounts import Account
from tests.chromium import note_complaints, require_chromium
from tests.integration.portal.console.forms import Reader, reading
from tests.integration.portal.console.site import COMPANY, HERE, Site, open_site
from tests.people import acting, sign_up

PATIENCE_SECONDS = 30
"""How long a page may take on a machine that has much else to do."""

expect.set_options(timeout=PATIENCE_SECONDS * 1000)


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=require_chromium(), args=["--no-sandbox"])
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="package")
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    """The portal alone: nothing is sent."""
    async with open_site(tmp_path, only_portal=True) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="package")
async def account(site: Site) -> Account:
    """The owner of an organisation."""
    return await sign_up(site.desk, organisation=COMPANY)


@pytest.fixture
def owner(account: Account) -> Actor:
    return acting(account)


@dataclass
class Visitors:
    """Opens pages in browsers of their own.

    Attributes:
        complaints: whatever any of them said in its console: policy violations, errors, failed requests.
    """

    browser: Browser
    site: Site
    complaints: list[str] = field(default_factory=list)

    async def page(
        self, account: Account | None, width: int = 1280, *, scripts: bool = True, dark: bool = False
    ) -> Page:
        """Return a blank page; of somebody who is signed in, if an account is given."""
        opened = await self.browser.new_context(
            viewport={"width": width, "height": 800},
            base_url=self.site.address,
            java_script_enabled=scripts,
            color_scheme="dark" if dark else "light",
        )
        if account:
            session = await self.site.desk.sessions.open(account, HERE, by="password")
            await opened.add_cookies([{"name": "session", "value": session.token, "url": self.site.address}])
        page = await opened.new_page()
        page.set_default_timeout(PATIENCE_SECONDS * 1000)
        note_complaints(page, self.complaints)
        page.on("dialog", lambda dialog: self.complaints.append(f"dialog: {dialog.message}"))
        return page


@pytest.fixture
def visitors(browser: Browser, site: Site) -> Visitors:
    return Visitors(browser, site)


async def fits(page: Page) -> bool:
    """Whether nothing stands over the window's side."""
    return bool(await page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


async def pictured(page: Page, name: str) -> None:
    """Keep a picture, to look at with one's own eyes, where ``SCREENSHOTS`` names a folder."""
    if folder := os.environ.get("SCREENSHOTS"):
        width = (page.viewport_size or {"width": 0})["width"]
        await page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)


@pytest_asyncio.fixture(loop_scope="package")
async def member(site: Site, account: Account) -> AsyncIterator[Reader]:
    """The owner, in a browser without a screen."""
    async with reading(site, account) as reader:
        yield reader
