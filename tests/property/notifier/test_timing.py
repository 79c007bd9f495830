"""When may be told, for whatever somebody wishes: held to an almanac that looks at every five minutes."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifier.planning.timing import ready_at
from shared.schedule import WEEKDAYS, parse_quiet, parse_schedule
from tests.property.notifier.almanac import START, allowed, latest, slot_after
from tests.property.notifier.month import TICK
from tests.unit.notifier.making import ZONE

faces = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.integers(0, 11).map(lambda five: 5 * five))
schedules = st.one_of(
    st.sampled_from(("immediate", "hourly")),
    st.builds("daily@{}".format, faces),
    st.builds("weekly@{}-{}".format, st.sampled_from(WEEKDAYS), faces),
)
quiets = st.sampled_from(
    (None, "22:00-08:00", "12:00-13:30", "09:00-00:00", "00:00-23:55", "08:05-08:00", "00:00-09:05")
)
moments = st.integers(8 * 24 * 3600, 40 * 24 * 3600).map(
    lambda seconds: (START + timedelta(seconds=seconds)).astimezone(UTC)
)
shifts = st.integers(0, 5)


def ready(
    created: datetime,
    now: datetime,
    schedule: str,
    quiet: str | None,
    *,
    workdays: bool,
    shift: int = 0,
    zone: ZoneInfo = ZONE,
) -> datetime:
    return ready_at(
        created,
        now,
        schedule=parse_schedule(schedule),
        quiet=parse_quiet(quiet),
        zone=zone,
        workdays=workdays,
        shift_minutes=shift,
    )


@given(created=moments, schedule=schedules, quiet=quiets, workdays=st.booleans())
def test_what_waits_is_told_at_the_first_moment_that_its_slot_and_its_owners_wishes_leave(
    *, created: datetime, schedule: str, quiet: str | None, workdays: bool
) -> None:
    at = ready(created, created, schedule, quiet, workdays=workdays)
    assert slot_after(created, schedule, workdays=workdays) - TICK <= at
    assert at <= latest(created, schedule, quiet, workdays=workdays) + TICK
    assert allowed(at, quiet, workdays=workdays)


@given(
    created=moments,
    waited=st.integers(0, 10**6),
    schedule=schedules,
    quiet=quiets,
    workdays=st.booleans(),
    shift=shifts,
)
def test_whoever_asks_again_at_that_moment_is_told_to_tell(
    *, created: datetime, waited: int, schedule: str, quiet: str | None, workdays: bool, shift: int
) -> None:
    now = created + timedelta(seconds=waited)
    at = ready(created, now, schedule, quiet, workdays=workdays, shift=shift)
    assert at >= now
    assert allowed(at, quiet, workdays=workdays)
    assert ready(created, at, schedule, quiet, workdays=workdays, shift=shift) == at


@given(created=moments, more=st.integers(0, 10**6), schedule=schedules, quiet=quiets, shift=shifts)
def test_what_came_later_is_not_told_earlier(
    created: datetime, more: int, schedule: str, quiet: str | None, shift: int
) -> None:
    later = created + timedelta(seconds=more)
    first = ready(created, created, schedule, quiet, workdays=False, shift=shift)
    assert first <= ready(later, later, schedule, quiet, workdays=False, shift=shift)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Australia/Lord_Howe", "America/St_Johns", "Asia/Kathmandu"])
@given(seconds=st.integers(0, 366 * 24 * 3600), schedule=schedules, quiet=quiets, shift=shifts)
def test_where_clocks_are_changed_a_slot_comes_soon_and_once(
    zone: str, seconds: int, schedule: str, quiet: str | None, shift: int
) -> None:
    local = ZoneInfo(zone)
    created = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    at = ready(created, created, schedule, quiet, workdays=False, shift=shift, zone=local)
    longest = timedelta(days={"immediate": 0, "hourly": 0, "daily": 1, "weekly": 7}[schedule.partition("@")[0]])
    night = timedelta(days=1 if quiet else 0)
    assert created < at <= created + longest + night + timedelta(hours=2, minutes=5)
    assert ready(created, at, schedule, quiet, workdays=False, shift=shift, zone=local) == at
