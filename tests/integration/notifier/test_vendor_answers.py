"""A vendor that answers 200 with an error code, 429, 500, garbage, nothing, or half: where the delivery ends."""

import re
import traceback

import pytest

from services.notifier.channels.registry import open_channels
from shared.errors import Reason, ZhituiError
from shared.store.records import DeliveryState
from shared.testing.vendor import Misbehaviour
from shared.wire.subscription import Destination, DestinationState
from tests.integration.notifier.conftest import Bench
from tests.unit.notifier.making import KEY, NOW, alert, mailbox, publication, robot, subscription

WAITING, DEAD, SENT = DeliveryState.WAITING, DeliveryState.DEAD, DeliveryState.SENT

ROBOT_ANSWERS = {
    "busy": (Misbehaviour.code(-1), WAITING, Reason.SERVER, False, 5),
    "too fast": (Misbehaviour.code(45009), WAITING, Reason.RATE_LIMITED, False, 65),
    "too fast, by its other code": (Misbehaviour.code(130101), WAITING, Reason.RATE_LIMITED, False, 65),
    "robot removed": (Misbehaviour.code(93000), DEAD, Reason.GONE, False, None),
    "robot stopped": (Misbehaviour.code(93004), DEAD, Reason.GONE, False, None),
    "not in the group": (Misbehaviour.code(93008), DEAD, Reason.GONE, False, None),
    "bad shape": (Misbehaviour.code(40058), DEAD, Reason.REJECTED, False, None),
    "too long": (Misbehaviour.code(45002), DEAD, Reason.TOO_LONG, False, None),
    "a code that nobody knows": (Misbehaviour.code(987654), WAITING, Reason.REJECTED, False, 5),
    "429 with Retry-After": (
        Misbehaviour(status=429, headers={"Retry-After": "120"}), WAITING, Reason.RATE_LIMITED, False, 120,
    ),
    "429": (Misbehaviour(status=429), WAITING, Reason.RATE_LIMITED, False, 65),
    "500": (Misbehaviour(status=500), WAITING, Reason.SERVER, True, 5),
    "503 with Retry-After": (
        Misbehaviour(status=503, headers={"Retry-After": "40"}), WAITING, Reason.SERVER, True, 40,
    ),
    "503 with a moment": (
        Misbehaviour(status=503, headers={"Retry-After": "Mon, 05 Jan 2026 02:10:00 GMT"}), WAITING, Reason.SERVER, True, 600,
    ),
    "503 with a number of thousands of digits": (
        Misbehaviour(status=503, headers={"Retry-After": "9" * 5000}), WAITING, Reason.SERVER, True, 86_400,
    ),
    "a redirect": (
        Misbehaviour(status=301, headers={"Location": "/cgi-bin/webhook/send"}), WAITING, Reason.CONFIGURATION, False, 900,
    ),
    "404": (Misbehaviour(status=404), WAITING, Reason.CONFIGURATION, False, 900),
    "garbage": (Misbehaviour(body=b"<html>maintenance</html>"), WAITING, Reason.GARBAGE, True, 5),
    "empty": (Misbehaviour(body=b""), WAITING, Reason.GARBAGE, True, 5),
    "a list": (Misbehaviour(body=b"[]"), WAITING, Reason.GARBAGE, True, 5),
    "no code": (Misbehaviour(body=b"{}"), WAITING, Reason.GARBAGE, True, 5),
    "a code that is no number": (Misbehaviour(body=b'{"errcode": "0"}'), WAITING, Reason.GARBAGE, True, 5),
    "a code that is false": (Misbehaviour(body=b'{"errcode": false}'), WAITING, Reason.GARBAGE, True, 5),
    "100 kB": (Misbehaviour(body=b'{"errcode": 0, "x": "' + b"x" * 100_000 + b'"}'), WAITING, Reason.GARBAGE, True, 5),
    "nothing": (Misbehaviour(hang_seconds=60), WAITING, Reason.TIMEOUT, True, 5),
    "half an answer": (Misbehaviour(close=True), WAITING, Reason.UNREACHABLE, True, 5),
}  # fmt: skip


