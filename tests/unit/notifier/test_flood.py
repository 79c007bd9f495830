"""What becomes of a subscription that brings more than anybody reads."""

import json
from datetime import timedelta

import pytest

from services.notifier.channels.email import EmailChannel
from services.notifier.planning.flood import SUMMARY, Floods
from services.notifier.planning.planner import Portion, make_plan
from services.notifier.planning.standing import Tell
from services.notifier.templates import robot, webhook_body
from services.notifier.templates.around import NOTICES
from services.notifier.templates.robot_forms import WECOM_MARKDOWN
from shared.store.records import Alert, Notice
from tests.golden.notifier.examples import message
from tests.unit.notifier.making import NOW, ZONE, alert, mailbox, means, publication, subscription, why

EMAIL = EmailChannel(means())
GROUP = ("battery", "box")
TELL = Tell(subscription=subscription(quiet="22:00-08:00"), destination=mailbox(), channel=EMAIL)


def alerts(count: int, *, days_old: int = 0) -> list[Alert]:
    created = NOW - timedelta(days=days_old)
    return [
        alert(publication(f"CN{110000000 + 1000 * days_old + n}A"), why(score=n / 1000), created_at=created)
        for n in range(count)
    ]


@pytest.fixture
def floods() -> Floods:
    return Floods(limit=50, zone=ZONE)


def test_below_the_limit_nothing_is_a_flood(floods: Floods) -> None:
    assert not floods.is_one(GROUP, alerts(49), NOW)
    assert floods.is_one(GROUP, alerts(50), NOW)


def test_what_was_told_today_counts(floods: Floods) -> None:
    floods.count(GROUP, 45, NOW)
    assert not floods.is_one(GROUP, alerts(4), NOW)
    assert floods.is_one(GROUP, alerts(5), NOW)
    assert not floods.is_one(("battery", "group"), alerts(6), NOW)


def test_a_week_of_busy_days_is_no_flood(floods: Floods) -> None:
    week = [one for day in range(7) for one in alerts(40, days_old=day)]
    assert not floods.is_one(GROUP, week, NOW)
    assert floods.is_one(GROUP, week + alerts(50, days_old=9), NOW)


def test_after_its_summary_it_rests_until_the_morning_and_is_summed_up_once_more(floods: Floods) -> None:
    assert floods.rests_until(TELL, NOW) is None
    floods.count(GROUP, 50, NOW)
    morning = floods.rests_until(TELL, NOW)
    assert morning is not None
    assert morning.astimezone(ZONE).isoformat() == "2026-01-06T08:00:00+08:00"
    assert floods.rests_until(TELL, morning - timedelta(hours=7)) == morning, "past midnight it is still night"
    assert floods.rests_until(TELL, morning) is None
    assert floods.is_one(GROUP, alerts(3), morning)
    floods.count(GROUP, 3, morning)
    assert not floods.is_one(GROUP, alerts(3), morning)
    assert floods.rests_until(TELL, morning) is None


def test_a_clock_that_is_set_back_does_not_hold_it_back_for_longer_than_a_night(floods: Floods) -> None:
    ahead = NOW + timedelta(days=365)
    floods.count(GROUP, 50, ahead)
    assert floods.rests_until(TELL, ahead) is not None
    morning = floods.rests_until(TELL, NOW)
    assert morning is not None
    assert morning - NOW < timedelta(days=1)


def test_a_summary_names_the_best_and_counts_the_rest() -> None:
    plan = make_plan([Portion(subscription(), alerts(600), notice=Notice.FLOOD)], mailbox(), EMAIL, now=NOW)
    (delivery,) = plan.deliveries
    assert delivery.notice is Notice.FLOOD
    assert delivery.publication_numbers == tuple(f"CN{110000000 + n}A" for n in range(599, 599 - SUMMARY, -1))
    assert delivery.left_out == len(plan.over_cap) == 600 - SUMMARY


def test_who_asked_for_a_cap_gets_it_in_a_summary_too() -> None:
    plan = make_plan([Portion(subscription(cap=30), alerts(600), notice=Notice.FLOOD)], mailbox(), EMAIL, now=NOW)
    assert [len(delivery.publication_numbers) for delivery in plan.deliveries] == [30]


@pytest.mark.parametrize("notice", NOTICES)
def test_programs_and_people_are_told_what_is_unusual_about_a_message(notice: Notice) -> None:
    unusual = message(notice=notice)
    assert json.loads(webhook_body.render(unusual))["data"]["notice"] == notice
    assert NOTICES[notice] in robot.render(WECOM_MARKDOWN, unusual.frame, unusual.alerts)
    assert "notice" not in json.loads(webhook_body.render(message()))["data"]
