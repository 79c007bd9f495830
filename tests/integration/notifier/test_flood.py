"""Under a flood, and while a vendor's rate is used up, messages become summaries and say why."""

import asyncio
from datetime import timedelta

import pytest

from services.notifier.planning.loop import Planner
from shared.runtime.members import Everything, Share
from shared.store.records import AlertState, Notice
from shared.unsubscribe import Unsubscriber
from tests.integration.notifier.conftest import Bench
from tests.unit.notifier.making import ZONE, alert, at, mailbox, publication, robot, subscription, why


@pytest.fixture
def changes() -> dict[str, object]:
    return {"flood_limit": 20}


def found(bench: Bench, first: int, count: int) -> list:  # type: ignore[type-arg]
    return [
        alert(publication(f"CN{110000000 + n}A"), why(score=n / 1000), created_at=bench.clock.now())
        for n in range(first, first + count)
    ]


async def test_what_is_too_much_for_a_day_becomes_one_summary_and_the_rest_of_the_day_another_in_the_morning(
    bench: Bench,
) -> None:
    (summary,) = await bench.plan(mailbox(), *found(bench, 0, 30))
    assert summary.notice is Notice.FLOOD
    assert (len(summary.publication_numbers), summary.left_out) == (20, 10)
    await bench.send(summary)
    assert "建议收窄画像" in bench.mailbox.mails[-1].body("plain")

    assert await bench.plan(mailbox(), *found(bench, 100, 3)) == [await bench.stored(summary)]
    morning = await bench.around.store.alerts.next_due_at()
    assert morning is not None
    assert morning.astimezone(ZONE).isoformat() == "2026-01-06T09:00:00+08:00"

    bench.clock.set(morning)
    await bench.planner.plan_due()
    second = (await bench.around.store.deliveries.recent())[0]
    assert second.notice is Notice.FLOOD
    assert len(second.publication_numbers) == 3
    counts = await bench.around.store.alerts.state_counts()
    assert counts == {AlertState.PLANNED: 23, AlertState.OVER_CAP: 10}


def start_anew(bench: Bench, share: Share | None = None) -> Planner:
    """As after a crash: nothing is known but what is stored."""
    unsubscriber = Unsubscriber(bench.around.secrets, bench.around.settings.public_url)
    bench.planner = Planner(
        bench.around, bench.channels, unsubscriber, bench.patience, asyncio.Event(), share=share or Everything()
    )
    return bench.planner


class Moving(Everything):
    """The share of a process among several, of which others come and go."""

    def __init__(self) -> None:
        self.buckets = frozenset({1, 2})


async def test_a_notifier_that_is_started_anew_lets_no_further_flood_through(bench: Bench) -> None:
    (summary,) = await bench.plan(mailbox(), *found(bench, 0, 30))
    start_anew(bench)
    assert await bench.plan(mailbox(), *found(bench, 100, 3)) == [summary]
    assert await bench.around.store.alerts.next_due_at() == at("2026-01-06T09:00")


async def test_what_was_held_back_is_summed_up_in_the_morning_by_a_notifier_started_in_the_night(bench: Bench) -> None:
    await bench.plan(mailbox(), *found(bench, 0, 30))
    await bench.plan(mailbox(), *found(bench, 100, 3))
    bench.clock.set(at("2026-01-06T00:30"))
    start_anew(bench)
    assert len(await bench.plan(mailbox(), *found(bench, 200, 2))) == 1, "past midnight it is still night"
    bench.clock.set(at("2026-01-06T09:00"))
    await bench.planner.plan_due()
    second, _ = await bench.around.store.deliveries.recent()
    assert second.notice is Notice.FLOOD
    assert len(second.publication_numbers) == 5


async def test_what_was_told_one_by_one_before_a_restart_counts(bench: Bench) -> None:
    await bench.plan(mailbox(), *found(bench, 0, 15))
    start_anew(bench)
    summary, usual = await bench.plan(mailbox(), *found(bench, 100, 6))
    assert (usual.notice, summary.notice) == (None, Notice.FLOOD)


async def test_what_another_process_told_meanwhile_counts(bench: Bench) -> None:
    share = Moving()
    ours = start_anew(bench, share)
    await bench.plan(mailbox(), *found(bench, 0, 10))
    start_anew(bench)
    await bench.plan(mailbox(), *found(bench, 100, 8))
    bench.planner, share.buckets = ours, frozenset({1, 3})
    summary, *_ = await bench.plan(mailbox(), *found(bench, 200, 3))
    assert summary.notice is Notice.FLOOD


async def test_of_a_message_of_several_each_subscription_is_counted_for_itself(bench: Bench) -> None:
    store = bench.around.store
    await store.subscriptions.put(subscription(id="motors", cap=1))
    motors = [
        alert(publication(f"CN12000000{n}A"), subscription_id="motors", created_at=bench.clock.now()) for n in range(3)
    ]
    (both,) = await bench.plan(mailbox(), *found(bench, 0, 18), *motors)
    assert both.sections == ("battery", "motors")
    start_anew(bench)
    usual, _ = await bench.plan(mailbox(), *found(bench, 100, 1))
    assert usual.notice is None
    summary, *_ = await bench.plan(mailbox(), *found(bench, 200, 1))
    assert summary.notice is Notice.FLOOD


async def test_what_waited_for_a_robots_turn_says_so(bench: Bench) -> None:
    (first,) = await bench.plan(robot())
    assert first.notice is None
    late = alert(publication("CN110083999A"), destination_id="group", created_at=bench.clock.now())
    await bench.plan(robot(), late)
    await bench.send(first)
    await bench.clock.advance(timedelta(minutes=1).total_seconds())
    await bench.planner.plan_due()
    second = (await bench.around.store.deliveries.recent())[0]
    assert second.notice is Notice.COLLECTED
    await bench.send(second)
    assert "频率上限" in str(bench.wecom.accepted[-1].body)
