"""Under a flood, and while a vendor's rate is used up, messages become summaries and say why."""

from datetime import timedelta

import pytest

from shared.store.records import AlertState, Notice
from tests.integration.notifier.conftest import Bench
from tests.unit.notifier.making import ZONE, alert, mailbox, publication, robot, why


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
