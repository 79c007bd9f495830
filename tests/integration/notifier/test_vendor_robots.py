"""Robots of three vendors against stand-ins that check signatures, security settings, limits and shapes."""

import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from services.notifier.channels.port import ChannelAdapter, Frame, Means, Message
from services.notifier.channels.registry import CHANNELS
from services.notifier.delivery.turns import Turn, Turns
from shared.errors import (
    ChannelMisconfiguredError,
    DestinationGoneError,
    RateLimitedError,
    RefusedMessageError,
    RetryLaterError,
    ZhituiError,
)
from shared.settings import load_settings
from shared.store.records import Alert
from shared.testing.clock import ManualClock
from shared.testing.dingtalk import FakeDingtalk
from shared.testing.feishu import FakeFeishu
from shared.testing.robot_security import Security
from shared.testing.vendor import FakeVendor, Misbehaviour
from shared.testing.wecom import FakeWeCom
from shared.wire.publication import Applicant
from shared.wire.subscription import Channel, Destination
from tests.integration.notifier.conftest import Bench
from tests.unit.notifier.making import KEY, NOW, alert, publication

WECOM, DINGTALK, FEISHU = Channel.WECOM_ROBOT, Channel.DINGTALK, Channel.FEISHU
TOKEN = "0a" * 32
SECRET = "SEC0123456789abcdef"
FAKES: dict[Channel, type[FakeWeCom] | type[FakeDingtalk] | type[FakeFeishu]] = {
    WECOM: FakeWeCom,
    DINGTALK: FakeDingtalk,
    FEISHU: FakeFeishu,
}
KEYS = {WECOM: KEY, DINGTALK: TOKEN, FEISHU: KEY}
SETTINGS = {WECOM: "wecom_base_url", DINGTALK: "dingtalk_base_url", FEISHU: "feishu_base_url"}
SIGNED = [DINGTALK, FEISHU]


@asynccontextmanager
async def opened(
    name: Channel,
    clock: ManualClock | None = None,
    *,
    security: Security | None = None,
    vendor_clock: ManualClock | None = None,
    patience_seconds: float = 10.0,
) -> AsyncIterator[tuple[FakeVendor, ChannelAdapter]]:
    clock = clock or ManualClock()
    async with FAKES[name](clock=vendor_clock or clock, keys=[KEYS[name]]) as vendor:
        if isinstance(vendor, FakeDingtalk | FakeFeishu):
            vendor.security = security or Security()
        settings = load_settings(
            **{SETTINGS[name]: vendor.base_url},
            public_url="https://zt.example.cn",
            send_timeout_seconds=patience_seconds,
        )
        channel = CHANNELS[name](Means(settings=settings, clock=clock))
        try:
            yield vendor, channel
        finally:
            await channel.close()


def group(name: Channel, key: str | None = None, **options: str) -> Destination:
    return Destination(id="group", channel=name, address=key or KEYS[name], options=options, created_at=NOW)


def message(destination: Destination, *alerts: Alert, page: int = 1, pages: int = 1) -> Message:
    told = alerts or (alert(),)
    frame = Frame(
        subscription_id="battery",
        count=len(told),
        page=page,
        pages=pages,
        unsubscribe_url="https://zt.example.cn/u/AbCdEfGhIjKlMnOpQrStUv",
    )
    return Message(id="d-1", destination=destination, frame=frame, alerts=told, created_at=NOW)


async def refusal(channel: ChannelAdapter, destination: Destination) -> ZhituiError:
    with pytest.raises(ZhituiError) as caught:
        await channel.send(message(destination))
    return caught.value


@pytest.mark.parametrize("name", SIGNED)
async def test_a_signed_message_is_taken_and_a_wrong_or_missing_secret_says_which_option_to_set(name: Channel) -> None:
    async with opened(name, security=Security(secret=SECRET)) as (vendor, channel):
        await channel.send(message(group(name, secret=SECRET)))
        assert vendor.accepted[0].numbers == ("CN110083831A",)
        wrong, missing = [await refusal(channel, group(name, **options)) for options in ({"secret": SECRET[::-1]}, {})]
    for error in (wrong, missing):
        assert isinstance(error, DestinationGoneError)
        assert "没有签名或签名不对" in str(error)
        assert "--set secret=" in str(error)


@pytest.mark.parametrize("name", SIGNED)
@pytest.mark.parametrize("hours", [-3, 3])
async def test_a_clock_that_is_hours_wrong_stops_the_channel_and_no_destination(name: Channel, hours: int) -> None:
    vendor_clock = ManualClock(NOW + timedelta(hours=hours))
    async with opened(name, ManualClock(NOW), security=Security(secret=SECRET), vendor_clock=vendor_clock) as (
        _,
        channel,
    ):
        error = await refusal(channel, group(name, secret=SECRET))
    assert isinstance(error, ChannelMisconfiguredError)
    assert f"{'慢' if hours > 0 else '快'}了 180 分钟" in str(error)


