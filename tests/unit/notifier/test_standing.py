"""What becomes of a group that is due."""

from datetime import timedelta

import msgspec
import pytest

from services.notifier.channels.email import EmailChannel
from services.notifier.channels.wecom_robot import WecomRobotChannel
from services.notifier.planning.standing import RECHECK, Tell, judge, told_at
from shared.errors import InvalidInputError
from shared.store.records import DueGroup
from shared.wire.subscription import Channel, DestinationState
from tests.unit.notifier.making import NOW, ZONE, mailbox, means, robot, subscription

EMAIL = EmailChannel(means())
ROBOT = WecomRobotChannel(means())
CHANNELS = {Channel.EMAIL: EMAIL}
GROUP = DueGroup(due=0, subscription_id="battery", destination_id="box", oldest_created_at=NOW)
LATER = {"now": NOW + timedelta(minutes=5), "zone": ZONE}


def test_what_is_paused_unverified_or_disabled_waits_without_an_end() -> None:
    later = {"now": NOW + timedelta(days=30), "zone": ZONE}
    assert told_at(GROUP, subscription(paused=True), mailbox(), EMAIL, **later) is None  # type: ignore[arg-type]
    for state in (DestinationState.UNVERIFIED, DestinationState.DISABLED):
        assert told_at(GROUP, subscription(), mailbox(state), EMAIL, **later) is None  # type: ignore[arg-type]


def test_who_asked_for_silence_is_told_when_that_is_over_and_not_before() -> None:
    until = NOW + timedelta(days=7)
    muted = msgspec.structs.replace(mailbox(), muted_until=until)
    assert told_at(GROUP, subscription(), muted, EMAIL, **LATER) == until  # type: ignore[arg-type]
    assert told_at(GROUP, subscription(), muted, EMAIL, now=until, zone=ZONE) is not None
    assert isinstance(judge(GROUP, subscription(), muted, CHANNELS, now=until, zone=ZONE), Tell)
    assert told_at(GROUP, subscription(paused=True), muted, EMAIL, **LATER) is None  # type: ignore[arg-type]


def test_a_robots_slot_is_moved_away_from_the_full_hour_and_a_mailboxs_is_not() -> None:
    daily = subscription(schedule="daily@12:00")
    mail = told_at(GROUP, daily, mailbox(), EMAIL, now=NOW, zone=ZONE)
    group = told_at(GROUP, daily, robot(), ROBOT, now=NOW, zone=ZONE)
    assert mail == NOW + timedelta(hours=2)
    assert group is not None
    assert mail is not None
    assert timedelta(minutes=1) <= group - mail <= timedelta(minutes=5)


def test_what_may_be_told_is_told_with_what_holds_now() -> None:
    told = judge(GROUP, subscription(), mailbox(), CHANNELS, **LATER)  # type: ignore[arg-type]
    assert told == Tell(subscription=subscription(), destination=mailbox(), channel=EMAIL)
    assert isinstance(told, Tell)
    assert told.group == ("battery", "box")


def test_what_has_its_time_rests_until_then() -> None:
    daily = subscription(schedule="daily@12:00")
    assert judge(GROUP, daily, mailbox(), CHANNELS, **LATER) == NOW + timedelta(hours=2)  # type: ignore[arg-type]


def test_what_waits_for_a_person_or_a_later_version_rests_for_a_while() -> None:
    recheck = NOW + timedelta(minutes=5) + RECHECK
    assert judge(GROUP, subscription(paused=True), mailbox(), CHANNELS, **LATER) == recheck  # type: ignore[arg-type]
    unverified = mailbox(DestinationState.UNVERIFIED)
    assert judge(GROUP, subscription(), unverified, CHANNELS, **LATER) == recheck  # type: ignore[arg-type]
    assert judge(GROUP, subscription("group"), robot(), CHANNELS, **LATER) == recheck  # type: ignore[arg-type]


def test_what_nobody_is_to_be_told_is_dropped() -> None:
    assert judge(GROUP, None, mailbox(), CHANNELS, **LATER) is None  # type: ignore[arg-type]
    assert judge(GROUP, subscription(), None, CHANNELS, **LATER) is None  # type: ignore[arg-type]
    assert judge(GROUP, subscription("group"), mailbox(), CHANNELS, **LATER) is None  # type: ignore[arg-type]
    left = subscription("box", "group", opted_out=("box",))
    assert judge(GROUP, left, mailbox(), CHANNELS, **LATER) is None  # type: ignore[arg-type]


def test_a_schedule_that_cannot_be_read_is_said() -> None:
    with pytest.raises(InvalidInputError, match="every day"):
        judge(GROUP, subscription(schedule="every day"), mailbox(), CHANNELS, **LATER)  # type: ignore[arg-type]
