"""Thirty days, thousands of subscriptions whose owners change their minds, clocks that jump, a week asleep: what anybody is told."""

import asyncio
import random
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from services.notifier.planning.flood import SUMMARY
from shared.store.records import Notice
from shared.testing.clock import ManualClock
from shared.unsubscribe import MOST_SECTIONS
from shared.wire.subscription import Subscription
from tests.property.notifier.almanac import allowed, latest, slot_after
from tests.property.notifier.month import CHANNELS, DESTINATIONS, FLOOD, PAGE, PEOPLE, SILENT_PEOPLE, TICK, Month, Told
from tests.unit.notifier.making import NOW, ZONE, subscription

SUBSCRIPTIONS, FOUND = 10_000, 9_600
"""For the last ones nothing is ever found."""

QUARTER = 0.25
"""Of people, subscriptions, what is found and what is changed: as much as one waits for in ``make test``."""

RESTARTS = 12
WATCHED_EVERY = 73
"""Ticks between two looks for whom nothing came for a month."""

FOUND_A_TICK = 8
CHANGED_A_TICK = 2
FEW = 16
"""For whom so much is found that their digests are long, and a flood on many days."""

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

BY_CHANNEL = tuple([one.id for one in DESTINATIONS.values() if one.channel is channel] for channel in CHANNELS)

LATE = 2 * TICK
"""The planner looks once a tick, and a robot's slot moves by up to five minutes."""


A_NIGHT = timedelta(hours=33)
"""From midnight to the morning after."""

SHORTEST_MONTH, LONGEST_MONTH = timedelta(days=27, hours=12), timedelta(days=33)
"""From any hour of a day to nine in the morning of the same day of the next month, and a day on which something waited."""

ERAS_OF_JUMPS = {0, 1, 2, 4, 5}
"""Those that a jump of the clock ends or begins."""


def is_flood(told: Told) -> bool:
    return told.remark.notice is Notice.FLOOD


def wishes(chance: random.Random, number: int, share: float) -> Subscription:
    silent = number >= FOUND * share
    own = list(BY_CHANNEL[chance.random() < 0.5])
    both = chance.random() < 0.1
    places = slice(PEOPLE, PEOPLE + int(SILENT_PEOPLE * share)) if silent else slice(int(PEOPLE * share))
    return subscription(
        *([chance.choice(ones[places]) for ones in BY_CHANNEL] if both else [chance.choice(own[places])]),
        id=f"s{number}",
        schedule=chance.choice(SCHEDULES),
        quiet=chance.choice(QUIETS),
        cap=chance.choice(CAPS),
        workdays=chance.random() < 0.5,
        paused=chance.random() < 0.03,
        heartbeat=chance.random() < (0.5 if silent else 0.1),
        created_at=NOW + timedelta(days=number % 28),
    )


@pytest.fixture(scope="module", params=[QUARTER, pytest.param(1.0, marks=pytest.mark.long)])
def month(request: pytest.FixtureRequest) -> Month:
    return asyncio.run(a_month(request.param))


async def a_month(share: float) -> Month:
    subscriptions, found_a_tick = int(SUBSCRIPTIONS * share), int(FOUND_A_TICK * share)
    chance = random.Random(20260202)
    began = START.astimezone(UTC)
    clock = ManualClock(began)
    world = Month(clock, steady_since=began, share=share)
    restarts = {chance.randrange(TICKS) for _ in range(RESTARTS)}
    for number in range(subscriptions):
        world.change(wishes(chance, number, share))
    offset = timedelta()
    for tick in range(TICKS):
        true = began + tick * TICK
        jump = JUMPS.get(true)
        offset += jump or timedelta()
        clock.set(true + offset)
        if jump or true == ASLEEP[1]:
            world.era += 1
            world.steady_since = max(world.steady_since, clock.now())
        for _ in range(int(CHANGED_A_TICK * share) or tick % 2):
            world.change(wishes(chance, chance.randrange(subscriptions), share))
        for number in range(tick * found_a_tick, (tick + 1) * found_a_tick):
            # One in three is found for one and the same few, so that there are long digests too, and by two of them.
            few = number % 3 == 0
            among = int((FEW if few else FOUND) * share)
            for whose in {chance.randrange(among) for _ in range(2 if few else 1)}:
                world.find(f"CN{number}A", f"s{whose}", round(chance.random(), 3))
        if tick in restarts:
            world.restart()
        if not ASLEEP[0] <= true < ASLEEP[1]:
            await world.plan()
            if tick % WATCHED_EVERY == 0:
                await world.watch()
    return world


