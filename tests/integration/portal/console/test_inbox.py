"""The inbox in a browser: judged, tightened, exported, shared; and what strangers and members write into it never runs."""

import csv
import io
import re

import msgspec
import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect

from services.portal.desk.actor import Actor
from services.portal.desk.drafts import DestinationDraft, SubscriptionDraft
from shared.advice import Count, Tightening
from shared.filing.accounts import Account
from shared.store.records import Alert, AlertKey, Why
from shared.wire.match import Evidence, HitKind
from shared.wire.profile import Profile, Rule
from shared.wire.publication import Publication
from shared.wire.subscription import Channel
from tests.integration.portal.console.conftest import Visitors, fits, pictured
from tests.integration.portal.console.site import KnowingAdvice, Site, publication
from tests.integration.portal.console.test_pages import HOSTILE, serious

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="package")]

WORD = "固态电池"
PHONE = 375


def told(found: Publication, profile: Profile, subscription_id: str, destination_id: str, site: Site) -> Alert:
    hits = tuple(
        Evidence(
            term=WORD, field=name, start=text.find(WORD), end=text.find(WORD) + len(WORD), kind=HitKind.WORD, score=1
        )
        for name, text in (("title", found.title), ("abstract", found.abstract or ""))
        if WORD in text
    )
    key = AlertKey(
        subscription_id=subscription_id, publication_number=found.publication_number, destination_id=destination_id
    )
    why = Why(profile_id=profile.id, profile_name=profile.name, rule=0, score=0.8, evidence=hits)
    now = site.around.clock.now()
    return Alert(key=key, family_key=None, publication=found, whys=(why,), score=0.8, created_at=now)


async def furnished(site: Site, owner: Actor, *titles: str, name: str = WORD) -> str:
    """Have the owner told of publications with these titles; return the subscription's id."""
    desk = site.desk
    profile = (await desk.profiles.make(owner, Profile(id="x", name=name, rules=(Rule(groups=((WORD,),)),)))).profile
    place = await desk.destinations.make(owner, DestinationDraft(channel=Channel.EMAIL, address="li@example.cn"))
    draft = SubscriptionDraft(name=name, profiles=(profile.id,), destinations=(place.card.id,))
    made = await desk.subscriptions.make(owner, draft)
    alerts = [
        told(publication(n, title, site.advice.today), profile, made.card.id, place.card.id, site)
        for n, title in enumerate(titles)
    ]
    await site.around.store.alerts.record([], alerts)
    return made.card.id


async def sound(page: Page) -> list[str]:
    """Return what axe finds serious on a phone, and on every screen whether something stands over its side."""
    is_phone = (page.viewport_size or {"width": 0})["width"] == PHONE
    found = serious((await Axe().run(page)).response["violations"]) if is_phone else []
    return found if await fits(page) else [*found, f"{page.url}: wider than the window"]


