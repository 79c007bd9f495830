"""Days on which offices work, held to the State Council's own notices."""

from datetime import date, datetime, timedelta

import pytest

from services.notifier.planning.timing import due_at, open_at, ready_at
from services.notifier.planning.workdays import is_published, is_workday, workday_after
from shared.schedule import parse_quiet, parse_schedule
from tests.unit.notifier.making import ZONE, at

OFF_2026 = (
    ("01-01", "01-03"),
    ("02-15", "02-23"),
    ("04-04", "04-06"),
    ("05-01", "05-05"),
    ("06-19", "06-21"),
    ("09-25", "09-27"),
    ("10-01", "10-07"),
)
"""国办发明电〔2025〕7号, first and last day of each holiday."""

MADE_UP_2026 = ("01-04", "02-14", "02-28", "05-09", "09-20", "10-10")

OFF_2025 = (
    ("01-01", "01-01"),
    ("01-28", "02-04"),
    ("04-04", "04-06"),
    ("05-01", "05-05"),
    ("05-31", "06-02"),
    ("10-01", "10-08"),
)
"""国办发明电〔2024〕12号."""

MADE_UP_2025 = ("01-26", "02-08", "04-27", "09-28", "10-11")


def ready(created: str, schedule: str, *, now: str | None = None, quiet: str | None = None, shift: int = 0) -> datetime:
    return ready_at(
        at(created),
        at(now or created),
        schedule=parse_schedule(schedule),
        quiet=parse_quiet(quiet),
        zone=ZONE,
        workdays=True,
        shift_minutes=shift,
    )


@pytest.mark.parametrize(("year", "off", "made_up"), [(2025, OFF_2025, MADE_UP_2025), (2026, OFF_2026, MADE_UP_2026)])
def test_every_day_of_a_published_year_is_as_the_notice_says(
    year: int, off: tuple[tuple[str, str], ...], made_up: tuple[str, ...]
) -> None:
    spans = [(date.fromisoformat(f"{year}-{a}"), date.fromisoformat(f"{year}-{b}")) for a, b in off]
    worked = {date.fromisoformat(f"{year}-{day}") for day in made_up}
    day = date(year, 1, 1)
    while day.year == year:
        expected = day in worked or (day.weekday() < 5 and not any(a <= day <= b for a, b in spans))
        assert is_workday(day) == expected, day
        day += timedelta(days=1)
    assert is_published(year)


def test_of_a_year_that_nobody_has_published_weekends_and_statutory_holidays_are_off() -> None:
    assert not is_published(2093)
    for day in ("2093-01-01", "2093-05-01", "2093-10-01", "2093-10-02", "2093-01-27", "2093-02-01"):
        assert not is_workday(date.fromisoformat(day)), day
    assert is_workday(date(2093, 2, 24))
    assert workday_after(date(2093, 9, 30)) > date(2093, 10, 3)


@pytest.mark.parametrize(
    ("created", "schedule", "due"),
    [
        ("2026-01-03T10:00", "daily@09:10", "2026-01-04T09:10"),  # a Sunday that is made up for
        ("2026-01-09T10:00", "daily@09:10", "2026-01-12T09:10"),
        ("2026-02-14T09:10", "daily@09:10", "2026-02-24T09:10"),  # Spring Festival: ten days
        ("2026-02-15T10:00", "weekly@mon-09:10", "2026-02-24T09:10"),  # both its Mondays are off
        ("2026-02-23T12:00", "weekly@mon-09:10", "2026-02-24T09:10"),
        ("2026-02-24T09:10", "weekly@mon-09:10", "2026-03-02T09:10"),
        ("2026-01-03T10:00", "weekly@sun-20:15", "2026-01-04T20:15"),
        ("2026-01-05T10:00", "weekly@sun-20:15", "2026-01-12T20:15"),
        ("2026-09-30T23:30", "hourly", "2026-10-08T09:00"),
        ("2026-01-10T15:20", "immediate", "2026-01-12T09:00"),
        ("2026-01-12T15:20", "immediate", "2026-01-12T15:20:00.500000"),
        ("2026-01-09T23:59:59.600000", "immediate", "2026-01-12T09:00"),
    ],
)
def test_what_falls_on_a_day_off_is_told_on_the_next_workday(created: str, schedule: str, due: str) -> None:
    assert ready(created, schedule) == at(due)


@pytest.mark.parametrize(
    ("created", "quiet", "due"),
    [
        ("2026-01-10T15:20", "22:00-08:00", "2026-01-12T08:00"),
        ("2026-01-09T23:00", "22:00-08:00", "2026-01-12T08:00"),  # the night ends on a Saturday
        ("2026-01-10T15:20", "08:30-09:30", "2026-01-12T09:30"),
        ("2026-01-10T15:20", "09:00-00:00", "2026-01-13T00:00"),
        ("2026-01-09T17:30", "18:00-09:00", "2026-01-09T17:30:00.500000"),
        ("2026-01-09T18:30", "18:00-09:00", "2026-01-12T09:00"),
    ],
)
def test_after_days_off_quiet_hours_hold_too(created: str, quiet: str, due: str) -> None:
    assert ready(created, "immediate", quiet=quiet) == at(due)


def test_a_robot_is_not_called_at_the_full_hour_after_days_off_either() -> None:
    assert ready("2026-01-10T15:20", "immediate", shift=3) == at("2026-01-12T09:03")
    assert ready("2026-01-10T15:20", "immediate", quiet="22:00-08:00", shift=3) == at("2026-01-12T08:03")
    assert ready("2026-01-10T15:20", "immediate", quiet="08:03-08:00", shift=3) == at("2026-01-12T08:00")


def test_who_wakes_up_on_a_day_off_waits_for_the_workday() -> None:
    assert ready("2026-01-08T12:00", "daily@09:10", now="2026-01-10T11:00") == at("2026-01-12T09:00")


def test_who_did_not_ask_for_workdays_is_told_on_holidays() -> None:
    new_year = at("2026-01-01T10:00")
    assert due_at("daily@11:00", None, workdays=False, now=new_year, zone=ZONE) == at("2026-01-01T11:00")
    assert due_at("daily@11:00", None, workdays=True, now=new_year, zone=ZONE) == at("2026-01-04T11:00")
    assert open_at(new_year, None, ZONE) == new_year