def test_a_month_happened(month: Month) -> None:
    assert len(month.told) > 25_000 * month.share
    assert max(len(plan.deliveries) for _, _, plan, _ in month.plans) > 1
    assert sum(len(told.over_cap) for told in month.told) > 1_000 * month.share
    of_several = sum(bool(one.subscription_ids) for _, _, plan, _ in month.plans for one in plan.deliveries)
    assert of_several > 1_000 * month.share
    assert month.store.alerts.dropped > 100 * month.share
    assert month.restarts == RESTARTS
    assert len(month.notes) > 50 * month.share


def test_nobody_is_told_anything_twice_and_nothing_is_lost(month: Month) -> None:
    seen = [key for _, _, plan, _ in month.plans for key in (*(key for key, _ in plan.planned), *plan.over_cap)]
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
    assert compared > 10_000 * month.share


def test_what_still_waits_is_paused_or_not_due(month: Month) -> None:
    yesterday = month.clock.now() - timedelta(days=1)
    floods = [told for told in month.told if told.at > yesterday and is_flood(told)]
    summed_up = {(told.subscription.id, told.destination_id) for told in floods}
    for (subscription_id, destination_id), alerts in month.store.alerts.waiting.items():
        if not alerts:
            continue
        wanted = month.store.subscriptions.now[subscription_id]
        since = max(
            month.steady_since, month.changed_at[subscription_id], min(alert.created_at for alert in alerts.values())
        )
        by = latest(since, wanted.schedule, wanted.quiet, workdays=wanted.workdays)
        flooded = (subscription_id, destination_id) in summed_up
        assert wanted.paused or flooded or by + LATE > month.clock.now()


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
    assert len(summed_up) > 50 * month.share
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
    assert compared > 1_000 * month.share


def test_what_was_due_during_a_week_asleep_is_told_once_after_it(month: Month) -> None:
    woken = [told for told in month.told if told.alerts[0].created_at < ASLEEP[1] - timedelta(days=6) <= told.at]
    assert len(woken) > 1_000 * month.share
    assert all(told.at >= ASLEEP[1] for told in woken)


def test_no_message_is_empty_or_longer_than_its_page(month: Month) -> None:
    for _, _, plan, _ in month.plans:
        for delivery in plan.deliveries:
            assert 0 < len(delivery.publication_numbers) <= PAGE


def test_nobody_gets_two_messages_at_one_destination_for_one_look(month: Month) -> None:
    # A clock that is set back shows one moment twice.
    looks = Counter((planned.era, planned.at, planned.destination_id) for planned in month.plans)
    assert set(looks.values()) == {1}
    for _, destination_id, plan, _ in month.plans:
        assert [delivery.page for delivery in plan.deliveries] == list(range(1, len(plan.deliveries) + 1))
        sections = {key.subscription_id for key, _ in plan.planned}
        if len(sections) <= MOST_SECTIONS and len(plan.planned) <= PAGE:
            assert len(plan.deliveries) == 1
        told = dict(plan.planned)
        for delivery in plan.deliveries:
            of_it = {key.subscription_id for key, delivery_id in told.items() if delivery_id == delivery.id}
            assert delivery.destination_id == destination_id
            assert of_it <= set(delivery.sections)


def test_a_note_comes_after_a_silent_month_and_never_twice_in_one(month: Month) -> None:
    for note in month.notes:
        first = note.asked[0]
        since = note.told_at or min(one.created_at for one in note.asked)
        assert note.at - since >= SHORTEST_MONTH, note
        assert note.waited == 0, note
        assert allowed(note.at, first.quiet, workdays=first.workdays), note
    assert max(Counter((note.destination_id, note.at.astimezone(ZONE).month) for note in month.notes).values()) == 1


def test_everybody_who_asked_and_heard_nothing_for_a_month_was_told_so(month: Month) -> None:
    asking = defaultdict(list)
    for one in month.store.subscriptions.now.values():
        for destination_id in one.destinations:
            if one.heartbeat and not one.paused:
                asking[destination_id].append(one)
    heard = {destination_id: at for at, destination_id, _, _ in month.plans}
    for note in month.notes:
        heard[note.destination_id] = max(note.at, heard.get(note.destination_id, note.at))
    ended = month.clock.now()
    compared = 0
    for destination_id, those in asking.items():
        if min(those, key=lambda one: one.id).workdays or any(one.quiet for one in those):
            continue  # may rest until later
        changed = max(month.changed_at[one.id] for one in those)
        if any(month.store.alerts.waiting[one.id, destination_id] for one in those):
            continue
        compared += 1
        since = max(heard.get(destination_id, min(one.created_at for one in those)), changed - SHORTEST_MONTH)
        assert ended - since <= LONGEST_MONTH, (destination_id, since)
    assert compared > 20 * month.share
