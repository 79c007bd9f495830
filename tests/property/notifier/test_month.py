"""Thirty days, ten thousand subscriptions whose owners change their minds, clocks that jump, a week asleep: what anybody is told."""

import random
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from services.notifier.planning.flood import SUMMARY
from shared.store.records import Notice
from shared.unsubscribe import MOST_SECTIONS
from shared.wire.subscription import Subscription
from tests.property.notifier.almanac import allowed, latest, slot_after
from tests.property.notifier.month import DESTINATIONS, FLOOD, PAGE, PEOPLE, TICK, Month, Told
from tests.unit.notifier.making import ZONE, subscription

SUBSCRIPTIONS = 10_000
FOUND_A_TICK = 8
CHANGED_A_TICK = 2
START = datetime(2026, 2, 2, tzinfo=ZONE)
TICKS = 30 * 24 * 12

JUMPS = {
    datetime(2026, 2, 3, 10, 0, tzinfo=ZONE): timedelta(hours=3),
    datetime(2026, 2, 4, 1, 0, tzinfo=ZONE): timedelta(hours=-3),
    datetime(2026, 2, 26, 16, 0, tzinfo=ZONE): timedelta(hours=-2),
    datetime(2026, 2, 27, 5, 0, tzinfo=ZONE): timedelta(hours=2),
}
"""True time → what is added to the clock on the wall."""

ASLEEP = (datetime(2026, 2, 5, 3, 0, tzinfo=ZONE), datetime(2026, 2, 12, 3, 30, tzinfo=ZONE))

SCHEDULES = (
    *("immediate", "hourly", "daily@09:10", "daily@18:30", "daily@23:30"),
    *("weekly@mon-09:00", "weekly@fri-17:05", "weekly@sun-20:15"),
)
QUIETS = (None, "22:00-08:00", "12:00-13:30", "18:00-09:00")
CAPS = (None, 1, 5, 25)

BY_CHANNEL = (list(DESTINATIONS)[:PEOPLE], list(DESTINATIONS)[PEOPLE:])

LATE = 2 * TICK
"""The planner looks once a tick, and a robot's slot moves by up to five minutes."""


A_NIGHT = timedelta(hours=33)
"""From midnight to the morning after."""

ERAS_OF_JUMPS = {0, 1, 2, 4, 5}
"""Those that a jump of the clock ends or begins."""


def is_flood(told: Told) -> bool:
    return told.remark.notice is Notice.FLOOD


def wishes(chance: random.Random, number: int) -> Subscription:
    own = list(BY_CHANNEL[chance.random() < 0.5])
    both = chance.random() < 0.1
    return subscription(
        *([chance.choice(ones) for ones in BY_CHANNEL] if both else [chance.choice(own)]),
        id=f"s{number}",
        schedule=chance.choice(SCHEDULES),
        quiet=chance.choice(QUIETS),
        cap=chance.choice(CAPS),
        workdays=chance.random() < 0.5,
        paused=chance.random() < 0.03,
    )


@pytest.fixture(scope="module")
def month() -> Month:
    chance = random.Random(20260202)
    began = START.astimezone(UTC)
    world = Month(now=began, steady_since=began)
    for number in range(SUBSCRIPTIONS):
        world.change(wishes(chance, number))
    offset = timedelta()
    for tick in range(TICKS):
        true = began + tick * TICK
        jump = JUMPS.get(true)
        offset += jump or timedelta()
        world.now = true + offset
        if jump or true == ASLEEP[1]:
            world.era += 1
            world.steady_since = max(world.steady_since, world.now)
        for _ in range(CHANGED_A_TICK):
            world.change(wishes(chance, chance.randrange(SUBSCRIPTIONS)))
        for place in range(FOUND_A_TICK):
            # One in three is found for one and the same few, so that there are long digests too, and by two of them.
            few = place % 3 == 0
            for whose in {chance.randrange(15 if few else SUBSCRIPTIONS) for _ in range(2 if few else 1)}:
                score = round(chance.random(), 3)
                world.find(f"CN{tick * FOUND_A_TICK + place}A", world.subscriptions[f"s{whose}"], score, world.now)
        if not ASLEEP[0] <= true < ASLEEP[1]:
            world.plan()
    return world


def test_a_month_happened(month: Month) -> None:
    assert len(month.told) > 25_000
    assert max(len(plan.deliveries) for _, _, plan in month.plans) > 1
    assert sum(len(told.over_cap) for told in month.told) > 1_000
    assert sum(bool(delivery.subscription_ids) for _, _, plan in month.plans for delivery in plan.deliveries) > 1_000
    assert month.dropped > 100


def test_nobody_is_told_anything_twice_and_nothing_is_lost(month: Month) -> None:
    seen = [key for _, _, plan in month.plans for key in (*(key for key, _ in plan.planned), *plan.over_cap)]
    assert len(seen) == len(set(seen))
    assert set(seen) == {alert.key for told in month.told for alert in told.alerts}


def test_nobody_is_told_in_quiet_hours_or_on_a_day_off_that_he_asked_to_be_left_alone_on(month: Month) -> None:
    for told in month.told:
        wanted = told.subscription
        assert not wanted.paused
        assert allowed(told.at, wanted.quiet, workdays=wanted.workdays), (told.at, wanted)


