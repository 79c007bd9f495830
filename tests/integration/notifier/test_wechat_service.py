"""``wechat-service``: against a stand-in that keeps the types of fields, and knows repetitions for ten minutes."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from services.notifier.channels.port import Means
from services.notifier.channels.wechat_service import WechatServiceChannel
from shared.errors import InvalidInputError, Reason
from shared.settings import Settings
from shared.store.records import DeliveryState
from shared.testing.clock import ManualClock
from shared.testing.vendor import Misbehaviour
from shared.testing.wechat import APP_ID, FIELDS, FOLLOWER, SECRET, STRANGER, TEMPLATE, FakeWeChat
from shared.wire.publication import Applicant
from shared.wire.subscription import Channel, Destination, DestinationState
from tests.golden.notifier.examples import message
from tests.integration.notifier.conftest import Bench
from tests.unit.notifier.making import NOW, alert, publication

WAITING, DEAD, SENT = DeliveryState.WAITING, DeliveryState.DEAD, DeliveryState.SENT


def follower(address: str = FOLLOWER) -> Destination:
    return Destination(
        id="wang", channel=Channel.WECHAT_SERVICE, address=address, state=DestinationState.ACTIVE, created_at=NOW
    )


@pytest.fixture
def fields() -> tuple[str, ...]:
    """What the vendor's template has."""
    return FIELDS[:5]


@pytest.fixture
async def vendor(clock: ManualClock, fields: tuple[str, ...]) -> AsyncIterator[FakeWeChat]:
    async with FakeWeChat(clock=clock, fields=fields) as vendor:
        yield vendor


@pytest.fixture
def wrong() -> dict[str, object]:
    """Settings that a test wants otherwise."""
    return {}


@pytest.fixture
def changes(vendor: FakeWeChat, wrong: dict[str, object]) -> dict[str, object]:
    right = {"wechat_app_id": APP_ID, "wechat_app_secret": SECRET, "wechat_template_id": TEMPLATE}
    return {"wechat_base_url": vendor.base_url, **right, **wrong}


async def test_each_publication_is_a_message_whose_fields_fit_their_types(bench: Bench, vendor: FakeWeChat) -> None:
    nasty = publication(
        "CN210012345U",
        "一种\n可充电的😀☀电池" + "长" * 40,
        published_on=None,
        applicants=(Applicant(name="第一家有一个很长很长的名字的新能源科技股份有限公司"),),
    )
    bare = publication("CN301234567S", "", applicants=(), ipc=())
    deliveries = await bench.plan(
        follower(), *(alert(one, destination_id="wang") for one in (publication(), nasty, bare))
    )
    for delivery in deliveries:
        assert (await bench.send(delivery)).state is SENT
    told = [number for message in vendor.accepted for number in message.numbers]
    assert sorted(told) == ["CN110083831A", "CN210012345U", "CN301234567S"]
    assert vendor.accepted[0].body["url"] == "https://zt.example.cn/"


@pytest.mark.parametrize("fields", [("character_string2", "phrase6", "time7")])
@pytest.mark.parametrize("wrong", [{"wechat_template_fields": "character_string2=number, phrase6=kind, time7=created"}])
async def test_a_legal_event_is_called_by_its_name_and_the_time_is_local(bench: Bench, vendor: FakeWeChat) -> None:
    pledged = publication(event="pledge")
    (delivery,) = await bench.plan(follower(), alert(pledged, destination_id="wang"))
    assert (await bench.send(delivery)).state is SENT
    assert vendor.accepted[0].content.splitlines() == ["CN110083831A", "质押", "2026年1月5日 10:00"]


async def test_a_repetition_within_ten_minutes_is_shown_once_and_a_later_one_says_that_it_is_one(
    bench: Bench, vendor: FakeWeChat
) -> None:
    (delivery,) = await bench.plan(follower(), alert(destination_id="wang"))
    for wait in (60, 600, 0):
        if wait:
            vendor.script.append(Misbehaviour(take=True, close=True))
        await bench.send(await bench.stored(delivery))
        await bench.clock.advance(wait)
    assert vendor.repeated == [delivery.id]
    assert ["（补发）" in message.content for message in vendor.accepted] == [False, True]


ANSWERS: dict[str, tuple[dict[str, str | int], DeliveryState, Reason, str]] = {
    "not following": ({"address": STRANGER}, DEAD, Reason.GONE, "关注"),
    "no such follower": ({"address": "oNobody00000000000000000001"}, DEAD, Reason.GONE, "openid"),
    "address not on the list": ({"trusts": False}, WAITING, Reason.CONFIGURATION, "203.0.113.7"),
    "quota used up": ({"quota": 0}, WAITING, Reason.RATE_LIMITED, "quota"),
}


