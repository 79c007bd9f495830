"""Pages that were opened before the past could be asked: they show it by themselves when it can, and lose nothing that was written."""

import pytest
from playwright.async_api import expect

from shared.errors import RetryLaterError
from shared.filing.accounts import Account
from tests.integration.portal.console.conftest import Visitors
from tests.integration.portal.console.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="package")]


async def test_the_guide_and_the_editor_show_what_they_could_not_tell_at_first(
    site: Site, account: Account, visitors: Visitors, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def not_yet(*_args: object, **_more: object) -> None:
        raise RetryLaterError("正在准备", after_seconds=3)

    guide, editor = await visitors.page(account, 375), await visitors.page(account)
    with monkeypatch.context() as starting:
        for question in ("holder", "preview", "count"):
            starting.setattr(site.advice, question, not_yet)
        await guide.goto("/start")
        await expect(guide.get_by_role("status")).to_contain_text("正在准备")
        await guide.get_by_label("您的产品或技术").fill("固态电池")
        await editor.goto("/profiles/new")
        await editor.locator("[name='add:0.groups.0']").fill("固态电池")
        await expect(editor.locator("#count")).to_contain_text("正在准备")
        await expect(editor.locator("#examples")).to_contain_text("正在准备")
    await expect(guide.get_by_text("有 12 件")).to_be_visible()
    await expect(guide.get_by_role("button", name="就用这些")).to_be_visible()
    await expect(guide.locator("#not-yet")).to_have_count(0)
    await expect(guide.get_by_label("您的产品或技术")).to_have_value("固态电池")
    await expect(editor.locator("#count")).to_contain_text("在已入库的全部公开里")
    await expect(editor.locator("#examples mark").first).to_have_text("固态电池")
    assert visitors.complaints == []