@pytest.mark.parametrize("name", SIGNED)
async def test_without_a_secret_the_clock_is_not_to_blame(name: Channel) -> None:
    vendor_clock = ManualClock(NOW + timedelta(hours=3))
    async with opened(name, ManualClock(NOW), security=Security(secret=SECRET), vendor_clock=vendor_clock) as (
        _,
        channel,
    ):
        error = await refusal(channel, group(name))
    assert isinstance(error, DestinationGoneError)
    assert "没有签名或签名不对" in str(error)


@pytest.mark.parametrize("name", SIGNED)
async def test_a_keyword_stands_in_messages_and_in_the_test_once_it_is_set(name: Channel) -> None:
    async with opened(name, security=Security(keywords=("锂电快讯",))) as (vendor, channel):
        error = await refusal(channel, group(name))
        assert isinstance(error, DestinationGoneError)
        assert "--set keyword=" in str(error)
        destination = group(name, keyword="锂电快讯")
        await channel.send(message(destination))
        await channel.send_test(destination, NOW)
        assert len(vendor.accepted) == 2


@pytest.mark.parametrize("name", SIGNED)
async def test_an_address_that_the_robot_does_not_know_is_explained(name: Channel) -> None:
    async with opened(name, security=Security(addresses=("192.0.2.1",))) as (_, channel):
        error = await refusal(channel, group(name))
    assert isinstance(error, DestinationGoneError)
    assert "出口 IP" in str(error)


@pytest.mark.parametrize("name", SIGNED)
async def test_a_robot_that_was_removed_disables_its_destination(name: Channel) -> None:
    async with opened(name) as (vendor, channel):
        vendor.forget_key(KEYS[name])
        error = await refusal(channel, group(name))
    assert isinstance(error, DestinationGoneError)
    assert "重新添加机器人" in str(error)


ANSWERS = {
    "400 with a code": (Misbehaviour(status=400, body=b'{"code": 9499, "msg": "Bad Request"}'), FEISHU, RefusedMessageError, None),
    "400 without": (Misbehaviour(status=400, body=b"bad"), FEISHU, ChannelMisconfiguredError, None),
    "429 that says how long": (
        Misbehaviour(status=429, headers={"x-ogw-ratelimit-reset": "90"}), FEISHU, RateLimitedError, 90,
    ),
    "429": (Misbehaviour(status=429), DINGTALK, RateLimitedError, 600),
    "too fast": (Misbehaviour.code(130101), DINGTALK, RateLimitedError, 600),
    "busy": (Misbehaviour.code(-1), DINGTALK, RetryLaterError, None),
    "too fast at a round minute": (
        Misbehaviour.code(11232, fields=("code", "msg")), FEISHU, RateLimitedError, 60,
    ),
    "the other vendor's words": (Misbehaviour.code(0), FEISHU, RetryLaterError, None),
    "nothing": (Misbehaviour(hang_seconds=60), DINGTALK, RetryLaterError, None),
    "half an answer": (Misbehaviour(close=True), FEISHU, RetryLaterError, None),
}  # fmt: skip


@pytest.mark.parametrize("case", ANSWERS)
async def test_an_answer_is_what_the_vendor_means_by_it_and_tells_no_secret(
    case: str, capsys: pytest.CaptureFixture[str]
) -> None:
    answer, name, kind, after_seconds = ANSWERS[case]
    async with opened(name, patience_seconds=0.3 if answer.hang_seconds else 10.0) as (vendor, channel):
        vendor.script.append(answer)
        error = await refusal(channel, group(name, secret=SECRET))
        told = "".join(traceback.format_exception(error)) + repr(error) + repr(channel)
    captured = capsys.readouterr()
    assert type(error) is kind
    assert after_seconds is None or (isinstance(error, RetryLaterError) and error.after_seconds == after_seconds)
    for secret in (KEYS[name], SECRET):
        assert secret not in told + captured.out + captured.err


@pytest.mark.parametrize("name", FAKES)
async def test_a_vendor_that_repeats_a_secret_is_not_quoted(name: Channel) -> None:
    async with opened(name) as (vendor, channel):
        vendor.script.append(Misbehaviour.code(987654, f"no {KEYS[name]} and {SECRET}", fields=vendor.fields))
        error = await refusal(channel, group(name, secret=SECRET))
    assert KEYS[name] not in str(error)
    assert name is WECOM or SECRET not in str(error)
    assert "no ***" in str(error)


HOSTILE = '第"一"\\种\\n<b>甲|乙</b> **固态电池**的[隔膜](x) 🔋 ' * 5
FORMS = {
    WECOM: ["markdown", "markdown_v2", "text", "card", "file"],
    DINGTALK: ["markdown", "text", "card"],
    FEISHU: ["card", "post", "text"],
}


