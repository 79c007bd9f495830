"""What goes over the wire to a vendor's account, one file a kind of message, taken by a stand-in that keeps the limits."""

import json
from dataclasses import replace

import pytest

from services.notifier.channels.port import Means
from services.notifier.channels.registry import CHANNELS
from shared.settings import Settings
from shared.testing.clock import ManualClock
from shared.testing.wechat import APP_ID, FOLLOWER, TEMPLATE, FakeWeChat
from shared.testing.wechat import SECRET as WECHAT_SECRET
from shared.testing.wecom_app import AGENT_ID, CORP_ID, SECRET, FakeWeComApp
from shared.wire.subscription import Channel, Destination
from tests.golden.notifier.examples import held, message
from tests.unit.notifier.making import NOW

NUMBERS = ("CN110083831A", "CN210012345U", "CN301234567S")


def held_as_json(name: str, body: dict[str, object]) -> None:
    held(name, json.dumps(body, ensure_ascii=False, indent=1) + "\n")


@pytest.mark.parametrize("form", ["markdown", "text", "textcard", "news", "card"])
async def test_a_wecom_apps_message_looks_as_stored(form: str) -> None:
    destination = Destination(
        id="team", channel=Channel.WECOM_APP, address="ZhangSan|lisi", options={"format": form}, created_at=NOW
    )
    async with FakeWeComApp(clock=ManualClock()) as vendor:
        account = {"wecom_corp_id": CORP_ID, "wecom_agent_id": AGENT_ID, "wecom_app_secret": SECRET}
        settings = Settings(wecom_base_url=vendor.base_url, public_url="https://zt.example.cn", **account)  # type: ignore[arg-type]
        channel = CHANNELS[destination.channel](Means(settings=settings, clock=ManualClock()))
        try:
            channel.check(destination.address, destination.options)
            await channel.send(message(destination, repeated=True))
        finally:
            await channel.close()
    (taken,) = vendor.accepted
    assert taken.numbers == NUMBERS
    held_as_json(f"wecom-app.{form}.json", taken.body)


@pytest.mark.parametrize("kind", ["template", "subscribe"])
async def test_a_service_accounts_message_looks_as_stored(kind: str) -> None:
    destination = Destination(id="wang", channel=Channel.WECHAT_SERVICE, address=FOLLOWER, created_at=NOW)
    account = {"wechat_app_id": APP_ID, "wechat_app_secret": WECHAT_SECRET, "wechat_template_id": TEMPLATE}
    async with FakeWeChat(clock=ManualClock()) as vendor:
        account |= {"wechat_base_url": vendor.base_url, "wechat_message": kind}
        settings = Settings(public_url="https://zt.example.cn", **account)  # type: ignore[arg-type]
        channel = CHANNELS[destination.channel](Means(settings=settings, clock=ManualClock()))
        whole = message(destination, repeated=True, count=1)
        try:
            channel.check(destination.address, destination.options)
            await channel.send(replace(whole, alerts=whole.alerts[1:2]))
        finally:
            await channel.close()
    (taken,) = vendor.accepted
    assert taken.numbers == NUMBERS[1:2]
    held_as_json(f"wechat-service.{kind}.json", taken.body)