@pytest.mark.parametrize("name", ANSWERS)
async def test_the_vendors_code_decides_what_becomes_of_the_delivery(
    bench: Bench, vendor: FakeWeChat, name: str
) -> None:
    scene, state, reason, said = ANSWERS[name]
    vendor.trusts, vendor.quota = bool(scene.get("trusts", True)), int(scene.get("quota", 9))
    destination = follower(str(scene.get("address", FOLLOWER)))
    (delivery,) = await bench.plan(destination, alert(destination_id="wang"))
    verdict = await bench.send(delivery)
    assert (verdict.state, verdict.reason, verdict.ambiguous) == (state, reason, False)
    assert said in str(verdict.detail)


@pytest.mark.parametrize("fields", [("thing1", "thing8")])
async def test_a_template_with_a_field_that_nobody_fills_is_refused_with_the_settings_name(bench: Bench) -> None:
    (delivery,) = await bench.plan(follower(), alert(destination_id="wang"))
    verdict = await bench.send(delivery)
    assert (verdict.state, verdict.reason) == (DEAD, Reason.REJECTED)
    assert "ZHITUI_WECHAT_TEMPLATE_FIELDS" in str(verdict.detail)


@pytest.mark.parametrize("wrong", [{"wechat_message": "subscribe"}])
async def test_a_notification_is_sent_for_a_consent_and_without_one_the_destination_rests(
    bench: Bench, vendor: FakeWeChat
) -> None:
    first, second = await bench.plan(
        follower(), *(alert(publication(number), destination_id="wang") for number in ("CN110083831A", "CN110083832A"))
    )
    assert (await bench.send(first)).state is SENT
    verdict = await bench.send(second)
    assert (verdict.state, verdict.reason, verdict.vendor_code) == (DEAD, Reason.GONE, "43101")


@pytest.mark.parametrize("wrong", [{"wechat_app_secret": "wrong-wrong"}])
async def test_a_wrong_secret_stops_the_channel_and_is_told_nowhere(bench: Bench, vendor: FakeWeChat) -> None:
    (delivery,) = await bench.plan(follower(), alert(destination_id="wang"))
    for _ in range(3):
        verdict = await bench.send(await bench.stored(delivery))
        assert verdict.channel_stuck
        assert "ZHITUI_WECHAT_APP_SECRET" in str(verdict.detail)
        assert "wrong-wrong" not in str(verdict.detail)
    assert vendor.tokens.asked == 1


async def test_a_test_message_fits_the_template(bench: Bench, vendor: FakeWeChat) -> None:
    await bench.channels[Channel.WECHAT_SERVICE].send_test(follower(), NOW)
    assert "知推测试消息" in vendor.accepted[0].content


def test_a_message_can_be_looked_at_without_being_sent_and_tells_no_openid() -> None:
    channel = WechatServiceChannel(Means(settings=Settings(), clock=ManualClock()))  # type: ignore[call-arg]
    whole = message(follower())
    body = channel.shown(replace(whole, alerts=whole.alerts[:1])).decode()
    assert json.loads(body)["character_string2"] == {"value": "CN110083831A"}
    assert FOLLOWER not in body


@pytest.mark.parametrize(
    ("fields_text", "said"),
    [
        ("thing1=title", "公开号"),
        ("1=number", "模板字段"),
        ("thing1=colour", "内容"),
        ("phrase1=title,thing2=number", "放不下"),
        ("character_string1=title,thing2=number", "放不下"),
    ],
)
def test_a_mapping_of_fields_that_cannot_work_is_refused_when_a_destination_is_added(
    fields_text: str, said: str
) -> None:
    settings = Settings(wechat_template_fields=fields_text)  # type: ignore[call-arg]
    channel = WechatServiceChannel(Means(settings=settings, clock=ManualClock()))
    with pytest.raises(InvalidInputError, match=said):
        channel.check(FOLLOWER, {})


@pytest.mark.parametrize(("address", "options"), [("wxid_zhangsan", {}), (FOLLOWER, {"format": "text"})])
def test_what_is_no_openid_or_no_option_is_refused(address: str, options: dict[str, str]) -> None:
    channel = WechatServiceChannel(Means(settings=Settings(), clock=ManualClock()))  # type: ignore[call-arg]
    with pytest.raises(InvalidInputError):
        channel.check(address, options)
