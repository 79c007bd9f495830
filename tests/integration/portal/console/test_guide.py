"""The guide and the ways in, form by form: every way to begin, and what is said when something does not work."""

import pytest

from services.portal.desk.actor import Actor
from shared.errors import RetryLaterError
from shared.filing.accounts import Account
from shared.wire.profile import Profile, Rule
from shared.wire.subscription import DestinationState
from tests.integration.portal.console.forms import Reader, reading
from tests.integration.portal.console.site import COMPANY, Site
from tests.people import PASSWORD, last_code
from tests.states import put_in_state

pytestmark = pytest.mark.asyncio(loop_scope="package")

NEW_PASSWORD = "another 三月 wind"


async def begun(site: Site, owner: Actor) -> str:
    profile = Profile(id="x", name="固态电池", rules=(Rule(groups=(("固态电池",),)),))
    return (await site.desk.profiles.make(owner, profile)).profile.id


async def test_a_company_that_is_not_known_is_told_so_and_may_go_on(member: Reader) -> None:
    page = await member.open("/start?company=没有这家公司")
    assert "还没有这家单位的专利" in page.text
    await page.send("/start", way="description", description="")
    assert (page.status, "请先写几句" in page.text) == (422, True)


async def test_its_own_patents_propose_words_and_classes(site: Site, owner: Actor, member: Reader) -> None:
    page = await member.open("/start")
    await page.send("/start", way="own")
    assert "H01M10* 二次电池；及其制造" in page.text
    ticked = {"in:0.groups.0": ["极片"], "in:0.ipc": ["H01M10*"], "add:0.none": ["铅酸"]}
    await page.send("/start/words", do="make", **ticked)
    assert "推到哪里？" in page.text
    (own,) = (await site.desk.profiles.page(owner)).items
    assert own.profile.rules == (Rule(groups=(("极片",),), ipc=("H01M10*",), none=("铅酸",)),)


async def test_competitors_are_watched_by_name(site: Site, owner: Actor, member: Reader) -> None:
    page = await member.open("/start")
    await page.send("/start", way="competitors", competitor=["某某时代新能源股份有限公司"], competitors="比某迪、 蜂某")
    await page.send("/start/words", do="make")
    (own,) = (await site.desk.profiles.page(owner)).items
    assert own.profile.rules[0].applicants == ("某某时代新能源股份有限公司", "比某迪", "蜂某")


async def test_words_that_were_unticked_stay_on_offer(member: Reader) -> None:
    page = await member.open("/start")
    await page.send("/start", way="description", description="固态电池的隔膜")
    await page.send("/start/words", do="look", **{"in:0.groups.0": ["固态电池"]})
    boxes = {box.get("value"): box.get("checked") for box in page.page.xpath("//input[@name='in:0.groups.0']")}
    assert boxes == {"固态电池": "checked", "隔膜": None}
    await page.send("/start/words", do="make", name="", **{"in:0.groups.0": ["固态电池"]})
    assert (page.status, "请给画像起个名字" in page.text) == (422, True)


async def test_nothing_ticked_is_told(member: Reader) -> None:
    page = await member.open("/start")
    await page.send("/start", way="description", description="全是没人认识的词")
    assert "没有认出关键词" in page.text
    await page.send("/start/words", do="make", name="空")
    assert (page.status, "请至少写一个关键词" in page.text) == (422, True)


