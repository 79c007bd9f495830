"""A robot takes twenty messages a minute: what comes faster is collected, and whoever shares the key shares the minute."""

from datetime import timedelta

from services.notifier.channels.port import Rate
from services.notifier.delivery.turns import MARGIN_SECONDS, Turn, Turns
from shared.store.records import Delivery
from shared.wire.subscription import Destination
from tests.integration.notifier.conftest import Bench
from tests.unit.notifier.making import alert, mailbox, publication, robot


async def plan_another(bench: Bench, destination: Destination) -> list[Delivery]:
    late = alert(publication("CN110083999A"), destination_id=destination.id, created_at=bench.clock.now())
    return await bench.plan(destination, late)


async def test_while_a_robots_messages_wait_for_their_turn_what_comes_is_collected(bench: Bench) -> None:
    (first,) = await bench.plan(robot())
    assert await plan_another(bench, robot()) == [first]
    await bench.send(first)
    await bench.planner.plan_due()
    second, _ = await bench.around.store.deliveries.recent()
    assert second.publication_numbers == ("CN110083999A",)


async def test_a_robots_message_that_failed_does_not_hold_the_others_back(bench: Bench) -> None:
    (first,) = await bench.plan(robot())
    attempt = await bench.around.store.deliveries.start(first.id, owner="test", now=bench.clock.now(), lease_seconds=0)
    assert attempt is not None
    await bench.around.store.deliveries.finish(
        attempt,
        state=first.state,
        now=bench.clock.now(),
        next_attempt_at=bench.clock.now() + timedelta(hours=1),
    )
    assert len(await plan_another(bench, robot())) == 2


async def test_a_mailbox_has_no_queue(bench: Bench) -> None:
    await bench.plan(mailbox())
    assert len(await plan_another(bench, mailbox())) == 2


async def test_calls_made_before_a_restart_count_for_all_who_share_the_lane(bench: Bench) -> None:
    rate = Rate(calls=1, window_seconds=60.0)
    before, restarted = (Turns(bench.around.store.lanes, hold_seconds=10) for _ in range(2))
    turn = await before.take("lane", rate)
    assert isinstance(turn, Turn)
    assert await restarted.take("lane", rate) == 60.0 + MARGIN_SECONDS + 10
    await bench.clock.advance(2)
    await before.over(turn, called=True)
    assert await restarted.take("lane", rate) == 60.0 + MARGIN_SECONDS
    await bench.clock.advance(61)
    assert isinstance(await restarted.take("lane", rate), Turn)


async def test_a_turn_without_a_call_is_free_again_at_once(bench: Bench) -> None:
    rate = Rate(calls=1, window_seconds=60.0)
    turns = Turns(bench.around.store.lanes, hold_seconds=10)
    for _ in range(3):
        turn = await turns.take("lane", rate)
        assert isinstance(turn, Turn)
        await turns.over(turn, called=False)


async def test_a_lane_without_a_limit_is_not_counted(bench: Bench) -> None:
    turns = Turns(bench.around.store.lanes, hold_seconds=10)
    for _ in range(100):
        assert isinstance(await turns.take("lane", None), Turn)