@pytest.mark.parametrize(("name", "form"), [(name, form) for name, forms in FORMS.items() for form in forms])
async def test_a_flood_of_hostile_titles_is_taken_in_every_form_and_each_number_told_once(
    name: Channel, form: str
) -> None:
    people = {WECOM: {"markdown": "zhangsan", "text": "@all"}, FEISHU: dict.fromkeys(FORMS[FEISHU], "ou_1234,@all")}
    mention = people.get(name, {}).get(form)
    options = {"format": form, **({"mention": mention} if mention else {})}
    alerts = [
        alert(
            publication(
                f"CN{110000000 + n}A", HOSTILE[: n * 37 % 200], applicants=(Applicant(name='"公司"\\' * 20),) * (n % 4)
            )
        )
        for n in range(200)
    ]
    clock = ManualClock()
    async with opened(name, clock) as (vendor, channel):
        destination = group(name, **options)
        channel.check(destination.address, options)
        pages = channel.paginate(destination, message(destination, *alerts).frame, alerts)
        for number, page in enumerate(pages, start=1):
            await channel.send(message(destination, *page, page=number, pages=len(pages)))
            await clock.advance(5)
    told = [number for one in vendor.accepted for number in one.numbers]
    assert told == [one.key.publication_number for one in alerts]
    assert vendor.refused == []


@pytest.mark.parametrize(("name", "calls", "most_seconds"), [(DINGTALK, 60, 250), (FEISHU, 150, 150)])
async def test_a_robot_is_never_called_more_often_than_its_vendor_allows(
    bench: Bench, name: Channel, calls: int, most_seconds: float
) -> None:
    clock, turns = bench.clock, Turns(bench.around.store.lanes, hold_seconds=10)
    began = clock.now()
    async with opened(name, clock) as (vendor, channel):
        destination = group(name)
        while len(vendor.accepted) < calls:
            turn = await turns.take(channel.lane(destination), channel.rate)
            if not isinstance(turn, Turn):
                await clock.advance(turn)
                continue
            await channel.send_test(destination, NOW)
            await turns.over(turn, called=True)
    assert vendor.refused == []
    assert (clock.now() - began).total_seconds() < most_seconds


async def test_a_dingtalk_robot_that_was_called_too_often_is_shut_for_ten_minutes() -> None:
    clock = ManualClock()
    async with opened(DINGTALK, clock) as (vendor, channel):
        for _ in range(20):
            await channel.send_test(group(DINGTALK), NOW)
        assert isinstance(await refusal(channel, group(DINGTALK)), RateLimitedError)
        await clock.advance(300)
        assert isinstance(await refusal(channel, group(DINGTALK)), RateLimitedError)
        await clock.advance(601)
        await channel.send_test(group(DINGTALK), NOW)
        assert vendor.refused == [130101, 130101]


async def test_a_file_is_uploaded_under_its_name_and_sent_once() -> None:
    async with opened(WECOM) as (vendor, channel):
        await channel.send(message(group(WECOM, format="file")))
        assert isinstance(vendor, FakeWeCom)
        (media,) = vendor.media.values()
    assert media.name == "知推-battery-20260105-0200-1件.xlsx"
    assert [one.numbers for one in vendor.accepted] == [("CN110083831A",)]


async def test_an_upload_whose_answer_was_lost_may_be_repeated_by_all_means() -> None:
    async with opened(WECOM) as (vendor, channel):
        vendor.script.append(Misbehaviour(close=True))
        error = await refusal(channel, group(WECOM, format="file"))
        assert isinstance(error, RetryLaterError)
        assert not error.ambiguous
        await channel.send(message(group(WECOM, format="file")))
    assert len(vendor.accepted) == 1


async def test_a_file_that_the_vendor_forgot_is_uploaded_again_by_the_next_try() -> None:
    async with opened(WECOM) as (vendor, channel):
        vendor.script += [Misbehaviour(body=b'{"errcode": 0, "errmsg": "ok", "media_id": "gone"}')]
        error = await refusal(channel, group(WECOM, format="file"))
        assert isinstance(error, RetryLaterError)
        assert vendor.refused == [40007]
        await channel.send(message(group(WECOM, format="file")))
    assert len(vendor.accepted) == 1


async def test_an_upload_without_an_id_is_no_success() -> None:
    async with opened(WECOM) as (vendor, channel):
        vendor.script.append(Misbehaviour(body=b'{"errcode": 0, "errmsg": "ok"}'))
        error = await refusal(channel, group(WECOM, format="file"))
    assert isinstance(error, RetryLaterError)
    assert "media_id" in str(error)


async def test_the_file_of_another_robot_or_of_last_week_is_not_taken_by_the_stand_in() -> None:
    clock = ManualClock()
    async with opened(WECOM, clock) as (vendor, channel):
        await channel.send(message(group(WECOM, format="file")))
        assert isinstance(vendor, FakeWeCom)
        await clock.advance(3 * 86_400)
        vendor.script.append(Misbehaviour(body=b'{"errcode": 0, "errmsg": "ok", "media_id": "media-1"}'))
        await refusal(channel, group(WECOM, format="file"))
    assert vendor.refused == [40007]
