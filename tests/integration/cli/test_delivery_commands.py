"""What became of messages, on the command line: their way, their words, and many of them sent again."""

import asyncio
import json
import re
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from services.cli.session import in_session
from services.notifier.channels.port import Shows
from services.notifier.channels.registry import open_channels
from shared.clock import SystemClock
from shared.filing.event_calls import EVENT_CALLS, EventCall, call_id
from shared.filing.events import EVENTS, Event, EventType, failure_id
from shared.runtime.role import Surroundings
from shared.settings import load_settings
from shared.store.records import Delivery, DeliveryState, GroupPlan, Notice, PublicationVersion, Remark
from shared.wire.subscription import Channel
from tests.integration.cli.commands import zhitui
from tests.unit.notifier.making import NOW, alert, mailbox, publication, robot

pytestmark = pytest.mark.usefixtures("own_folder")


async def dead(around: Surroundings) -> None:
    """Give up three messages: m-0 and m-2 to a mailbox, m-1 to a robot, a day apart."""
    store = around.store
    await store.destinations.put(mailbox())
    await store.destinations.put(robot(format="file"))
    for day in range(3):
        told = publication(f"CN11008383{day}A")
        await store.publications.save(
            [PublicationVersion(publication=told, content_hash=str(day), accepted_at=NOW, origin=f"gazette.csv:{day}")]
        )
        at = NOW + timedelta(days=day)
        to = "group" if day == 1 else "box"
        owed = alert(told, destination_id=to, created_at=at)
        delivery = Delivery(
            id=f"m-{day}",
            subscription_id="battery",
            destination_id=to,
            channel=Channel.WECOM_ROBOT if day == 1 else Channel.EMAIL,
            publication_numbers=(told.publication_number,),
            next_attempt_at=at,
            created_at=at,
        )
        await store.alerts.record([], [owed])
        await store.alerts.plan([GroupPlan(deliveries=(delivery,), planned=((owed.key, delivery.id),))])
        attempt = await store.deliveries.start(delivery.id, owner="test", now=at, lease_seconds=0)
        assert attempt is not None
        ended = msgspec.structs.replace(attempt, outcome=DeliveryState.DEAD, detail="收件邮箱不存在")
        await store.deliveries.finish(ended, state=DeliveryState.DEAD, now=at)


def waiting() -> list[str]:
    listed = zhitui("delivery", "list", "--state", "waiting", "--json").stdout.splitlines()
    return sorted(json.loads(line)["id"] for line in listed)


def test_a_message_is_traced_from_where_its_publication_was_read_to_the_vendors_answer() -> None:
    in_session(dead)
    shown = zhitui("delivery", "show", "m-0").stdout
    for part in (
        "gazette.csv:0",
        "CN110083830A",
        "画像“固态电池隔膜”规则 1",
        "“固态电池”（标题）",
        "收件邮箱不存在",
        "没成功，不再试",
        "zhitui delivery retry m-0",
    ):
        assert part in shown
    (item,) = json.loads(zhitui("delivery", "show", "m-0", "--json").stdout)["items"]
    assert (item["origin"], item["matched_at"][:10]) == ("gazette.csv:0", "2026-01-05")


def test_moments_are_told_in_the_installations_time_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    in_session(dead)
    assert "2026-01-05 10:00:00" in zhitui("delivery", "show", "m-0").stdout
    monkeypatch.setenv("ZHITUI_TIMEZONE", "Asia/Tokyo")
    assert "2026-01-05 11:00:00" in zhitui("delivery", "show", "m-0").stdout


def test_a_message_is_shown_whole_without_being_sent_and_without_its_address() -> None:
    in_session(dead)
    mail = zhitui("delivery", "message", "m-0")
    assert mail.exit_code == 0
    assert "X-Zhitui-Delivery: m-0" in mail.stdout
    written = Path("digest.xlsx")
    assert zhitui("delivery", "message", "m-1").exit_code == 1
    assert zhitui("delivery", "message", "m-1", "--out", str(written)).exit_code == 0
    assert written.read_bytes().startswith(b"PK")


async def doubtful(around: Surroundings) -> None:
    """Keep a message of two subscriptions because it may have arrived, and let a monthly word wait."""
    store = around.store
    await store.destinations.put(mailbox())
    told = publication("CN110083830A")
    owed = [alert(told, subscription_id=one, created_at=NOW) for one in ("battery", "rivals")]
    held = Delivery(
        id="m-held", subscription_id="battery", subscription_ids=("battery", "rivals"), destination_id="box",
        channel=Channel.EMAIL, publication_numbers=(told.publication_number,), next_attempt_at=NOW, created_at=NOW,
        left_out=37, remarks=(Remark(subscription_id="rivals", left_out=37, notice=Notice.COLLECTED),),
    )  # fmt: skip
    word = Delivery(
        id="m-word", subscription_id="battery", destination_id="box", channel=Channel.EMAIL, publication_numbers=(),
        notice=Notice.HEARTBEAT, next_attempt_at=NOW, created_at=NOW,
    )  # fmt: skip
    await store.alerts.record([], owed)
    planned = tuple((one.key, held.id) for one in owed)
    await store.alerts.plan([GroupPlan(deliveries=(held,), planned=planned), GroupPlan(deliveries=(word,), planned=())])
    attempt = await store.deliveries.start(held.id, owner="test", now=NOW, lease_seconds=0)
    assert attempt is not None
    ended = msgspec.structs.replace(attempt, outcome=DeliveryState.HELD, ambiguous=True, vendor_code="451")
    await store.deliveries.finish(ended, state=DeliveryState.HELD, now=NOW)


