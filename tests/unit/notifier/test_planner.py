"""Which deliveries are planned."""

from datetime import timedelta

from services.notifier.channels.email import EmailChannel
from services.notifier.channels.wecom_robot import WecomRobotChannel
from services.notifier.planning.planner import make_plan, told_at
from shared.settings import load_settings
from shared.store.records import PendingGroup
from shared.wire.subscription import DestinationState
from tests.unit.notifier.making import NOW, ZONE, alert, mailbox, publication, robot, subscription, why

EMAIL = EmailChannel(load_settings())
ROBOT = WecomRobotChannel(load_settings())
GROUP = PendingGroup(
    subscription_id="battery", destination_id="box", count=1, oldest_created_at=NOW, newest_created_at=NOW
)


def alerts(count: int) -> list:  # type: ignore[type-arg]
    return [alert(publication(f"CN{110000000 + n}A"), why(score=n / 1000)) for n in range(count)]


def test_what_is_paused_unverified_or_disabled_waits_without_an_end() -> None:
    later = {"now": NOW + timedelta(days=30), "zone": ZONE}
    assert told_at(GROUP, subscription(paused=True), mailbox(), EMAIL, **later) is None  # type: ignore[arg-type]
    for state in (DestinationState.UNVERIFIED, DestinationState.DISABLED):
        assert told_at(GROUP, subscription(), mailbox(state), EMAIL, **later) is None  # type: ignore[arg-type]


def test_a_robots_slot_is_moved_away_from_the_full_hour_and_a_mailboxs_is_not() -> None:
    daily = subscription(schedule="daily@12:00")
    mail = told_at(GROUP, daily, mailbox(), EMAIL, now=NOW, zone=ZONE)
    group = told_at(GROUP, daily, robot(), ROBOT, now=NOW, zone=ZONE)
    assert mail == NOW + timedelta(hours=2)
    assert group is not None
    assert mail is not None
    assert timedelta(minutes=1) <= group - mail <= timedelta(minutes=5)


def test_the_cap_tells_the_best_and_counts_the_rest() -> None:
    plan = make_plan(alerts(42), subscription(cap=5), mailbox(), EMAIL, now=NOW, unsubscribe_url=None)
    assert [d.publication_numbers for d in plan.deliveries] == [
        tuple(f"CN{110000000 + n}A" for n in (41, 40, 39, 38, 37))
    ]
    assert plan.deliveries[0].left_out == 37
    assert len(plan.over_cap) == 37


def test_without_a_cap_everything_is_told_on_as_many_pages_as_it_takes() -> None:
    plan = make_plan(alerts(230), subscription(), robot(), ROBOT, now=NOW, unsubscribe_url=None)
    assert len(plan.deliveries) > 10
    assert {(d.page, d.pages) for d in plan.deliveries} == {
        (n, len(plan.deliveries)) for n in range(1, len(plan.deliveries) + 1)
    }
    assert sorted(n for d in plan.deliveries for n in d.publication_numbers) == [
        f"CN{110000000 + n}A" for n in range(230)
    ]
    assert len(plan.planned) == 230
    assert plan.over_cap == ()


def test_the_same_alerts_become_the_same_deliveries_in_whatever_order_they_come() -> None:
    first = make_plan(alerts(50), subscription(), mailbox(), EMAIL, now=NOW, unsubscribe_url=None)
    again = make_plan(
        alerts(50)[::-1], subscription(), mailbox(), EMAIL, now=NOW + timedelta(hours=1), unsubscribe_url=None
    )
    assert [d.id for d in first.deliveries] == [d.id for d in again.deliveries]


def test_a_mail_holds_at_most_a_hundred_publications() -> None:
    plan = make_plan(alerts(230), subscription(), mailbox(), EMAIL, now=NOW, unsubscribe_url=None)
    assert max(len(d.publication_numbers) for d in plan.deliveries) <= 100
