"""A real Chromium for tests that look at pages: skips on a laptop without one, fails in CI."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.async_api import ConsoleMessage, Page

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
_FOCUS_WAS_TAKEN = "Autofocus processing was blocked because a document already has a focused element."


def require_chromium() -> Path:
    """Return the browser's path."""
    if not CHROMIUM.exists():
        if os.environ.get("CI"):
            pytest.fail(f"{CHROMIUM} is missing: apt-get install chromium fonts-noto-cjk")
        pytest.skip(f"{CHROMIUM} is missing")
    return CHROMIUM


def note_complaints(page: "Page", complaints: list[str]) -> None:
    """Add whatever this page says in its console from now on, and what its scripts raise.

    One remark of Chromium is left out. A field that asks for the focus does not get it when a person, or htmx, gave it to another
    one first: a click is quicker than the page on a busy machine. What that person does stays in force, and nobody sees a thing.
    """

    def said(message: "ConsoleMessage") -> None:
        if message.text != _FOCUS_WAS_TAKEN:
            complaints.append(message.text)

    page.on("console", said)
    page.on("pageerror", lambda error: complaints.append(str(error)))


async def fonts_of(page: "Page", selector: str) -> set[str]:
    """Return the families that really draw an element's text, whatever its style asks for."""
    session = await page.context.new_cdp_session(page)
    await session.send("DOM.enable")
    await session.send("CSS.enable")
    document = await session.send("DOM.getDocument")
    node = await session.send("DOM.querySelector", {"nodeId": document["root"]["nodeId"], "selector": selector})
    fonts = await session.send("CSS.getPlatformFontsForNode", {"nodeId": node["nodeId"]})
    return {font["familyName"] for font in fonts["fonts"]}
