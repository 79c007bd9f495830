"""The organisation's pages, form by form."""

import io
import zipfile

import pytest

from services.portal.desk.actor import Actor, Permission, Role
from shared.filing.accounts import Account
from tests.integration.portal.console.forms import Reader, reading
from tests.integration.portal.console.site import COMPANY, HERE, Site
from tests.people import PASSWORD, join, letters

pytestmark = pytest.mark.asyncio(loop_scope="package")


async def test_what_the_organisation_says_of_itself_is_changed_and_what_is_wrong_is_told(
    site: Site, owner: Actor, member: Reader
) -> None:
    page = await member.open("/organisation")
    await page.send("/organisation", name="新名称", region="朝阳", applicants="甲公司\n\n 乙公司 ")
    assert page.status == 422
    assert "“朝阳”可能是朝阳市、北京市朝阳区" in page.text
    await page.send("/organisation", region="天河")
    assert "已保存" in page.text
    organisation = (await site.desk.organisations.mine(owner)).document
    assert (organisation.name, organisation.region) == ("新名称", "440106")
    assert organisation.applicants == ("甲公司", "乙公司")
    assert (await page.open("/organisation")).page.xpath("//input[@name='region']/@value") == ["广州市天河区"]


async def test_whoever_was_slower_is_told_so(site: Site, member: Reader) -> None:
    page = await member.open("/organisation")
    await page.send("/organisation", name="先")
    await page.send("/organisation", name="后", revision="1")
    assert "别人刚刚修改过" in page.text


async def test_colleagues_are_invited_given_roles_locked_and_removed(site: Site, owner: Actor, member: Reader) -> None:
    page = await member.open("/organisation")
    await page.send("/invitations", email="not a mailbox")
    assert (page.status, "请填写邮箱地址" in page.text) == (422, True)
    await page.send("/invitations", email="new@example.cn", role="viewer")
    assert "new@example.cn 待接受" in page.text
    (waiting,) = await site.desk.inviting.waiting(owner)
    await page.send(f"/{waiting.id}/remove")
    assert "待接受" not in page.text

    colleague = await join(site.desk, owner, "zhao@example.cn", "editor")
    await page.open("/organisation")
    place = f"/members/{colleague.id}"
    await page.send(place, do="role", role="viewer")
    assert (await site.desk.people.get(owner, colleague.id)).role == "viewer"
    await page.send(place, do="lock")
    assert "已停用" in page.text
    await page.send(place, do="unlock")
    assert "已停用" not in page.text
    await page.send(place, do="remove")
    assert "移除“李工”？" in page.text
    await page.send(place, do="remove")
    assert "成员已移除" in page.text
    assert [one.id for one in await site.desk.people.all(owner)] == [owner.account_id]


async def test_the_last_owner_stays_owner(member: Reader, owner: Actor) -> None:
    page = await member.open("/organisation")
    await page.send(f"/members/{owner.account_id}", do="role", role="viewer")
    assert page.page.xpath("//div[contains(@class, 'notice bad')]")


async def test_who_was_invited_joins_by_the_link(site: Site, owner: Actor) -> None:
    await site.desk.inviting.invite(owner, "zhao@example.cn", Role.EDITOR)
    (letter,) = await letters(site.around)
    token = letter.text.partition("/join/")[2].split()[0]
    async with reading(site) as guest:
        page = await guest.open("/join/nothing")
        assert (page.status, "邀请链接无效" in page.text) == (404, True)
        await page.open(f"/join/{token}")
        assert f"加入“{COMPANY}”" in page.text
        await page.send(f"/join/{token}", name="赵工", password=PASSWORD)
        assert (page.status, "请先阅读并同意" in page.text) == (422, True)
        await page.send(f"/join/{token}", password=PASSWORD, agrees="yes")
        assert "已加入单位" in page.text
    assert [(one.name, one.role) for one in await site.desk.people.all(owner)][1:] == [("赵工", "editor")]