@pytest.mark.parametrize("name", ROBOT_ANSWERS)
async def test_a_robots_answer_decides_what_becomes_of_the_delivery(bench: Bench, name: str) -> None:
    answer, state, reason, ambiguous, wait = ROBOT_ANSWERS[name]
    (delivery,) = await bench.plan(robot())
    bench.wecom.script.append(answer)
    await bench.send(delivery)
    stored = await bench.stored(delivery)
    assert (stored.state, stored.reason, stored.ambiguous) == (state, reason, int(ambiguous))
    assert stored.detail
    assert KEY not in stored.detail
    if wait is not None:
        waited = (stored.next_attempt_at - bench.clock.now()).total_seconds()
        assert 0.8 * wait <= waited <= 1.2 * wait
    destination = await bench.around.store.destinations.get("group")
    assert destination is not None
    disabled = destination.state is DestinationState.DISABLED
    assert disabled == (reason is Reason.GONE)
    assert bool(destination.state_reason) == disabled
    (attempt,) = await bench.around.store.deliveries.attempts(delivery.id)
    assert (attempt.outcome, attempt.reason, attempt.ambiguous) == (state, reason, ambiguous)
    dead = {"channel": "wecom-robot", "reason": str(reason)}
    counted = bench.around.metrics.registry.get_sample_value("zhitui_notifier_dead_total", dead)
    assert counted == (1 if state is DEAD else None)


async def test_a_robot_that_takes_the_message_is_told_once_with_numbers_and_reason(bench: Bench) -> None:
    (delivery,) = await bench.plan(robot())
    assert (await bench.send(delivery)).state is SENT
    (message,) = bench.wecom.accepted
    assert message.numbers == ("CN110083831A",)
    assert not message.escaped
    assert "为什么收到：画像“固态电池隔膜”规则 1" in message.content
    assert (await bench.stored(delivery)).sent_at == bench.clock.now()


async def test_a_message_that_may_come_twice_says_so(bench: Bench) -> None:
    (delivery,) = await bench.plan(robot())
    bench.wecom.script.append(Misbehaviour(take=True, close=True))
    await bench.send(delivery)
    await bench.send(await bench.stored(delivery))
    assert ["补发" in message.content for message in bench.wecom.accepted] == [False, True]


MAIL_ANSWERS = {
    "greylisted": ("rcpt", "450 4.7.1 try later", WAITING, Reason.SERVER, 5),
    "shutting down": ("rcpt", "421 closing", WAITING, Reason.SERVER, 5),
    "nobody there": ("rcpt", "550 5.1.1 user unknown", DEAD, Reason.GONE, None),
    "nobody there, in words": ("rcpt", "550 no such user here", DEAD, Reason.GONE, None),
    "bad address": ("rcpt", "501 Bad address syntax", DEAD, Reason.GONE, None),
    "QQ's flood limit": ("rcpt", "550 Mailbox unavailable or access denied", WAITING, Reason.RATE_LIMITED, 3600),
    "QQ's frequency": ("data", "550 Domain frequency limited", WAITING, Reason.RATE_LIMITED, 3600),
    "mailbox full": ("rcpt", "552 5.2.2 mailbox full", WAITING, Reason.REJECTED, 3600),
    "refused by policy": ("rcpt", "550 5.7.1 relaying denied", DEAD, Reason.REJECTED, None),
    "too large": ("data", "552 5.3.4 message too big", DEAD, Reason.TOO_LONG, None),
    "taken for spam": ("data", "554 DT:SPM", DEAD, Reason.REJECTED, None),
    "sender's quota": ("data", "451 MI:SFQ", WAITING, Reason.SERVER, 5),
    "login wanted": ("mail", "530 5.7.0 authentication required", WAITING, Reason.AUTH, 900),
    "foreign sender": ("mail", "553 Mail from must equal authorized user", WAITING, Reason.AUTH, 900),
    "From refused": ("data", '550 The "From" header is missing or invalid', WAITING, Reason.AUTH, 900),
    "sender refused": ("mail", "550 no", WAITING, Reason.CONFIGURATION, 900),
}


@pytest.mark.parametrize("name", MAIL_ANSWERS)
async def test_a_mail_servers_reply_decides_what_becomes_of_the_delivery(bench: Bench, name: str) -> None:
    stage, reply, state, reason, wait = MAIL_ANSWERS[name]
    (delivery,) = await bench.plan(mailbox())
    {"mail": bench.mailbox.mail_replies, "rcpt": bench.mailbox.rcpt_replies, "data": bench.mailbox.data_replies}[
        stage
    ].append(reply)
    await bench.send(delivery)
    stored = await bench.stored(delivery)
    assert (stored.state, stored.reason) == (state, reason)
    if wait is not None:
        waited = (stored.next_attempt_at - bench.clock.now()).total_seconds()
        assert 0.8 * wait <= waited <= 1.2 * wait
    destination = await bench.around.store.destinations.get("box")
    assert destination is not None
    assert (destination.state is DestinationState.DISABLED) == (reason is Reason.GONE)


