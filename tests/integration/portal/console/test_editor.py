"""The editor of profiles in a real browser."""

import asyncio

import pytest
from playwright.async_api import Route, expect

from services.portal.desk.actor import Actor
from shared.filing.accounts import Account
from shared.wire.profile import Profile, Rule
from tests.integration.portal.console.conftest import Visitors, fits, pictured
from tests.integration.portal.console.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="package")]

PROFILE = Profile(id="x", name="固态电池", rules=(Rule(groups=(("固态电池",),), none=("铅酸",)),))


@pytest.mark.parametrize("width", [375, 1280])
async def test_words_classes_and_exclusions_are_put_together_and_saved(
    site: Site, owner: Actor, account: Account, visitors: Visitors, width: int
) -> None:
    own = await site.desk.profiles.make(owner, PROFILE)
    page = await visitors.page(account, width)
    await page.goto(f"/profiles/{own.profile.id}")
    await expect(page.locator("#count strong")).to_have_text("15")
    await page.get_by_role("button", name="锂电池 12").click()
    await expect(page.get_by_role("button", name="删除 锂电池")).to_be_visible()

    await page.get_by_label("并且还要出现").press_sequentially("极片")
    await expect(page.locator("#count strong")).to_have_text("5")  # while it is typed, nothing is pressed
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="删除 极片")).to_be_visible()
    await expect(page.get_by_label("出现其中任意一个词").last).to_be_focused()  # to go on with the next word
    await page.get_by_role("button", name="删除 铅酸").click()
    await expect(page.get_by_role("button", name="删除 铅酸")).to_have_count(0)

    await page.get_by_text("分类号（IPC）").click()
    await page.get_by_label("按名称找分类号").press_sequentially("二次")
    await page.get_by_role("button", name="H01M10/00").click()
    await expect(page.get_by_role("button", name="删除 H01M10*")).to_be_visible()
    await pictured(page, "editor")
    assert await fits(page)
    await page.get_by_role("button", name="保存", exact=True).click()
    await expect(page.get_by_role("status").first).to_contain_text("已保存")

    saved = (await site.desk.profiles.get(owner, own.profile.id)).profile
    assert saved.rules == (Rule(groups=(("固态电池", "锂电池"), ("极片",)), ipc=("H01M10*",)),)
    assert visitors.complaints == []


async def test_a_publication_that_did_not_arrive_is_explained(
    site: Site, owner: Actor, account: Account, visitors: Visitors
) -> None:
    own = await site.desk.profiles.make(owner, PROFILE)
    page = await visitors.page(account)
    await page.goto(f"/profiles/{own.profile.id}")
    await page.get_by_label("粘贴一个公开号").fill("cn 110083804 a")
    await page.get_by_role("button", name="看看").click()
    await expect(page.get_by_text("一种铅酸电池回收方法")).to_be_visible()
    await expect(page.get_by_text("不满足")).to_be_visible()
    await page.get_by_label("粘贴一个公开号").fill("电池")
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="看看").click()
    await expect(page.get_by_text("不像公开号")).to_be_visible()


async def test_two_who_edit_at_once_lose_nothing(
    site: Site, owner: Actor, account: Account, visitors: Visitors
) -> None:
    own = await site.desk.profiles.make(owner, PROFILE)
    mine, theirs = await visitors.page(account), await visitors.page(account, 375)
    for page, word in ((mine, "锂金属电池"), (theirs, "钠电池")):
        await page.goto(f"/profiles/{own.profile.id}")
        await page.get_by_label("出现其中任意一个词").fill(word)
    await theirs.get_by_role("button", name="保存", exact=True).click()
    await expect(theirs.get_by_role("status").first).to_contain_text("已保存")
    await mine.get_by_role("button", name="保存", exact=True).click()
    await expect(mine.get_by_role("alert")).to_contain_text("别人保存了另一份修改")
    await expect(mine.locator("ins")).to_have_text("钠电池")
    await pictured(mine, "merge")
    await mine.get_by_role("button", name="保存", exact=True).click()
    await expect(mine.get_by_role("status").first).to_contain_text("已保存")
    saved = (await site.desk.profiles.get(owner, own.profile.id)).profile
    assert saved.rules[0].groups == (("固态电池", "锂金属电池", "钠电池"),)


async def test_a_change_is_told_in_the_history_and_undone_there(
    site: Site, owner: Actor, account: Account, visitors: Visitors
) -> None:
    own = await site.desk.profiles.make(owner, PROFILE)
    wider = Profile(id="x", name="固态电池", rules=(Rule(groups=(("固态电池", "电池"),)),))
    await site.desk.profiles.replace(owner, own.profile.id, wider, revision=own.revision)
    page = await visitors.page(account, 375)
    await page.goto(f"/profiles/{own.profile.id}/history")
    await expect(page.locator("ins")).to_have_text("电池")
    await expect(page.locator("del")).to_have_text("铅酸")
    await pictured(page, "history")
    await page.get_by_role("button", name="恢复到这一版").click()
    await expect(page.get_by_text("恢复自第 1 版")).to_be_visible()
    assert (await site.desk.profiles.get(owner, own.profile.id)).profile.rules == PROFILE.rules
    assert visitors.complaints == []


async def test_while_an_answer_is_on_its_way_nothing_is_typed_that_it_would_sweep_away(
    site: Site, owner: Actor, account: Account, visitors: Visitors
) -> None:
    own = await site.desk.profiles.make(owner, PROFILE)
    page = await visitors.page(account)
    await page.goto(f"/profiles/{own.profile.id}")
    answered = asyncio.Event()

    async def slow(route: Route) -> None:
        await answered.wait()
        await route.continue_()

    await page.route(f"**/profiles/{own.profile.id}", slow)
    await page.get_by_role("button", name="锂电池 12").click()
    await expect(page.get_by_label("并且还要出现")).to_be_disabled()
    answered.set()
    await expect(page.get_by_role("button", name="删除 锂电池")).to_be_visible()
    await expect(page.get_by_label("出现其中任意一个词")).to_be_focused()


async def test_who_was_signed_out_meanwhile_is_told_and_keeps_what_was_written(
    site: Site, owner: Actor, account: Account, visitors: Visitors
) -> None:
    own = await site.desk.profiles.make(owner, PROFILE)
    page = await visitors.page(account)
    await page.goto(f"/profiles/{own.profile.id}")
    await page.get_by_label("并且还要出现").fill("很长的一段话")
    await site.desk.means.accounts.end_everywhere(account)
    await page.get_by_role("button", name="保存", exact=True).click()
    await expect(page.get_by_role("alert")).to_contain_text("请先复制下来")
    await expect(page.get_by_label("并且还要出现")).to_have_value("很长的一段话")
