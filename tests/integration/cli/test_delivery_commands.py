"""What became of messages, on the command line: their way, their words, and many of them sent again."""

import asyncio
import json
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from services.cli.session import in_session
from services.notifier.channels.port import Shows
from services.notifier.channels.registry import open_channels
from shared.clock import SystemClock
from shared.runtime.role import Surroundings
from shared.settings import load_settings
from shared.store.records import Delivery, DeliveryState, GroupPlan, PublicationVersion
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
    for part in ("gazette.csv:0", "CN110083830A", "固态电池隔膜 规则 1", "固态电池（title）", "收件邮箱不存在"):
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