def test_of_a_message_that_may_have_arrived_is_told_what_is_known_and_what_to_do() -> None:
    in_session(doubtful)
    shown = zhitui("delivery", "show", "m-held").stdout
    for part in ("battery、rivals（另有 37 件未列出，达到对方频率上限，汇总发出）", "订阅 battery，得分", "订阅 rivals，得分",
                 "对方代码 451，对方可能已经收到", "没收到就重发：zhitui delivery retry m-held"):  # fmt: skip
        assert part in shown, part


def test_the_monthly_word_is_shown_as_it_is_said() -> None:
    in_session(doubtful)
    assert "没有专利，这是每月提示" in zhitui("delivery", "show", "m-word").stdout
    assert "最近一个月没有新的命中" in zhitui("delivery", "message", "m-word").stdout


async def given_up(around: Surroundings) -> None:
    """Give a message up, of which two programs are to be told; one of them is still called."""
    now = around.clock.now()
    await around.store.destinations.put(mailbox())
    delivery = Delivery(
        id="m-lost", subscription_id="battery", destination_id="box", channel=Channel.EMAIL, publication_numbers=(),
        next_attempt_at=now, created_at=now,
    )  # fmt: skip
    await around.store.alerts.plan([GroupPlan(deliveries=(delivery,), planned=())])
    attempt = await around.store.deliveries.start(delivery.id, owner="test", now=now, lease_seconds=0)
    assert attempt is not None
    ended = msgspec.structs.replace(attempt, outcome=DeliveryState.DEAD)
    await around.store.deliveries.finish(ended, state=DeliveryState.DEAD, now=now)
    event = Event(
        id=failure_id(delivery.id, 1), organisation_id="o", type=EventType.DELIVERY_FAILED, at=now, destination_id="box",
        delivery_id=delivery.id, untold=("oa", "crm"),
    )  # fmt: skip
    await around.store.shelf(EVENTS).add([event])
    call = EventCall(id=call_id(event.id, "oa"), event=event, destination_id="oa", due_at=now)
    await around.store.shelf(EVENT_CALLS).add([call])


def test_of_a_message_that_was_given_up_is_told_which_programs_do_not_know() -> None:
    in_session(given_up)
    shown = " ".join(zhitui("delivery", "show", "m-lost").stdout.split())
    assert re.search(r"oa 还没有收下，\S+ \S+ 再试 crm 还没有收下，不再自动通知", shown)
    (event,) = json.loads(zhitui("delivery", "show", "m-lost", "--json").stdout)["events"]
    assert event["untold"] == ["oa", "crm"]


def test_dead_messages_are_put_back_by_channel_and_day() -> None:
    in_session(dead)
    result = zhitui("delivery", "retry", "--state", "dead", "--channel", "email", "--since", "2026-01-06")
    assert (result.exit_code, "1 条已放回发送队列" in result.stderr) == (0, True)
    assert waiting() == ["m-2"]
    assert zhitui("delivery", "retry", "--destination", "group").exit_code == 0
    assert waiting() == ["m-1", "m-2"]
    assert "没有这样的推送记录" in zhitui("delivery", "retry", "--destination", "group").stderr


@pytest.mark.parametrize("arguments", [(), ("m-1", "--state", "dead"), ("--state", "sent")])
def test_who_says_too_little_or_both_or_what_was_sent_is_told_how_to_say_it(arguments: tuple[str, ...]) -> None:
    in_session(dead)
    assert zhitui("delivery", "retry", *arguments).exit_code == 2
    assert waiting() == []


def test_the_list_can_be_narrowed_by_what_people_know() -> None:
    in_session(dead)
    listed = zhitui("delivery", "list", "--subscription", "battery", "--before", "2026-01-07", "--json").stdout
    assert [json.loads(line)["id"] for line in listed.splitlines()] == ["m-1", "m-0"]


def test_every_channel_that_calls_somebody_can_show_its_messages(tmp_path: Path) -> None:
    async def silent() -> set[Channel]:
        async with open_channels(load_settings(data_dir=tmp_path), SystemClock()) as channels:
            return {name for name, channel in channels.items() if not isinstance(channel, Shows)}

    assert asyncio.run(silent()) <= {Channel.FEED, Channel.WECHAT_SERVICE}