async def test_a_mail_whose_answer_was_lost_goes_again_as_the_very_same_mail(bench: Bench) -> None:
    (delivery,) = await bench.plan(mailbox())
    bench.mailbox.drop_after_data = 1
    verdict = await bench.send(delivery)
    assert (verdict.state, verdict.ambiguous) == (WAITING, True)
    assert (await bench.send(await bench.stored(delivery))).state is SENT
    first, second = bench.mailbox.mails
    assert first.raw == second.raw
    assert re.fullmatch(rf"<{delivery.id}\.[0-9a-f]{{16}}@localhost>", first.message["Message-ID"])


async def test_mails_share_a_connection_also_after_a_refusal(bench: Bench) -> None:
    deliveries = await bench.plan(mailbox(), *(alert(publication(f"CN{110000000 + n}A")) for n in range(230)))
    assert len(deliveries) >= 3
    bench.mailbox.rcpt_replies.append("450 later")
    for delivery in deliveries:
        await bench.send(delivery)
    assert bench.mailbox.connections == 1
    assert len(bench.mailbox.mails) == len(deliveries) - 1


@pytest.mark.parametrize("changes", [{"smtp_host": None}])
async def test_without_a_mail_server_the_channel_says_which_setting_is_missing(bench: Bench) -> None:
    (delivery,) = await bench.plan(mailbox())
    verdict = await bench.send(delivery)
    assert verdict.channel_stuck
    assert "ZHITUI_SMTP_HOST" in str(verdict.detail)


@pytest.mark.parametrize("changes", [{"smtp_port": 1, "wecom_base_url": "http://127.0.0.1:1"}])
@pytest.mark.parametrize("destination", [mailbox(), robot()], ids=["mail", "robot"])
async def test_a_vendor_that_cannot_be_reached_is_tried_again_and_nothing_is_ambiguous(
    bench: Bench, destination: Destination
) -> None:
    (delivery,) = await bench.plan(destination)
    verdict = await bench.send(delivery)
    assert (verdict.state, verdict.reason, verdict.ambiguous) == (WAITING, Reason.UNREACHABLE, False)


@pytest.mark.parametrize("changes", [{"smtp_security": "starttls"}])
async def test_a_server_without_starttls_gets_no_mail_in_the_clear(bench: Bench) -> None:
    (delivery,) = await bench.plan(mailbox())
    verdict = await bench.send(delivery)
    assert verdict.channel_stuck
    assert bench.mailbox.mails == []


@pytest.mark.parametrize("name", ROBOT_ANSWERS)
async def test_no_failure_of_a_robot_tells_its_key(bench: Bench, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    bench.wecom.script.append(ROBOT_ANSWERS[name][0])
    destination = robot()
    async with open_channels(bench.around.settings) as channels:
        channel = channels[destination.channel]
        with pytest.raises(ZhituiError) as caught:
            await channel.send_test(destination, NOW)
        told = (
            "".join(traceback.format_exception(caught.value)) + repr(caught.value) + repr(channel) + repr(destination)
        )
    captured = capsys.readouterr()
    assert KEY not in told + captured.out + captured.err


@pytest.mark.parametrize("unwanted", ["removed", "opted out"])
async def test_what_was_planned_before_people_left_is_not_sent(bench: Bench, unwanted: str) -> None:
    (delivery,) = await bench.plan(mailbox())
    subscriptions = bench.around.store.subscriptions
    if unwanted == "removed":
        await subscriptions.remove("battery")
    else:
        await subscriptions.opt_out("battery", "box")
    verdict = await bench.send(delivery)
    assert (verdict.state, verdict.reason, verdict.disable) == (DEAD, Reason.GONE, None)
    assert bench.mailbox.mails == []


async def test_a_retry_that_falls_into_quiet_hours_waits_for_their_end(bench: Bench) -> None:
    (delivery,) = await bench.plan(mailbox(), subscribed=subscription(quiet="10:30-12:00"))
    bench.mailbox.rcpt_replies.append("552 5.2.2 mailbox full")
    verdict = await bench.send(delivery)
    assert verdict.next_attempt_at == NOW.replace(hour=4)


async def test_a_retry_is_not_lost_over_quiet_hours_that_nobody_can_read(bench: Bench) -> None:
    (delivery,) = await bench.plan(mailbox())
    await bench.around.store.subscriptions.put(subscription(quiet="at night"))
    bench.mailbox.rcpt_replies.append("552 5.2.2 mailbox full")
    verdict = await bench.send(delivery)
    assert (verdict.state, (await bench.stored(delivery)).state) == (WAITING, WAITING)


async def test_a_destination_that_was_removed_ends_its_deliveries_visibly(bench: Bench) -> None:
    (delivery,) = await bench.plan(mailbox())
    await bench.attempts.give_up(delivery)
    assert (await bench.stored(delivery)).state is DEAD
