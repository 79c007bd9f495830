"""Which deliveries are planned."""

from datetime import timedelta

from services.notifier.channels.email import EmailChannel
from services.notifier.channels.wecom_robot import WecomRobotChannel
from services.notifier.planning.planner import Portion, make_plan
from tests.unit.notifier.making import NOW, alert, mailbox, means, publication, robot, subscription, why

EMAIL = EmailChannel(means())
ROBOT = WecomRobotChannel(means())


def alerts(count: int) -> list:  # type: ignore[type-arg]
    return [alert(publication(f"CN{110000000 + n}A"), why(score=n / 1000)) for n in range(count)]


def test_the_cap_tells_the_best_and_counts_the_rest() -> None:
    plan = make_plan([Portion(subscription=subscription(cap=5), alerts=alerts(42))], mailbox(), EMAIL, now=NOW)
    assert [d.publication_numbers for d in plan.deliveries] == [
        tuple(f"CN{110000000 + n}A" for n in (41, 40, 39, 38, 37))
    ]
    assert plan.deliveries[0].left_out == 37
    assert len(plan.over_cap) == 37


def test_without_a_cap_everything_is_told_on_as_many_pages_as_it_takes() -> None:
    plan = make_plan([Portion(subscription=subscription(), alerts=alerts(230))], robot(), ROBOT, now=NOW)
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
    first = make_plan([Portion(subscription=subscription(), alerts=alerts(50))], mailbox(), EMAIL, now=NOW)
    again = make_plan(
        [Portion(subscription=subscription(), alerts=alerts(50)[::-1])], mailbox(), EMAIL, now=NOW + timedelta(hours=1)
    )
    assert [d.id for d in first.deliveries] == [d.id for d in again.deliveries]


def test_a_mail_holds_at_most_a_hundred_publications() -> None:
    plan = make_plan([Portion(subscription=subscription(), alerts=alerts(230))], mailbox(), EMAIL, now=NOW)
    assert max(len(d.publication_numbers) for d in plan.deliveries) <= 100
