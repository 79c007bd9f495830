"""Destinations, subscriptions and deliveries on the command line."""

import asyncio
import re
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING

import msgspec
import pytest
from typer.testing import Result

from services.cli.session import in_session
from shared.clock import SystemClock
from shared.errors import ChannelMisconfiguredError, InvalidInputError, Reason, ZhituiError
from shared.runtime.role import Surroundings
from shared.store.records import Delivery, DeliveryState, GroupPlan
from shared.testing.mailbox import Mailbox
from shared.testing.vendor import Misbehaviour
from shared.testing.wecom import FakeWeCom
from shared.wire.profile import Profile, Rule
from shared.wire.subscription import Channel, DestinationState
from tests.integration.cli.commands import refused, rows, works, zhitui
from tests.states import put_in_state
from tests.unit.notifier.making import KEY, NOW, alert

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

pytestmark = pytest.mark.usefixtures("own_folder")

OFFICIAL = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key="


@asynccontextmanager
async def _outside() -> "AsyncIterator[tuple[FakeWeCom, Mailbox]]":
    async with FakeWeCom(clock=SystemClock(), keys=[KEY]) as wecom, Mailbox() as mailbox:
        yield wecom, mailbox


@contextmanager
def _served() -> Iterator[tuple[FakeWeCom, Mailbox]]:
    # A command runs a loop of its own, so the servers run theirs in a thread.
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    servers = _outside()

    def run(work: Callable[[], Awaitable[object]]) -> object:
        async def wait() -> object:
            return await work()

        return asyncio.run_coroutine_threadsafe(wait(), loop).result(10)

    try:
        pair = run(servers.__aenter__)
        assert isinstance(pair, tuple)
        yield pair
        run(lambda: servers.__aexit__(None, None, None))
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@pytest.fixture
def servers(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[FakeWeCom, Mailbox]]:
    with _served() as (wecom, mailbox):
        monkeypatch.setenv("ZHITUI_WECOM_BASE_URL", wecom.base_url)
        monkeypatch.setenv("ZHITUI_SMTP_HOST", "127.0.0.1")
        monkeypatch.setenv("ZHITUI_SMTP_PORT", str(mailbox.port))
        monkeypatch.setenv("ZHITUI_SMTP_SECURITY", "none")
        yield wecom, mailbox


def add_profile() -> None:
    async def put(around: Surroundings) -> None:
        await around.store.profiles.put([Profile(id="p", rules=(Rule(groups=(("电池",),)),))], saved_at=NOW)

    in_session(put)


def subscribe(*more: str) -> Result:
    return zhitui("subscription", "add", "s", "--profile", "p", "--destination", "box", *more)


@pytest.mark.parametrize("form", [KEY, KEY.upper(), OFFICIAL + KEY])
def test_a_robot_is_named_by_its_key_or_its_whole_address_and_neither_is_ever_shown(form: str) -> None:
    told = works("destination", "add", "group", "wecom-robot", form, "--set", "format=text")
    assert told.stdout.split() == ["group"]
    assert "还未验证" in told.stderr
    outputs = [told.output]
    for command in (("list",), ("show", "group")):
        outputs += [works("destination", *command).output, works("destination", *command, "--json").output]
    assert all(KEY not in output.lower() for output in outputs)
    (row,) = rows("destination", "show", "group")
    assert (row["address"], row["state"], row["options"]) == ("693a…", "unverified", {"format": "text"})


def test_what_a_robot_signs_with_is_never_shown_again() -> None:
    token, secret = "0a" * 32, "SEC0123456789"
    outputs = [works("destination", "add", "ding", "dingtalk", token, "--set", f"secret={secret}").output]
    for command in (("list",), ("show", "ding")):
        outputs += [works("destination", *command).output, works("destination", *command, "--json").output]
    assert all(token not in output and secret not in output for output in outputs)
    (row,) = rows("destination", "show", "ding")
    assert row["options"] == {"secret": "…"}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("d", "pigeon", "x"), "没有名为“pigeon”的推送渠道"),
        (("d", "feishu", "x"), "webhook 地址里 hook/ 后面"),
        (("d", "dingtalk", "x"), "webhook 地址里 access_token= 后面"),
        (("d", "email", "nobody"), "邮箱地址写得不对"),
        (("d", "email", "a@example.cn", "--set", "format=text"), "没有“format”这个选项"),
        (("d", "email", "a@example.cn", "--set", "format"), "--set format 看不懂"),
        (("d", "wecom-robot", "123"), "webhook 地址里 key= 后面"),
        (("d", "wecom-robot", f"https://evil.example/cgi-bin/webhook/send?key={KEY}"), "webhook 地址里 key= 后面"),
        (("d", "wecom-robot", KEY, "--set", "format=html"), "可以是 markdown、markdown_v2、text、card、file"),
        (("a b", "email", "a@example.cn"), "目的地的 id 不行"),
    ],
)
def test_a_destination_that_cannot_work_is_refused_with_what_to_do(arguments: tuple[str, ...], sentence: str) -> None:
    assert sentence in refused("destination", "add", *arguments, error=InvalidInputError)
    assert rows("destination", "list") == []