async def test_while_the_past_is_read_in_the_guide_goes_on(
    site: Site, member: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def not_yet(*_args: object, **_more: object) -> None:
        raise RetryLaterError("还在读取")

    for question in ("holder", "describe", "preview", "suggest", "ipc_titles", "ipc", "count", "why_not"):
        monkeypatch.setattr(site.advice, question, not_yet)
    page = await member.open("/start")
    assert (page.status, "还在读取" in page.text) == (200, True)
    (asks,) = page.page.xpath("//*[contains(@hx-trigger, 'delay:3s')]")
    assert (asks.get("id"), asks.get("hx-select-oob")) == ("not-yet", "#known,#own-way")
    assert {"known", "own-way"} <= set(page.page.xpath("//@id")), "what comes later has a place"
    await page.send("/start", way="description", description="固态电池")
    assert "还在读取" in page.text
    for part in ("examples", "count"):
        await page.open("/profiles/new")
        form = {"csrf": page.page.xpath("//input[@name='csrf']/@value")[0], "add:0.groups.0": "固态电池"}
        async with member.session.post(f"/profiles/live/{part}", data=form) as response:
            assert f'hx-post="../../profiles/live/{part}" hx-trigger="load delay:3s"' in await response.text()
    await page.open("/fields/xsy-2.1.1")
    assert (page.status, len(page.page.xpath("//*[@hx-select='[aria-labelledby=brings]']"))) == (200, 1)
    await page.open("/profiles/new")
    await page.send("/profiles/new", do="why", **{"add:0.groups.0": "固态电池", "why": "CN110083831A"})
    assert "还在读取" in page.text


async def test_a_destination_is_taken_down_verified_and_subscribed(site: Site, owner: Actor, member: Reader) -> None:
    page = await member.open(f"/start/where?profile={await begun(site, owner)}")
    await page.send("/where", channel="email", address="不是邮箱")
    assert (page.status, "邮箱" in page.text) == (422, True)
    await page.send("/where", address="zhao@example.cn", name="赵工", schedule="weekly@mon-09:00")
    assert "正在发送验证码" in page.text
    (own,) = (await site.desk.destinations.page(owner)).items
    await page.send(f"/verify/{own.destination.id}", code="ABCD-2345")
    assert (page.status, "验证码不对" in page.text) == (422, True)
    await page.send("/again")
    await put_in_state(site.around.store, own.destination.id, DestinationState.ACTIVE)
    await page.send(f"/verify/{own.destination.id}")
    assert "每周一 9:00" in page.text
    (subscription,) = (await site.desk.subscriptions.page(owner)).items
    assert (subscription.subscription.schedule, subscription.subscription.quiet) == ("weekly@mon-09:00", "22:00-08:00")


async def test_a_destination_that_there_is_needs_no_code(site: Site, owner: Actor, member: Reader) -> None:
    first, second = await begun(site, owner), await begun(site, owner)
    page = await member.open(f"/start/where?profile={first}")
    await page.send("/where", address="zhao@example.cn", name="赵工")
    (own,) = (await site.desk.destinations.page(owner)).items
    await put_in_state(site.around.store, own.destination.id, DestinationState.ACTIVE)
    await page.open(f"/start/where?profile={second}")
    await page.send("/where", destination=own.destination.id)
    assert "好了，开始为您盯着" in page.text
    assert (await page.open("/start/where?profile=another")).status == 404


async def test_a_mailed_code_lets_in_and_a_wrong_one_does_not(site: Site, account: Account) -> None:
    async with reading(site) as page:
        await page.open("/sign-in/code?next=/organisation")
        await page.send("/sign-in/code", email="nonsense")
        assert page.status == 422
        await page.send("/sign-in/code", email=account.email)
        code = await last_code(site.around)
        await page.send("/confirm", code="0000 0000" if code != "0000 0000" else "1111 1111")
        assert (page.status, "验证码不对或已过期" in page.text) == (401, True)
        await page.send("/confirm", code=code)
        assert page.page.xpath("//h1/text()") == [COMPANY]
        await page.send("/sign-out")
        assert "已退出登录" in page.text
        assert "/sign-in" in (await page.open("/profiles")).url


async def test_a_forgotten_password_is_set_anew(site: Site, account: Account) -> None:
    async with reading(site) as page:
        await page.open("/forgotten")
        await page.send("/forgotten", email=account.email)
        code = await last_code(site.around)
        await page.send("/confirm", code=code, new="short")
        assert (page.status, "密码至少" in page.text) == (422, True)
        await page.send("/confirm", code=code, new=NEW_PASSWORD)
        assert "新密码已设好" in page.text
        await page.send("/sign-out")
        await page.send("/sign-in", email=account.email, password=PASSWORD)
        assert page.status == 401
        await page.send("/sign-in", email=account.email, password=NEW_PASSWORD)
        assert page.url.endswith(("/inbox", "/profiles"))


async def test_sign_up_tells_field_by_field_what_is_missing(site: Site) -> None:
    async with reading(site) as page:
        await page.open("/sign-up")
        await page.send("/sign-up", organisation="", email="li@example.cn", password="short")
        assert page.status == 422
        for told in ("请填写单位名称", "密码至少", "请先阅读并同意"):
            assert told in page.text
        assert page.page.xpath("//input[@name='email']/@value") == ["li@example.cn"]
        await page.send("/sign-up", organisation="甲公司", password=PASSWORD, agrees="yes")
        await page.send("/confirm", code="1234 5678")
        assert (page.status, "验证码不对" in page.text) == (401, True)
        await page.send("/confirm", code=await last_code(site.around))
        assert "先看看贵单位在做什么" in page.text