def test_nobody_is_told_later_than_his_schedule_says(month: Month) -> None:
    for told in month.told:
        wanted = told.subscription
        if is_flood(told):
            continue  # may rest until the morning, see below
        since = max(told.steady_since, min(alert.created_at for alert in told.alerts))
        by = latest(since, wanted.schedule, wanted.quiet, workdays=wanted.workdays)
        assert told.at <= by + LATE, (told.at, by, wanted)


def test_nobody_is_told_before_his_slot(month: Month) -> None:
    compared = 0
    for told in month.told:
        first = min(alert.created_at for alert in told.alerts)
        if told.steady_since <= first:
            compared += 1
            assert told.at >= slot_after(first, told.subscription.schedule, workdays=told.subscription.workdays)
    assert compared > 10_000


def test_what_still_waits_is_paused_or_not_due(month: Month) -> None:
    yesterday = month.now - timedelta(days=1)
    floods = [told for told in month.told if told.at > yesterday and is_flood(told)]
    summed_up = {(told.subscription.id, told.destination_id) for told in floods}
    for (subscription_id, destination_id), alerts in month.waiting.items():
        wanted = month.subscriptions[subscription_id]
        since = max(
            month.steady_since, month.changed_at[subscription_id], min(alert.created_at for alert in alerts.values())
        )
        by = latest(since, wanted.schedule, wanted.quiet, workdays=wanted.workdays)
        flooded = (subscription_id, destination_id) in summed_up
        assert wanted.paused or flooded or by + LATE > month.now


def test_nobody_is_told_more_at_a_time_than_his_cap_and_only_the_best(month: Month) -> None:
    scores = {alert.key: alert.score for told in month.told for alert in told.alerts}
    for told in month.told:
        cap = told.subscription.cap or (SUMMARY if is_flood(told) else len(told.alerts))
        best = [scores[key] for key in told.planned]
        assert len(best) == min(cap, len(told.alerts))
        assert all(scores[key] <= min(best) for key in told.over_cap)
        assert told.remark.left_out == len(told.over_cap)


def test_a_flood_is_summed_up_and_what_is_more_of_it_comes_in_the_morning(month: Month) -> None:
    one_by_one: dict[tuple[str, str, date], int] = defaultdict(int)
    summed_up: Counter[tuple[str, str, date]] = Counter()
    for told in month.told:
        day = (told.subscription.id, told.destination_id, told.at.astimezone(ZONE).date())
        if told.era in ERAS_OF_JUMPS:
            continue  # a day may come twice
        if is_flood(told):
            summed_up[day] += 1
            since = max(told.steady_since, min(alert.created_at for alert in told.alerts)) + A_NIGHT
            wanted = told.subscription
            assert told.at <= latest(since, wanted.schedule, wanted.quiet, workdays=wanted.workdays) + LATE
        else:
            of_a_day = Counter(alert.created_at.astimezone(ZONE).date() for alert in told.alerts)
            one_by_one[day] += max(of_a_day.values())
    assert len(summed_up) > 50
    assert max(summed_up.values()) <= 2  # what was left of the day before, and its own
    assert max(one_by_one.values()) < FLOOD


def test_between_two_slots_a_digest_comes_once(month: Month) -> None:
    by_group = defaultdict(list)
    for told in month.told:
        by_group[told.subscription.id, told.destination_id].append(told)
    compared = 0
    for ones in by_group.values():
        for before, after in pairwise(ones):
            wanted = after.subscription
            if before.era != after.era or after.steady_since > before.at or wanted.schedule == "immediate":
                continue
            compared += 1
            assert after.at >= slot_after(before.at, wanted.schedule, workdays=wanted.workdays), wanted
    assert compared > 1_000


def test_what_was_due_during_a_week_asleep_is_told_once_after_it(month: Month) -> None:
    woken = [told for told in month.told if told.alerts[0].created_at < ASLEEP[1] - timedelta(days=6) <= told.at]
    assert len(woken) > 1_000
    assert all(told.at >= ASLEEP[1] for told in woken)


def test_no_message_is_empty_or_longer_than_its_page(month: Month) -> None:
    for _, _, plan in month.plans:
        for delivery in plan.deliveries:
            assert 0 < len(delivery.publication_numbers) <= PAGE


def test_nobody_gets_two_messages_at_one_destination_for_one_look(month: Month) -> None:
    looks = Counter((at, destination_id) for at, destination_id, _ in month.plans)
    assert set(looks.values()) == {1}
    for _, destination_id, plan in month.plans:
        assert [delivery.page for delivery in plan.deliveries] == list(range(1, len(plan.deliveries) + 1))
        sections = {key.subscription_id for key, _ in plan.planned}
        if len(sections) <= MOST_SECTIONS and len(plan.planned) <= PAGE:
            assert len(plan.deliveries) == 1
        told = dict(plan.planned)
        for delivery in plan.deliveries:
            of_it = {key.subscription_id for key, delivery_id in told.items() if delivery_id == delivery.id}
            assert delivery.destination_id == destination_id
            assert of_it <= set(delivery.sections)
