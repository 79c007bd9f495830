"""From sign-up to subscribed on a phone without touching it: Tab, Enter and Space alone, and always seeing where one is."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.integration.portal.console.conftest import Visitors
from tests.integration.portal.console.site import COMPANY, open_site

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="package")]

PASSWORD = "walks uphill in 三月的风"
MOST_STEPS = 60
"""From the top of a page to its end."""

_HERE = """() => {
  const here = document.activeElement;
  const label = here.labels && here.labels[0];
  const shown = [here, here.closest("label"), here.parentElement].filter(Boolean)
    .some(one => getComputedStyle(one).outlineStyle !== "none");
  const name = here.getAttribute("aria-label") || (label || here).textContent || "";
  return [name.replace(/\\s+/g, " ").trim(), here.tagName, shown];
}"""


@dataclass
class Keys:
    """Hands on a keyboard.

    Attributes:
        unseen: where the focus was and nothing showed it.
    """

    page: Page
    unseen: list[str]

    async def reach(self, name: str, tag: str = "") -> None:
        """Press Tab until something of this name has the focus; a page may have put it there."""
        passed = []
        for _ in range(MOST_STEPS):
            here, kind, shown = await self.page.evaluate(_HERE)
            if kind != "BODY":
                if not shown:
                    self.unseen.append(f"{self.page.url}: {kind} {here[:40]}")
                if name in here and tag in kind:
                    return
            passed.append(f"{kind} {here[:20]}")
            await self.page.keyboard.press("Tab")
        raise AssertionError(f"no way to {name} on {self.page.url}: {passed}")

    async def write(self, name: str, text: str) -> None:
        """Go to a field and write into it."""
        await self.reach(name)
        await self.page.keyboard.type(text)

    async def press(self, name: str) -> None:
        """Go to a button and press it."""
        await self.reach(name, "BUTTON")
        await self.enter()

    async def enter(self) -> None:
        """Press Enter, and wait for the page that this leads to."""
        async with self.page.expect_navigation():
            await self.page.keyboard.press("Enter")


async def test_who_has_a_keyboard_alone_signs_up_chooses_a_region_by_name_and_subscribes(
    browser: Browser, tmp_path: Path
) -> None:
    async with open_site(tmp_path) as site:
        visitors = Visitors(browser, site)
        page = await visitors.page(None, 375)
        keys = Keys(page, [])
        await page.goto("/sign-up")
        await keys.write("单位名称", COMPANY)
        await keys.write("邮箱", "li@example.cn")
        await keys.write("密码", PASSWORD)
        await keys.reach("我已阅读并同意", "INPUT")
        await page.keyboard.press("Space")
        await keys.press("发送验证码")
        await expect(page.get_by_label("验证码")).to_be_focused()
        await page.keyboard.type(await site.code("注册验证码"))
        await keys.enter()

        await keys.write("您的产品或技术", "我们做固态电池的电解质膜和极片")
        await keys.press("提取关键词")
        await expect(page.locator("#examples[aria-live] mark").first).to_have_text("固态电池")
        await keys.reach("只看本地", "SUMMARY")
        await page.keyboard.press("Enter")
        await keys.write("只要这些地区", "天河")
        await expect(page.locator("#regions-0[aria-live]")).to_contain_text("广州市天河区")
        await keys.enter()
        await expect(page.get_by_role("button", name="删除 广州市天河区")).to_be_visible()
        await expect(page.get_by_label("只要这些地区")).to_be_focused()
        await page.keyboard.press("Shift+Tab")  # back to the chip: its publications have no region
        await keys.enter()
        await expect(page.get_by_role("button", name="删除 广州市天河区")).to_have_count(0)
        await expect(page.locator("#examples mark").first).to_have_text("固态电池")
        await keys.press("下一步")

        await keys.press("下一步")
        await expect(page.locator("#outcome[role=status] .good")).to_be_visible()
        await expect(page.get_by_label("验证码")).to_be_focused()
        await page.keyboard.type(await site.code("告诉为您登记的人"))
        await keys.enter()
        await expect(page.get_by_role("heading", level=1)).to_have_text("好了，开始为您盯着")
        assert keys.unseen == []
        assert visitors.complaints == []
