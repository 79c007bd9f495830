"""Whole ways through a city: whichever of two portals answers, it knows what the other one was told."""

import itertools
import re
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from msgspec.structs import replace

from shared.clock import SystemClock
from shared.filing.marks import MARKS
from shared.filing.wecom_corps import WECOM_CORPS
from shared.testing.wecom_callbacks import CallbackSender
from tests.integration.portal.city.scene import PUBLIC_URL, City, Wanderer, until
from tests.integration.portal.console.site import publication
from tests.integration.portal.wecom.conftest import connection
from tests.people import PASSWORD

pytestmark = [pytest.mark.city, pytest.mark.asyncio(loop_scope="package")]

TODAY = SystemClock().now().date()
PAST, NEW = (publication(n, "一种固态电池的壳体", TODAY) for n in (1, 2))
CARD = publication(3, "一种激光雷达的支架", TODAY)


async def signed_up(city: City, page: Wanderer) -> None:
    await page.open("/sign-up")
    await page.send(
        "/sign-up",
        organisation="广州锂想新能源科技有限公司", email="li@firm.example.cn", name="李工", password=PASSWORD, agrees="yes",
    )  # fmt: skip
    await page.send("/sign-up/confirm", code=await city.code("注册验证码", to="li@firm.example.cn"))
    assert "先看看贵单位在做什么" in page.text


async def previewed(page: Wanderer) -> None:
    """Write words, and look until each portal's own index has what came in."""
    await page.send("/start", way="description", description="固态电池")

    async def shown() -> bool:
        await page.send("/start/words", do="look", name="固态电池", **{"add:0.groups.0": "固态电池"})
        return PAST.publication_number in page.text

    await until(shown)
    await until(shown)  # at the other one, too


async def subscribed(city: City, page: Wanderer) -> None:
    await page.send("/start/words", do="make")
    await page.send("/where", channel="email", address="firm@firm.example.cn", schedule="immediate", quiet=[])
    (destination,) = re.findall(r"/verify/([\w-]+)", page.url)
    await page.send(f"/verify/{destination}", code=await city.code("告诉为您登记的人", to="firm@firm.example.cn"))
    assert "好了，开始为您盯着" in page.text


async def test_a_firm_comes_from_sign_up_to_its_verdict_on_the_first_alert(city: City) -> None:
    await city.publish(PAST)
    async with city.wandering() as page:
        await signed_up(city, page)
        await previewed(page)
        await subscribed(city, page)
        await city.publish(NEW)
        (mail,) = await city.mails(NEW.publication_number, to="firm@firm.example.cn")
        assert mail.recipients == ("firm@firm.example.cn",)
        for expected in ("relevant", "none"):  # what the button does: judge, then take it back
            await page.open(f"/inbox/{NEW.publication_number}")
            assert page.status == 200
            buttons = {button.get("id"): button.get("value") for button in page.page.xpath("//button[@name='do']")}
            assert buttons["relevant-item"] == expected
            await page.send(f"/inbox/{NEW.publication_number}", do=buttons["relevant-item"])
        await page.open("/subscriptions")
        assert "固态电池" in page.text
        await page.open("/organisation/log")
        assert page.status == 200


async def test_a_member_in_wecom_talks_to_both_portals_as_to_one(city: City) -> None:
    tenant, store = await city.tenant(), city.around.store
    now = city.around.clock.now()
    corp = connection(
        id="wc-00000000000000000000c17a", organisation_id=tenant.actor.organisation_id, created_at=now, proved_at=now
    )
    await store.shelf(WECOM_CORPS).add([corp])
    calls = CallbackSender(clock=SystemClock(), enterprise=city.vendor.home, url="")
    turns = itertools.cycle((0, 1))

    def turn() -> None:
        calls.url = f"{city.at(next(turns))}/wecom/{corp.id}/callback"

    async def say(text: str) -> str:
        turn()
        return await calls.say("ZhangSan", text)

    assert "激光雷达" in await say("订阅 激光雷达")
    assert "已订阅" in await say("确认")
    assert "1. 激光雷达" in await say("我的订阅")
    assert "已静音到" in await say("静音")
    assert "静音中" in await say("我的订阅")
    assert "已恢复" in await say("恢复")

    (card,) = (await city.desk.subscriptions.page(tenant.actor)).items
    at_once = replace(card.subscription, schedule="immediate")
    assert await store.subscriptions.replace(card.subscription, at_once)
    await city.publish(CARD)

    async def told() -> bool:
        return bool(city.vendor.accepted)

    await until(told)
    (message,) = city.vendor.accepted
    assert (message.key, message.numbers) == ("ZhangSan", (CARD.publication_number,))
    for verdict, shown in (("relevant", "已标记：相关"), ("irrelevant", "已标记：不相关")):
        turn()
        await calls.touch("ZhangSan", verdict, message.body["template_card"]["task_id"])
        (mark,) = await store.shelf(MARKS).page(tenant.actor.organisation_id, limit=9)
        assert mark.document.verdict == verdict
        assert city.vendor.home.updates[-1].button == shown
    assert CARD.publication_number in await say("最近 1 条")

    assert "“激光雷达”吗" in await say("退订")
    assert "已退订" in await say("确认")
    assert (await city.desk.subscriptions.page(tenant.actor)).items == []
    assert city.vendor.home.tokens.asked == 1, "two portals and two notifiers have one access token"

    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as browser:
        way, inside = f"/wecom/{corp.id}", {"User-Agent": "Mozilla/5.0 wxwork/4.1.36"}
        async with browser.get(f"{city.at(0)}{way}/sign-in", headers=inside, allow_redirects=False) as left:
            asked = parse_qs(urlsplit(left.headers["Location"]).query)
        assert asked["redirect_uri"] == [f"{PUBLIC_URL}{way}/signed-in"]
        brought = {"code": city.vendor.home.allow_in("ZhangSan"), "state": asked["state"][0]}
        async with browser.get(f"{city.at(1)}{way}/signed-in", params=brought, allow_redirects=False) as come:
            assert come.status == 303, "what one portal began another one ends"
        async with browser.get(f"{city.at(0)}/inbox", allow_redirects=False) as inbox:
            assert inbox.status == 200, "and the session is everywhere"
