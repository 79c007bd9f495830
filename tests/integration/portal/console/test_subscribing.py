"""A destination is added, verified and subscribed to, and the subscription paused, in a real browser with the notifier running."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from shared.wire.profile import Profile, Rule
from tests.integration.portal.console.conftest import Visitors, pictured
from tests.integration.portal.console.site import COMPANY, Site, open_site, publication
from tests.integration.portal.console.test_inbox import sound
from tests.people import acting, sign_up

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="package")]


@pytest.mark.parametrize("width", [375, 1280])
async def test_a_destination_is_verified_and_told_and_the_next_profile_joins_its_message(
    browser: Browser, tmp_path: Path, width: int
) -> None:
    async with open_site(tmp_path) as site:
        account = await sign_up(site.desk, organisation=COMPANY)
        for word in ("固态电池", "隔膜"):
            profile = Profile(id="x", name=word, rules=(Rule(groups=((word,),)),))
            await site.desk.profiles.make(acting(account), profile)
        visitors = Visitors(browser, site)
        page = await visitors.page(account, width)
        wrong = await registered(page, site)
        wrong += await subscribed(page, site)
        assert wrong == []
        (refused,) = visitors.complaints
        assert "422" in refused, "a browser says that a form was refused, and nothing else"


async def registered(page: Page, site: Site) -> list[str]:
    """Register a mailbox and verify it; return what axe finds."""
    await page.goto("/destinations")
    await page.get_by_role("link", name="新的接收方式").first.click()
    wrong = await sound(page)
    await page.get_by_role("link", name="邮箱").click()
    await page.get_by_label("邮箱地址").fill("yanfa@example.cn")
    await page.get_by_label("给它起个名字").fill("研发部")
    wrong += await sound(page)
    await pictured(page, "destination-new")
    await page.get_by_role("button", name="登记").click()
    await page.get_by_label("验证码").fill("AAAA-2222")
    await page.get_by_role("button", name="验证", exact=True).click()
    await expect(page.locator(".fault")).to_contain_text("验证码不对")
    await page.get_by_label("验证码").fill(await site.code("告诉为您登记的人"))
    await page.get_by_role("button", name="验证", exact=True).click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("可用")
    await page.get_by_role("button", name="发一条测试消息").click()
    await site.mail("测试")
    await expect(page.locator("#outcome .good")).to_be_visible()
    wrong += await sound(page)
    await pictured(page, "destination")
    return wrong


async def chosen(page: Page, profile: str) -> None:
    """Fill in the form of a subscription."""
    await page.goto("/subscriptions/new")
    await page.get_by_label(profile).check()
    await page.get_by_label("研发部").first.check()
    await page.get_by_label("一公开就发").check()
    await page.get_by_label("一次最多几条").fill("20")
    await page.get_by_label("这段时间不打扰").uncheck()
    await page.get_by_label("没有新命中时每月说一声").check()


async def subscribed(page: Page, site: Site) -> list[str]:
    """Subscribe twice, be told once, pause; return what axe finds."""
    await chosen(page, "固态电池")
    await expect(page.locator("#words")).to_have_text("一公开就发，最多 20 条；没有新命中时每月说一声")
    wrong = await sound(page)
    await pictured(page, "subscription-new")
    await page.get_by_role("button", name="开始推送").click()
    await expect(page.get_by_text("推送已建好")).to_be_visible()

    await chosen(page, "隔膜")
    await page.get_by_role("button", name="开始推送").click()
    await expect(page.get_by_role("status").first).to_contain_text("已并入")

    await site.publish(publication(900, "一种固态电池隔膜", site.advice.today))
    mail = await site.mail("CN110084700A")
    assert "画像“固态电池”" in mail
    assert "画像“隔膜”" in mail
    await page.reload()
    await expect(page.locator("aside")).to_contain_text("已送达")
    wrong += await sound(page)
    await pictured(page, "subscription")
    await page.locator("aside .versions a").first.click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("研发部 已送达")
    await expect(page.locator("main")).to_contain_text("一种固态电池隔膜")
    wrong += await sound(page)
    await pictured(page, "delivery")
    await page.go_back()
    await page.get_by_role("button", name="暂停").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("已暂停")
    await page.goto("/subscriptions")
    await expect(page.locator("main")).to_contain_text("一公开就发，最多 20 条；没有新命中时每月说一声")
    wrong += await sound(page)
    await pictured(page, "subscriptions")
    await page.get_by_role("button", name="恢复").click()
    await expect(page.get_by_role("button", name="暂停")).to_be_visible()
    return wrong
