"""What is written wrongly into the console's forms: told at its field, in the reader's language, and never lost."""

import re
from dataclasses import dataclass, field

import pytest

from services.portal.desk.actor import Actor
from shared.filing.accounts import Account
from shared.wire.profile import Profile, Rule
from tests.integration.portal.console.forms import Reader, reading
from tests.integration.portal.console.site import Site

pytestmark = pytest.mark.asyncio(loop_scope="package")

SCRIPT = '"><script>alert(1)</script>'
HAN = re.compile(r"[\u4e00-\u9fff]")
QUOTED = re.compile("“.*?”")
PLACES = re.compile("may be .* Choose|天河|广州")
"""Cities and districts have Chinese names in English, too."""
FOREIGN_ROBOT = "https://oapi.dingtalk.com/robot/send?access_token=" + "0" * 64


@dataclass(frozen=True)
class Wrong:
    """A form that is filled in wrongly.

    Attributes:
        page: where it stands; ``{id}`` is a profile's.
        action: end of the form's address.
        at: input that is wrong.
        chinese: part of what is told there.
        kept: whether what was written stands there again; a password does not.
    """

    page: str
    action: str
    at: str
    typed: str
    chinese: str
    do: str | None = None
    others: dict[str, str] = field(default_factory=dict)
    kept: bool = True


WRONG = [
    Wrong("/sign-up", "/sign-up", "organisation", "", "请填写单位名称", others={"password": "x"}),
    Wrong("/sign-up", "/sign-up", "organisation", "长" * 121, "最多 120 字"),
    Wrong("/sign-up", "/sign-up", "email", SCRIPT, "邮箱", others={"organisation": "甲公司"}),
    Wrong("/sign-up", "/sign-up", "password", "short", "密码至少", others={"email": "a@example.cn"}, kept=False),
    Wrong("/profiles/new", "/profiles/new", "name", "", "请给画像起个名字", do="save"),
    Wrong("/profiles/new", "/profiles/new", "name", "名" * 101, "最多 100 个字", do="save", others={"add:0.groups.0": "电池"}),
    Wrong("/profiles/new", "/profiles/new", "add:0.groups.0", "长" * 201, "最多 200 个字", do="save"),
    Wrong("/profiles/new", "/profiles/new", "add:0.regions", "亚特兰蒂斯", "没有“亚特兰蒂斯”这个地区", do="save"),
    Wrong("/profiles/new", "/profiles/new", "add:0.regions", "朝阳", "请选一个", do="add"),
    Wrong("/destinations/new?channel=email", "/destinations/new", "address", "not a mailbox", "name@example.cn"),
    Wrong("/destinations/new?channel=email", "/destinations/new", "address", "", "请填写地址"),
    Wrong("/destinations/new?channel=wecom-robot", "/destinations/new", "address", FOREIGN_ROBOT, "企业微信机器人的地址应是"),
    Wrong("/destinations/new?channel=dingtalk", "/destinations/new", "address", SCRIPT, "钉钉机器人的地址应是"),
    Wrong(
        "/destinations/new?channel=dingtalk", "/destinations/new", "secret", "wrong", "secret 不对",
        others={"address": FOREIGN_ROBOT}, kept=False,
    ),
    Wrong("/destinations/new?channel=webhook", "/destinations/new", "address", "https://127.0.0.1/hook", "内部网络"),
    Wrong("/destinations/new?channel=webhook", "/destinations/new", "address", "http://example.cn/hook", "https://"),
    Wrong("/start/where?profile={id}", "/start/where", "address", "wang", "name@example.cn"),
    Wrong("/organisation", "/organisation", "name", "", "请填写单位名称"),
    Wrong("/organisation", "/organisation", "region", "朝阳", "请选一个，或写得更完整"),
    Wrong("/organisation", "/organisation", "region", SCRIPT, "这个地区"),
    Wrong("/organisation", "/invitations", "email", "not a mailbox", "请填写邮箱地址"),
    Wrong("/organisation/tokens", "/tokens", "name", "", "名称要 1 到"),
]  # fmt: skip


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_each_is_told_at_its_field_with_what_to_do_and_stands_there_still(
    site: Site, owner: Actor, account: Account, member: Reader, language: str
) -> None:
    profile = Profile(id="x", name="固态电池", rules=(Rule(groups=(("固态电池",),)),))
    profile_id = (await site.desk.profiles.make(owner, profile)).profile.id
    wrong: list[str] = []
    async with reading(site) as stranger:
        for one in (stranger, member):
            await one.open("/sign-in")
            if language == "en":
                one.session.cookie_jar.update_cookies({"language": "en"})
        for case in WRONG:
            page = stranger if case.page == "/sign-up" else member
            await page.open(case.page.format(id=profile_id))
            await page.send(case.action, do=case.do, **{**case.others, case.at: case.typed})
            wrong += [
                f"{case.page} {case.at} {case.typed[:20]!r}: {fault}" for fault in faults_of(page, case, language)
            ]
    assert wrong == []


def faults_of(page: Reader, case: Wrong, language: str) -> list[str]:
    """Return what is amiss about how a wrong entry is told."""
    if case.do != "add" and page.status != 422:
        return [f"answered with {page.status}: {page.text[:200]}"]
    found = page.page.xpath("//input[@name=$name][not(@type='hidden')]", name=case.at)
    if not found:
        return ["the input is gone"]
    (box, *_) = found
    told = " ".join(
        element.text_content()
        for name in (box.get("aria-describedby") or "").split()
        if name.startswith("fault-")
        for element in page.page.xpath("//*[@id=$name]", name=name)
    )
    if not told:
        return [f"nothing is told at the input; the page says {page.text[:300]}"]
    amiss = []
    if box.get("aria-invalid") != "true":
        amiss.append("the input is not marked")
    marks = page.page.xpath("//*[@autofocus]/@aria-invalid")
    if list(marks)[:1] != ["true"]:
        amiss.append("the focus is not where something is wrong")
    if case.kept and box.get("value", "") != case.typed:
        amiss.append(f"what was written is lost: {box.get('value')!r}")
    if language == "zh" and case.chinese not in told:
        amiss.append(f"told: {told}")
    if language == "en" and HAN.search(PLACES.sub("", QUOTED.sub("", told))):
        amiss.append(f"told in Chinese: {told}")
    return amiss


async def test_what_the_check_refuses_is_told_where_it_is_written(member: Reader) -> None:
    page = await member.open("/profiles/new")
    await page.send("/profiles/new", do="save", name="电池", **{"add:0.groups.0": "写错了"})
    assert page.status == 422
    (box,) = page.page.xpath("//input[@name='add:0.groups.0']")
    (told,) = page.page.xpath("//*[@id=$name]", name=box.get("aria-describedby"))
    assert "关键词“写错了”没有可以匹配的字" in told.text_content()
    assert page.page.xpath("//input[@name='in:0.groups.0']/@value") == ["写错了"]
