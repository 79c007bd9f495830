"""From a company's name to its first alert, in a real browser, with matcher and notifier running."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.integration.portal.console.conftest import Visitors, fits, pictured
from tests.integration.portal.console.site import COMPANY, open_site, publication

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="package")]

PASSWORD = "walks uphill in 三月的风"


@pytest.mark.parametrize("width", [375, 1280])
async def test_who_signs_up_has_a_subscription_a_minute_later_and_gets_the_next_publication_that_matches(
    browser: Browser, tmp_path: Path, width: int
) -> None:
    async with open_site(tmp_path) as site:
        visitors = Visitors(browser, site)
        page = await visitors.page(None, width)
        await page.goto("/sign-up")
        await page.get_by_label("单位名称").fill(COMPANY)
        await page.get_by_label("邮箱").fill("li@example.cn")
        await page.get_by_label("密码").fill(PASSWORD)
        await page.get_by_label("我已阅读并同意").check()
        await page.get_by_role("button", name="发送验证码").click()
        await page.get_by_label("验证码").fill(await site.code("注册验证码"))
        await page.get_by_role("button", name="完成注册").click()

        await expect(page.get_by_text("有 12 件")).to_be_visible()
        await pictured(page, "start")
        await page.get_by_label("您的产品或技术").fill("我们做固态电池的电解质膜和极片")
        await page.get_by_role("button", name="提取关键词").click()
        await expect(page.locator("#examples mark").first).to_have_text("固态电池")
        await page.get_by_label("电解质膜").uncheck()
        await page.get_by_label("再加关键词").fill("隔膜")
        await expect(page.locator("#examples")).to_contain_text("隔膜涂布装置")
        await pictured(page, "words")
        assert await fits(page)
        await page.get_by_role("button", name="下一步").click()

        await expect(page.get_by_role("textbox", name="地址")).to_have_value("li@example.cn")
        await page.get_by_label("一公开就提醒").check()
        await page.get_by_label("不打扰").uncheck()
        await page.get_by_role("button", name="下一步").click()
        await expect(page.locator("#outcome .good")).to_be_visible()
        await page.get_by_label("验证码").fill(await site.code("告诉为您登记的人"))
        await page.get_by_role("button", name="验证并订阅").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("好了，开始为您盯着")
        await pictured(page, "done")
        assert await fits(page)

        await site.publish(publication(900, "一种固态电池热管理系统", site.advice.today))
        assert "CN110084700A" in await site.mail("固态电池")
        assert visitors.complaints == []