def test_a_destination_that_somebody_vouches_for_is_active_at_once_and_can_be_removed() -> None:
    told = works("destination", "add", "box", "email", "wang@example.cn", "--verified")
    assert told.stderr == ""
    (row,) = rows("destination", "list")
    assert (row["state"], row["address"]) == ("active", "w***@example.cn")
    works("destination", "remove", "box")
    assert "还没有目的地" in works("destination", "list").stdout


@pytest.mark.parametrize("command", ["show", "test", "remove"])
def test_an_unknown_destination_is_told(command: str) -> None:
    assert "没有 id 为“nobody”的目的地" in refused("destination", command, "nobody")


def test_a_code_that_comes_back_makes_its_destination_active_and_a_test_then_says_so(
    servers: tuple[FakeWeCom, Mailbox],
) -> None:
    wecom, mailbox = servers
    works("destination", "add", "group", "wecom-robot", f"{wecom.base_url}/cgi-bin/webhook/send?key={KEY}")
    works("destination", "add", "box", "email", "wang@example.cn")
    for name in ("group", "box"):
        assert "验证码已发出" in works("destination", "test", name).stderr
    assert {row["state"] for row in rows("destination", "list")} == {"unverified"}
    texts = {"group": wecom.accepted[0].content, "box": mailbox.mails[0].message.get_content()}
    for name, text in texts.items():
        assert "验证码不对" in refused("destination", "verify", name, "AAAA-AAAA", error=InvalidInputError)
        found = re.search(r"[A-Z2-7]{4}-[A-Z2-7]{4}", text)
        assert found
        assert "可用了" in works("destination", "verify", name, found.group().lower()).stderr
        assert "测试消息已发出" in works("destination", "test", name).stderr
    assert {row["state"] for row in rows("destination", "list")} == {"active"}
    assert "知推测试消息" in wecom.accepted[1].content
    assert {mail.recipients for mail in mailbox.mails} == {("wang@example.cn",)}


def test_nobody_is_asked_for_a_code_more_than_three_times_an_hour_whatever_the_destination_is_called(
    servers: tuple[FakeWeCom, Mailbox],
) -> None:
    for name in ("a", "b", "c", "d"):
        works("destination", "add", name, "email", "wang@example.cn")
    for name in ("a", "b", "c"):
        works("destination", "test", name)
    assert "验证消息发得太多了" in refused("destination", "test", "d", error=InvalidInputError)
    assert len(servers[1].mails) == 3


def test_codes_cannot_be_guessed_by_trying_many() -> None:
    works("destination", "add", "box", "email", "wang@example.cn")
    said = [refused("destination", "verify", "box", f"AAAA-AAA{n}", error=InvalidInputError) for n in range(11)]
    assert ["试得太多" in one for one in said] == [False] * 10 + [True]


def test_a_disabled_destination_is_enabled_and_an_unverified_one_is_not() -> None:
    works("destination", "add", "box", "email", "wang@example.cn")
    assert "还没验证" in refused("destination", "enable", "box", error=InvalidInputError)
    works("destination", "add", "box", "email", "wang@example.cn", "--verified")
    in_session(lambda around: put_in_state(around.store, "box", DestinationState.DISABLED, "坏了"))
    works("destination", "enable", "box")
    (row,) = rows("destination", "list")
    assert (row["state"], row["state_reason"]) == ("active", None)


def test_a_test_message_that_fails_says_why_and_changes_nothing(servers: tuple[FakeWeCom, Mailbox]) -> None:
    wecom, mailbox = servers
    works("destination", "add", "group", "wecom-robot", KEY)
    works("destination", "add", "box", "email", "wang@example.cn")
    wecom.script.append(Misbehaviour.code(93000))
    mailbox.rcpt_replies.append("550 5.1.1 user unknown")
    robot = refused("destination", "test", "group", error=ZhituiError)
    assert "93000" in robot or "机器人" in robot
    assert KEY not in robot
    assert "收件邮箱不存在" in refused("destination", "test", "box", error=ZhituiError)
    assert {row["state"] for row in rows("destination", "list")} == {"unverified"}


def test_a_test_mail_without_a_mail_server_names_the_setting() -> None:
    works("destination", "add", "box", "email", "wang@example.cn")
    assert "ZHITUI_SMTP_HOST" in refused("destination", "test", "box", error=ChannelMisconfiguredError)


