"""Regions by name, with nothing but links and buttons: in the editor, the guide and the filter of the alerts."""

import pytest

from services.portal.desk.actor import Actor
from shared.wire.profile import Rule
from tests.integration.portal.console.forms import Reader
from tests.integration.portal.console.site import Site

pytestmark = pytest.mark.asyncio(loop_scope="package")

CHIPS = "//li[contains(@class, 'chip')]/input[@name='in:0.regions']"


def regions(page: Reader) -> list[tuple[str, str]]:
    """Return the regions that a form holds: code, and what it is called."""
    return [(chip.get("value", ""), chip.getnext().text_content()) for chip in page.page.xpath(CHIPS)]


async def test_the_editor_walks_down_from_the_provinces_and_finds_by_name(
    site: Site, owner: Actor, member: Reader
) -> None:
    page = await member.open("/profiles/new")
    words = {"name": "电池", "add:0.groups.0": "固态电池"}
    await page.send("/profiles/new", do="open-region:0:", **words)
    assert len(page.page.xpath("//*[@id='regions-0']//li")) == 34
    await page.send("/profiles/new", do="open-region:0:44")
    assert "广州市 下级 11" in page.text
    await page.send("/profiles/new", do="take:0.regions:4401")
    await page.send("/profiles/new", do="find-region:0", **{"add:0.regions": "朝阳"})
    assert "北京市朝阳区" in page.text
    assert page.page.xpath("//input[@name='add:0.regions']/@value") == ["朝阳"]
    await page.send("/profiles/new", do="take:0.regions:110105", **{"add:0.regions": ""})
    assert regions(page) == [("4401", "广州市"), ("110105", "北京市朝阳区")]
    await page.send("/profiles/new", do="save", **{"add:0.regions": "天河"})
    (own,) = (await site.desk.profiles.page(owner)).items
    assert own.profile.rules == (Rule(groups=(("固态电池",),), regions=("4401", "110105", "440106")),)
    assert "地区 广州市 或 北京市朝阳区 或 广州市天河区" in (await page.open("/profiles")).text


async def test_while_somebody_types_regions_are_found_and_in_english_their_provinces_lead(member: Reader) -> None:
    page = await member.open("/profiles/new")
    (token,) = page.page.xpath("//form[@id='editor']//input[@name='csrf']/@value")
    member.session.cookie_jar.update_cookies({"language": "en"})
    typed = {"csrf": token, "add:0.regions": "萝岗"}
    async with member.session.post("/profiles/live/regions/0", data=typed, headers={"HX-Request": "true"}) as answer:
        told = await answer.text()
    assert 'value="take:0.regions:440112"' in told
    assert "Guangdong 广州市黄埔区" in told
    assert "formerly 萝岗区" in told


async def test_the_guide_takes_a_region_and_keeps_one_that_is_not_clear(
    site: Site, owner: Actor, member: Reader
) -> None:
    page = await member.open("/start")
    await page.send("/start", way="description", description="固态电池的隔膜")
    await page.send("/start/words", do="make", **{"add:0.regions": "朝阳"})
    assert (page.status, "“朝阳”可能是" in page.text) == (422, True)
    await page.send("/start/words", do="take:0.regions:2113", **{"add:0.regions": ""})
    assert regions(page) == [("2113", "朝阳市")]
    await page.send("/start/words", do="make")
    (own,) = (await site.desk.profiles.page(owner)).items
    assert own.profile.rules[0].regions == ("2113",)


async def test_the_alerts_are_filtered_by_a_region_that_is_named_or_chosen(member: Reader) -> None:
    page = await member.open("/inbox?where=天河&unread=yes")
    assert page.page.xpath("//input[@name='where']/@value") == ["广州市天河区"]
    assert any("region=440106" in link and "unread=yes" in link for link in page.page.xpath("//a/@href"))
    await page.open("/inbox?where=朝阳&unread=yes")
    assert "“朝阳”可能是朝阳市、北京市朝阳区" in page.text
    assert page.page.xpath("//input[@name='where']/@value") == ["朝阳"]
    (beijing,) = page.page.xpath("//*[@id='places']//a[normalize-space()='北京市朝阳区']/@href")
    assert "region=110105" in beijing
    assert "unread=yes" in beijing
    await page.open("/inbox/places")
    (below,) = page.page.xpath("//a[@aria-label='展开 广东省']/@href")
    await page.open(below)
    (guangzhou,) = page.page.xpath("//a[normalize-space()='广州市']/@href")
    await page.open(guangzhou)
    assert page.page.xpath("//input[@name='where']/@value") == ["广州市"]
    await page.open("/inbox?where=亚特兰蒂斯")
    assert "没有“亚特兰蒂斯”这个地区" in page.text