@pytest.fixture
def tightener(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody who proposes to exclude one word."""

    async def tighten(
        _advice: KnowingAdvice, profile: Profile, *, irrelevant: list[str], relevant: list[str]
    ) -> tuple[Tightening, ...]:
        assert relevant == ["CN110083801A"]
        rule = msgspec.structs.replace(profile.rules[0], none=("车辆",))
        changed = msgspec.json.encode(msgspec.structs.replace(profile, rules=(rule,)))
        return (
            Tightening(
                text="排除“车辆”", profile=changed, removes=tuple(irrelevant), loses=(), before=Count(matches=9),
                after=Count(matches=7),
            ),
        )  # fmt: skip

    monkeypatch.setattr(KnowingAdvice, "tighten", tighten)


@pytest.mark.parametrize("width", [375, 1280])
@pytest.mark.usefixtures("tightener")
async def test_what_came_in_is_judged_the_profile_tightened_the_list_exported_and_shared(
    site: Site, owner: Actor, account: Account, visitors: Visitors, width: int
) -> None:
    await furnished(site, owner, "固态电池组及车辆", "一种固态电池的电解质膜", "固态电池回收")
    page = await visitors.page(account, width)
    wrong = await judged(page)
    wrong += await followed_up(page)
    await exported(page)
    path = await shared(page)
    wrong += await sound(page)
    guest = await visitors.page(None, width)
    await guest.goto(path)
    await expect(guest.get_by_role("heading", level=1)).to_have_text("本周固态电池")
    await expect(guest.locator("li.publication")).to_have_count(1)
    assert not re.search("王工|很像", await guest.content())
    wrong += await sound(guest)
    await page.get_by_role("button", name="收回").click()
    await expect(page.get_by_text("链接已收回")).to_be_visible()
    assert wrong == []
    assert visitors.complaints == []
    gone = await guest.goto(path)
    assert gone is not None
    assert gone.status == 404


async def judged(page: Page) -> list[str]:
    """Say what is relevant and what is not, and tighten the profile; return what axe finds."""
    await page.goto("/")
    await expect(page.get_by_role("heading", level=1)).to_have_text("提醒")
    rows = page.locator("li.publication")
    await expect(rows).to_have_count(3)
    await expect(rows.first.locator("mark").first).to_have_text(WORD)
    good, bad = rows.filter(has_text="电解质膜"), rows.filter(has_text="车辆")
    await good.get_by_role("button", name="相关", exact=True).click()
    await expect(good).to_contain_text("：相关")
    await bad.get_by_role("button", name="不相关").click()
    await expect(bad.get_by_role("button", name="不相关")).to_have_attribute("aria-pressed", "true")
    wrong = await sound(page)
    await pictured(page, "inbox")
    await bad.get_by_role("link", name="看看怎样少收这类").click()
    await expect(page.locator("main")).to_contain_text("会少收 1 件：CN110083800A")
    await expect(page.locator("main")).to_contain_text("标为相关的一件也不会少")
    await pictured(page, "inbox-tighten")
    await page.get_by_role("button", name="就这样改画像").click()
    await expect(page.get_by_text("画像已收紧")).to_be_visible()
    return wrong


async def followed_up(page: Page) -> list[str]:
    """Write a note and assign an item; return what axe finds."""
    await page.goto("/inbox")
    await page.get_by_role("link", name="电解质膜").click()
    await page.get_by_label("写一条").fill("和我们的方案很像")
    await page.get_by_role("button", name="保存备注").click()
    await expect(page.get_by_text("和我们的方案很像")).to_be_visible()
    await page.get_by_label("负责人").select_option(label="王工")
    await page.get_by_role("button", name="分派").click()
    await expect(page.get_by_text("负责人：王工")).to_be_visible()
    await pictured(page, "inbox-item")
    return await sound(page)


async def exported(page: Page) -> None:
    """Take what is relevant away as a file."""
    await page.goto("/inbox?opinion=relevant")
    await expect(page.locator("li.publication")).to_have_count(1)
    await page.get_by_text("导出").click()
    async with page.expect_download() as download:
        await page.get_by_role("link", name="CSV").click()
    text = (await (await download.value).path()).read_text("utf-8-sig")
    (_, record) = csv.reader(io.StringIO(text))
    assert record[0] == "CN110083801A"
    assert "王工：和我们的方案很像" in record


async def shared(page: Page) -> str:
    """Share what is shown; return the link's path."""
    await page.get_by_role("link", name="分享").click()
    await page.get_by_label("给这份列表起个名字").fill("本周固态电池")
    await page.get_by_role("button", name="生成链接").click()
    address = await page.locator("code.secret").inner_text()
    await pictured(page, "inbox-share")
    return address.removeprefix("http://zhitui.example.cn")


async def test_what_strangers_and_members_write_into_the_inbox_never_runs(
    site: Site, owner: Actor, account: Account, visitors: Visitors
) -> None:
    subscription_id = await furnished(site, owner, f"固态电池{HOSTILE}", name=HOSTILE[:90])
    desk = site.desk
    await desk.following_up.note(owner, "CN110083800A", HOSTILE)
    await desk.people.edit_me(owner, name=HOSTILE[:60], language="zh")
    await desk.following_up.assign(owner, "CN110083800A", owner.account_id)
    place = (await desk.destinations.page(owner)).items[0]
    pages = [
        "/inbox", f"/inbox?applicant={HOSTILE}", "/inbox/CN110083800A", "/inbox/CN110083800A/tighten", "/inbox/share",
        "/destinations", f"/destinations/{place.card.id}", "/subscriptions", f"/subscriptions/{subscription_id}",
        "/subscriptions/new",
    ]  # fmt: skip
    page = await visitors.page(account, 1280)
    for path in pages:
        response = await page.goto(path)
        assert response is not None
        assert response.status == 200
        assert await page.locator("img, main script").count() == 0, path
    await page.goto("/inbox/share")
    await page.get_by_label("给这份列表起个名字").fill(HOSTILE[:90])
    await page.get_by_role("button", name="生成链接").click()
    path = (await page.locator("code.secret").inner_text()).removeprefix("http://zhitui.example.cn")
    await page.goto(path)
    assert await page.locator("img, main script").count() == 0
    assert visitors.complaints == []


async def test_without_scripts_a_verdict_leads_to_what_it_proposes(
    site: Site, owner: Actor, account: Account, visitors: Visitors
) -> None:
    await furnished(site, owner, "固态电池组及车辆")
    page = await visitors.page(account, 375, scripts=False)
    await page.goto("/inbox")
    await page.get_by_role("button", name="不相关").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("怎样少收这类")
    await page.goto("/inbox")
    await page.get_by_text("筛选", exact=True).first.click()
    await page.get_by_role("combobox", name="判断").select_option(label="不相关")
    await page.get_by_role("button", name="筛选").click()
    await expect(page.locator("li.publication")).to_have_count(1)
    await page.get_by_role("button", name="全部标为已读").click()
    await page.get_by_role("link", name="未读").click()
    await expect(page.get_by_text("没有符合筛选条件的提醒")).to_be_visible()