def test_a_subscription_is_added_paused_resumed_and_removed() -> None:
    add_profile()
    works("destination", "add", "box", "email", "wang@example.cn")
    added = subscribe("--schedule", "daily@09:00", "--quiet", "22:00-08:00", "--cap", "5")
    assert (added.exit_code, added.stdout.split()) == (0, ["s"])
    assert "目的地 box 还不能推送" in added.stderr
    assert "daily@09:00（工作日）" not in works("subscription", "list").stdout
    subscribe("--schedule", "daily@09:00", "--workdays")
    assert "daily@09:00（工作日）" in works("subscription", "list").stdout
    works("subscription", "pause", "s")
    assert "已暂停" in works("subscription", "list").stdout
    assert subscribe().exit_code == 0
    (row,) = rows("subscription", "show", "s")
    assert (row["paused"], row["schedule"], row["destinations"]) == (True, "immediate", ["box"])
    works("subscription", "resume", "s")
    assert '"paused": false' in works("subscription", "show", "s").stdout
    works("subscription", "remove", "s")
    assert rows("subscription", "list") == []
    assert "还没有订阅" in works("subscription", "list").stdout


def test_a_subscription_over_something_missing_names_it() -> None:
    assert "没有这些订阅画像：p" in str(subscribe().exception)
    add_profile()
    assert "没有这些目的地：box" in str(subscribe().exception)


@pytest.mark.parametrize("more", [("--schedule", "sometimes"), ("--schedule", "daily@25:00"), ("--quiet", "night")])
def test_a_schedule_that_nobody_understands_is_refused(more: tuple[str, ...]) -> None:
    add_profile()
    works("destination", "add", "box", "email", "wang@example.cn", "--verified")
    result = subscribe(*more)
    assert isinstance(result.exception, InvalidInputError)
    assert rows("subscription", "list") == []


@pytest.mark.parametrize("command", ["show", "pause", "resume", "remove"])
def test_an_unknown_subscription_is_told(command: str) -> None:
    assert "没有 id 为“nobody”的订阅" in refused("subscription", command, "nobody")


def test_without_deliveries_the_list_says_so_and_an_unknown_one_is_told() -> None:
    assert "没有这样的推送记录" in works("delivery", "list").stdout
    assert rows("delivery", "list", "--state", "dead", "--destination", "box") == []
    assert "没有 id 为“nobody”的推送记录" in refused("delivery", "show", "nobody")
    retried = zhitui("delivery", "retry", "nobody")
    assert retried.exit_code == 1
    assert "nobody：没有这条推送记录" in retried.stderr


@pytest.mark.parametrize(
    "arguments", [("match", "--profiles", "1"), ("pipeline",), ("notify", "--mailboxes", "1")], ids=" ".join
)
def test_a_benchmark_shows_its_figures(monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]) -> None:
    class Benchmark:
        @staticmethod
        def run(**_sizes: object) -> list[tuple[str, str]]:
            return [("speed", "1 /s")]

    monkeypatch.setattr("services.cli.bench.importlib.import_module", lambda _name: Benchmark)
    assert works("bench", *arguments).stdout.split() == ["speed", "1", "/s"]


def test_a_delivery_that_was_given_up_is_listed_shown_and_put_back() -> None:
    in_session(_give_up)
    (row,) = rows("delivery", "list", "--state", "dead", "--destination", "box")
    assert (row["id"], row["detail"]) == ("d-1", "收件邮箱不存在")
    assert "已放弃" in works("delivery", "list").stdout
    shown = works("delivery", "show", "d-1").stdout
    assert all(text in shown for text in ("已放弃", "收件邮箱不存在", "550 5.1.1", "CN110083831A"))
    (whole,) = rows("delivery", "show", "d-1")
    assert isinstance(whole["items"], list)
    assert whole["items"][0]["publication_number"] == "CN110083831A"
    assert set(whole) == {"delivery", "attempts", "items", "events"}
    assert "1 条已放回发送队列" in works("delivery", "retry", "d-1").stderr
    again = zhitui("delivery", "retry", "d-1")
    assert again.exit_code == 1
    assert "d-1：它没有被放弃，也不是待确认" in again.stderr
    assert "等待发送" in works("delivery", "show", "d-1").stdout


async def _give_up(around: Surroundings) -> None:
    owed = alert()
    store = around.store
    await store.alerts.record([], [owed])
    delivery = Delivery(
        id="d-1",
        subscription_id="battery",
        destination_id="box",
        channel=Channel.EMAIL,
        publication_numbers=(owed.publication.publication_number,),
        next_attempt_at=NOW,
        created_at=NOW,
    )
    assert await store.alerts.plan([GroupPlan(deliveries=(delivery,), planned=((owed.key, delivery.id),))]) == [True]
    attempt = await store.deliveries.start("d-1", owner="test", now=NOW, lease_seconds=0)
    assert attempt is not None
    failed = msgspec.structs.replace(
        attempt, outcome=DeliveryState.DEAD, reason=Reason.GONE, vendor_code="550 5.1.1", detail="收件邮箱不存在"
    )
    await store.deliveries.finish(failed, state=DeliveryState.DEAD, now=NOW)
