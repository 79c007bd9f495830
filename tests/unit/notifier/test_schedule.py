"""When is told: slots, quiet hours, clocks that jump."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from services.notifier.planning.timing import LOOK_SECONDS, ready_at, rest_seconds, shift_of
from shared.errors import InvalidInputError
from shared.schedule import parse_quiet, parse_schedule
from tests.unit.notifier.making import ZONE, at


def ready(
    created: str, *, now: str | None = None, schedule: str = "immediate", quiet: str | None = None, shift: int = 0
) -> datetime:
    return ready_at(
        at(created),
        at(now or created),
        schedule=parse_schedule(schedule),
        quiet=parse_quiet(quiet),
        zone=ZONE,
        shift_minutes=shift,
    )


def test_immediate_collects_for_half_a_second() -> None:
    assert ready("2026-01-05T10:00:00") == at("2026-01-05T10:00:00.500000")


def test_what_was_missed_while_the_machine_slept_is_due_at_once() -> None:
    for schedule in ("immediate", "hourly", "daily@09:10", "weekly@mon-09:10"):
        assert ready("2026-01-05T08:00", now="2026-01-14T11:11", schedule=schedule) == at("2026-01-14T11:11")


@pytest.mark.parametrize(
    ("created", "schedule", "due"),
    [
        ("2026-01-05T10:12", "hourly", "2026-01-05T11:00"),
        ("2026-01-05T10:00", "hourly", "2026-01-05T11:00"),
        ("2026-01-05T09:09:59", "daily@09:10", "2026-01-05T09:10"),
        ("2026-01-05T09:10", "daily@09:10", "2026-01-06T09:10"),
        ("2026-01-31T23:59", "daily@00:00", "2026-02-01T00:00"),
        ("2026-01-05T09:09", "weekly@mon-09:10", "2026-01-05T09:10"),
        ("2026-01-05T09:10", "weekly@mon-09:10", "2026-01-12T09:10"),
        ("2026-01-06T10:00", "weekly@sun-20:15", "2026-01-11T20:15"),
    ],
)
def test_a_slot_tells_what_came_before_it(created: str, schedule: str, due: str) -> None:
    assert ready(created, schedule=schedule) == at(due)


@pytest.mark.parametrize(
    ("created", "quiet", "due"),
    [
        ("2026-01-05T23:00", "22:00-08:00", "2026-01-06T08:00"),
        ("2026-01-06T07:59", "22:00-08:00", "2026-01-06T08:00"),
        ("2026-01-06T08:00", "22:00-08:00", "2026-01-06T08:00:00.500000"),
        ("2026-01-05T21:59", "22:00-08:00", "2026-01-05T21:59:00.500000"),
        ("2026-01-05T12:30", "12:00-13:00", "2026-01-05T13:00"),
        ("2026-01-05T21:59:59.600000", "22:00-08:00", "2026-01-06T08:00"),
    ],
)
def test_in_quiet_hours_nothing_is_told_before_their_end(created: str, quiet: str, due: str) -> None:
    assert ready(created, quiet=quiet) == at(due)


def test_who_wakes_up_in_quiet_hours_waits_for_their_end() -> None:
    assert ready("2026-01-05T12:00", now="2026-01-05T23:30", quiet="22:00-08:00") == at("2026-01-06T08:00")


def test_a_robot_is_not_called_at_minute_0_or_30() -> None:
    assert ready("2026-01-05T08:00", schedule="daily@09:00", shift=3) == at("2026-01-05T09:03")
    assert ready("2026-01-05T09:01", schedule="daily@09:00", shift=3) == at("2026-01-05T09:03")
    assert ready("2026-01-05T09:03", schedule="daily@09:00", shift=3) == at("2026-01-06T09:03")
    assert ready("2026-01-05T08:00", schedule="daily@09:30", shift=3) == at("2026-01-05T09:33")
    assert ready("2026-01-05T08:00", schedule="daily@09:10", shift=3) == at("2026-01-05T09:10")
    assert ready("2026-01-05T10:01", schedule="hourly", shift=3) == at("2026-01-05T10:03")
    assert ready("2026-01-05T23:00", quiet="22:00-08:00", shift=3) == at("2026-01-06T08:03")


def test_the_shift_is_one_to_five_minutes_and_always_the_same() -> None:
    shifts = {shift_of(f"s{n}") for n in range(200)}
    assert shifts == {1, 2, 3, 4, 5}
    assert shift_of("battery") == shift_of("battery")


def test_what_was_created_in_the_future_is_told_now_rather_than_when_the_clock_has_caught_up() -> None:
    for schedule in ("immediate", "daily@09:10"):
        assert ready("2027-01-05T10:00", now="2026-01-05T10:00", schedule=schedule) == at("2026-01-05T10:00")


def test_a_little_skew_between_machines_is_not_a_jump() -> None:
    assert ready("2026-01-05T10:00:05", now="2026-01-05T10:00:00") == at("2026-01-05T10:00:05.500000")


def test_a_time_zone_with_summer_time_keeps_the_clock_face() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    before = datetime(2026, 3, 28, 12, 0, tzinfo=berlin)
    due = ready_at(before, before, schedule=parse_schedule("daily@09:10"), quiet=None, zone=berlin)
    assert due.astimezone(berlin).isoformat() == "2026-03-29T09:10:00+02:00"
    hourly = ready_at(
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
        schedule=parse_schedule("hourly"),
        quiet=None,
        zone=berlin,
    )
    assert hourly - datetime(2026, 10, 25, 0, 30, tzinfo=UTC) == timedelta(minutes=30)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "daily",
        "daily@",
        "daily@9:10",
        "daily@24:00",
        "weekly@09:10",
        "weekly@xxx-09:10",
        "hourly@3",
        "immediate@1",
        "daily@０９:10",
    ],
)
def test_a_schedule_that_cannot_be_read_is_refused_with_the_right_forms(text: str) -> None:
    with pytest.raises(InvalidInputError, match=r"daily@09:10"):
        parse_schedule(text)


@pytest.mark.parametrize("text", ["", "22:00", "22-8", "22:00-25:00", "08:00-08:00", "aa:bb-cc:dd"])
def test_quiet_hours_that_cannot_be_read_are_refused_with_an_example(text: str) -> None:
    with pytest.raises(InvalidInputError, match=r"22:00-08:00"):
        parse_quiet(text)


@pytest.mark.parametrize(
    ("next_due_seconds", "rests_seconds"),
    [
        (None, LOOK_SECONDS),
        (-60, LOOK_SECONDS),
        (0, LOOK_SECONDS),
        (0.1, 0),
        (0.25, 0.05),
        (0.2 + LOOK_SECONDS * 3, LOOK_SECONDS),
    ],
    ids=["nothing waits", "waits for its turn", "was due already", "became due meanwhile", "soon", "much later"],
)
def test_what_became_due_while_others_were_planned_does_not_wait_for_the_next_look(
    next_due_seconds: float | None, rests_seconds: float
) -> None:
    looked_at = at("2026-01-05T10:00:00")
    next_at = None if next_due_seconds is None else looked_at + timedelta(seconds=next_due_seconds)
    assert rest_seconds(looked_at, next_at, looked_at + timedelta(seconds=0.2)) == pytest.approx(rests_seconds)
