"""What goes over the wire to each vendor's robots, one file a kind of message, taken by a stand-in that keeps the limits."""

import json
from typing import TYPE_CHECKING

import pytest

from services.notifier.channels.port import Frame, Means
from services.notifier.channels.registry import CHANNELS
from services.notifier.templates import robot
from services.notifier.templates.robot_forms import WECOM_MARKDOWN
from shared.settings import Settings
from shared.testing.clock import ManualClock
from shared.testing.dingtalk import FakeDingtalk
from shared.testing.feishu import FakeFeishu
from shared.testing.robot_security import Security
from shared.testing.wecom import FakeWeCom, cells_of
from shared.wire.subscription import Channel, Destination
from tests.golden.notifier.examples import alerts, held, message
from tests.unit.notifier.making import KEY, NOW

if TYPE_CHECKING:
    from shared.testing.vendor import FakeVendor

PUBLIC_URL = "https://zt.example.cn"


async def sent(
    vendor: "FakeVendor", setting: str, channel_name: Channel, address: str, options: dict[str, str], **changes: object
) -> dict[str, object]:
    destination = Destination(id="group", channel=channel_name, address=address, options=options, created_at=NOW)
    settings = Settings(**{setting: vendor.base_url}, public_url=PUBLIC_URL)  # type: ignore[arg-type]
    channel = CHANNELS[destination.channel](Means(settings=settings, clock=ManualClock()))
    channel.check(destination.address, destination.options)
    try:
        await channel.send(message(destination, **changes))
    finally:
        await channel.close()
    assert vendor.accepted[-1].numbers == ("CN110083831A", "CN210012345U", "CN301234567S")
    return vendor.accepted[-1].body


def shown(body: dict[str, object]) -> str:
    return json.dumps(body, ensure_ascii=False, indent=1) + "\n"


@pytest.mark.parametrize(
    "options",
    [
        {"format": "markdown", "mention": "zhangsan"},
        {"format": "markdown_v2"},
        {"format": "text", "mention": "zhangsan,@all", "mention_mobile": "13800001111"},
        {"format": "card"},
    ],
    ids=lambda options: options["format"],
)
async def test_a_wecom_robots_message_looks_as_stored(options: dict[str, str]) -> None:
    async with FakeWeCom(clock=ManualClock()) as vendor:
        body = await sent(vendor, "wecom_base_url", Channel.WECOM_ROBOT, KEY, options, repeated=True)
    held(f"wecom-robot.{options['format']}.json", shown(body))


async def test_a_wecom_robots_file_looks_as_stored() -> None:
    async with FakeWeCom(clock=ManualClock()) as vendor:
        await sent(vendor, "wecom_base_url", Channel.WECOM_ROBOT, KEY, {"format": "file"})
        (media,) = vendor.media.values()
    held("wecom-robot.file.txt", f"{media.name}\n{cells_of(media.data)}\n")


@pytest.mark.parametrize(
    "options",
    [
        {"format": "markdown", "mention": "manager1,@all", "mention_mobile": "13800001111", "keyword": "专利"},
        {"format": "text", "secret": "SEC0123456789"},
        {"format": "card"},
    ],
    ids=lambda options: options["format"],
)
async def test_a_dingtalk_robots_message_looks_as_stored(options: dict[str, str]) -> None:
    async with FakeDingtalk(clock=ManualClock()) as vendor:
        vendor.security = Security(secret=options.get("secret", ""), keywords=("专利",))
        body = await sent(vendor, "dingtalk_base_url", Channel.DINGTALK, "a1" * 32, options, repeated=True)
    held(f"dingtalk.{options['format']}.json", shown(body))


@pytest.mark.parametrize(
    "options",
    [
        {"format": "card", "mention": "ou_1234,@all", "secret": "SEC0123456789"},
        {"format": "post", "mention": "ou_1234,@all", "keyword": "推送"},
        {"format": "text", "mention": "ou_1234,@all"},
    ],
    ids=lambda options: options["format"],
)
async def test_a_feishu_bots_message_looks_as_stored(options: dict[str, str]) -> None:
    async with FakeFeishu(clock=ManualClock()) as vendor:
        vendor.security = Security(secret=options.get("secret", ""), keywords=(options.get("keyword", "专利"),))
        body = await sent(vendor, "feishu_base_url", Channel.FEISHU, KEY, options, repeated=True)
    held(f"feishu.{options['format']}.json", shown(body))


def test_without_a_public_address_people_are_told_whom_to_ask() -> None:
    content = robot.render(WECOM_MARKDOWN, Frame(subscription_id="battery", count=3), alerts())
    assert content.endswith('<font color="comment">暂停或退订请联系管理员，并告知上面的订阅名称</font>')