async def test_a_tokens_value_is_shown_once(site: Site, owner: Actor, member: Reader) -> None:
    page = await member.open("/organisation/tokens")
    await page.send("/tokens", name="", scope=["read"])
    assert "名称要 1 到" in page.text
    await page.send("/tokens", name="OA", scope=["read", "export", "operate"], days="90")
    assert page.status == 403  # nobody gives what is not theirs to give
    await page.open("/organisation/tokens")
    await page.send("/tokens", name="OA", scope=["read", "export"], days="90")
    (value,) = page.page.xpath("//code[@class='secret']/text()")
    (token,) = await site.desk.tokens.of(owner)
    assert set(token.scopes) == {Permission.READ, Permission.EXPORT}
    await page.open("/organisation/tokens")
    assert str(value) not in page.text
    await page.send(f"/{token.id}/rotate")
    assert page.page.xpath("//code[@class='secret']/text()") != [value]
    await page.send(f"/{token.id}/remove")
    assert await site.desk.tokens.of(owner) == []


async def test_a_member_changes_name_language_and_password(site: Site, owner: Actor, member: Reader) -> None:
    page = await member.open("/organisation/account")
    await page.send("/account", name="x" * 99)
    assert page.status == 422
    await page.send("/account/password", old="wrong", new="another 三月 wind")
    assert "原密码不对" in page.text
    await page.send("/account/password", old=PASSWORD, new="another 三月 wind")
    assert "密码已修改" in page.text
    await page.send("/account", name="王工", language="en")
    assert "Your name" not in page.text
    assert page.page.get("lang") == "en"


async def test_other_browsers_are_signed_out_from_here(site: Site, account: Account, member: Reader) -> None:
    other = await site.desk.sessions.open(account, HERE, by="password")
    page = await member.open("/organisation/account")
    await page.send(f"/sessions/{other.session.id}/end")
    assert "那台设备已退出登录" in page.text
    assert await site.desk.sessions.actor(other.token, HERE) is None


async def test_the_log_tells_what_was_done_in_words(member: Reader) -> None:
    page = await member.open("/organisation")
    await page.send("/organisation", name="新名称")
    await page.open("/organisation/log")
    assert "修改单位" in page.text
    assert "127.0.0.1" in page.text
    await page.open("/organisation/log?after=1")
    assert "修改单位" not in page.text


async def test_data_are_taken_away_and_an_organisation_ends(site: Site, owner: Actor, member: Reader) -> None:
    page = await member.open("/organisation/account")
    await page.send("/account/export")
    assert zipfile.ZipFile(io.BytesIO(page.body)).namelist()
    await page.open("/organisation/data")
    await page.send("/data/export")
    assert zipfile.ZipFile(io.BytesIO(page.body)).namelist()
    await page.open("/organisation/data")
    await page.send("/data/erase", name="另一家")
    assert (page.status, "照样填写本单位的名称" in page.text) == (422, True)
    await page.send("/data/erase", name=COMPANY)
    assert "单位已注销" in page.text
    assert await site.desk.sessions.of(owner) == []


async def test_a_member_leaves_when_sure(site: Site, owner: Actor) -> None:
    colleague = await join(site.desk, owner, "zhao@example.cn", "editor")
    async with reading(site, colleague) as page:
        await page.open("/organisation/account")
        await page.send("/account/leave")
        assert "请先勾选确认" in page.text
        await page.send("/account/leave", sure="yes")
        assert "账号和个人信息已删除" in page.text
    assert [one.id for one in await site.desk.people.all(owner)] == [owner.account_id]


@pytest.mark.parametrize("room", ["tokens", "log", "data"])
async def test_an_editor_sees_colleagues_masked_and_no_more(site: Site, owner: Actor, room: str) -> None:
    colleague = await join(site.desk, owner, "zhao@example.cn", "editor")
    async with reading(site, colleague) as page:
        await page.open("/organisation")
        assert "w***@example.cn" in page.text
        assert "wang@example.cn" not in page.text
        assert (await page.open(f"/organisation/{room}")).status == 403
