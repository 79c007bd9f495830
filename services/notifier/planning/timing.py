"""When what waits may be told, in local time.

A slot tells what came before it: an alert created exactly at a slot belongs to the next one.
"""

import zlib
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from services.notifier.planning.workdays import is_workday, workday_after
from shared.errors import InvalidInputError
from shared.schedule import parse_quiet, parse_schedule

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from shared.schedule import Quiet, Schedule

COLLECT = timedelta(seconds=0.5)
"""How long an immediate subscription collects, so that a burst becomes few messages."""

LOOK_SECONDS = 1.0
"""How often it is looked at least, for what other processes recorded."""

CLOCK_SKEW = timedelta(minutes=1)
"""An alert that lies further ahead than this was written before the clock was set back."""

MORNING = time(9, 0)
"""When a workday begins for what came on days off, unless quiet hours say when the night ends."""

_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)
_NONE = timedelta(0)
_ROUND = frozenset({0, 30})


def rest_seconds(looked_at: datetime, next_at: datetime | None, now: datetime) -> float:
    """Return how long to rest after a look at what is due.

    Args:
        looked_at: when it began; what was due by then was planned, or waits for its turn or for another process and is not
            looked at all the time.
        next_at: when the next alert that waits is due, ``None``: none waits.
        now: when it ended.
    """
    if next_at is None or next_at <= looked_at:
        return LOOK_SECONDS
    return min(max((next_at - now).total_seconds(), 0.0), LOOK_SECONDS)


def ready_at(
    created_at: datetime,
    now: datetime,
    *,
    schedule: "Schedule",
    quiet: "Quiet | None",
    zone: "ZoneInfo",
    workdays: bool = False,
    shift_minutes: int = 0,
) -> datetime:
    """Return when what waits since ``created_at`` may be told; it is due when this is not after ``now``.

    Args:
        created_at: when the oldest waiting alert was created, aware.
        now: the present moment, aware.
        schedule: when the subscription wants to be told.
        quiet: when it does not.
        zone: local time of both.
        workdays: it wants nothing on days off; a slot that falls on one moves to the next workday, same time.
        shift_minutes: added to moments that a clock face set and that fall on minute 0 or 30.

    Returns:
        An aware UTC datetime. What was missed (the machine slept) is due at once; so is what was created in the future
        (the clock was set back): told early rather than when the clock has caught up.
    """
    if schedule.every is None:
        due = created_at + COLLECT
    else:
        due = _next_slot(created_at, schedule, zone, shift_minutes, workdays=workdays)
    if created_at > now + CLOCK_SKEW:
        due = now
    if due <= now:
        return _opens(now.astimezone(UTC), quiet, zone, workdays, shift_minutes)
    return open_at(due, quiet, zone, workdays=workdays, shift_minutes=shift_minutes)


@lru_cache(maxsize=1024)
def _opens(now: datetime, quiet: "Quiet | None", zone: "ZoneInfo", workdays: bool, shift_minutes: int) -> datetime:  # noqa: FBT001 - cached by place
    """Return `open_at` of a moment in UTC: many groups are judged at one."""
    return open_at(now, quiet, zone, workdays=workdays, shift_minutes=shift_minutes)


def due_at(schedule: str, quiet: str | None, *, workdays: bool, now: datetime, zone: "ZoneInfo") -> datetime:
    """Return when what is recorded now may be told, as far as the subscription alone says.

    What cannot be read is due at once: whoever plans it says what is wrong.
    """
    try:
        return ready_at(
            now, now, schedule=parse_schedule(schedule), quiet=parse_quiet(quiet), zone=zone, workdays=workdays
        )
    except InvalidInputError:
        return now


def open_at(
    moment: datetime, quiet: "Quiet | None", zone: "ZoneInfo", *, workdays: bool = False, shift_minutes: int = 0
) -> datetime:
    """Return the moment itself, or the end of the quiet hours and days off that it falls into."""
    if quiet is None and not workdays:
        return moment
    local = moment.astimezone(zone)
    while workdays and not is_workday(local.date()):
        local = _reopened(_morning(workday_after(local.date()), quiet, zone), quiet, shift_minutes)
    if quiet is None or not quiet.covers(local.time()):
        return local.astimezone(UTC)
    end = datetime.combine(local.date(), quiet.end, local.tzinfo)
    if end <= local:
        end = datetime.combine(local.date() + _DAY, quiet.end, local.tzinfo)
    end = _reopened(end, quiet, shift_minutes)
    if workdays and not is_workday(end.date()):
        return open_at(end, quiet, zone, workdays=True, shift_minutes=shift_minutes)
    return end.astimezone(UTC)


def morning_after(now: datetime, quiet: "Quiet | None", zone: "ZoneInfo", *, workdays: bool = False) -> datetime:
    """Return when the next day begins for what need not be told today: at `MORNING`, or when the night's quiet hours end."""
    tomorrow = now.astimezone(zone).date() + _DAY
    return open_at(_morning(tomorrow, quiet, zone).astimezone(UTC), quiet, zone, workdays=workdays)


def shift_of(destination_id: str) -> int:
    """Return 1 to 5 minutes, the same for ever for one destination, so that what is told it at one time stays together.

    WeCom asks not to push at minute 0 and 30, when everybody does.
    Source: https://developer.work.weixin.qq.com/document/path/90236.
    """
    return 1 + zlib.crc32(destination_id.encode("utf-8", "surrogatepass")) % 5


def _morning(day: date, quiet: "Quiet | None", zone: "ZoneInfo") -> datetime:
    night_ends = quiet is not None and quiet.covers(time(0, 0))
    return datetime.combine(day, quiet.end if quiet is not None and night_ends else MORNING, zone)


def _reopened(end: datetime, quiet: "Quiet | None", shift_minutes: int) -> datetime:
    shifted = _shifted(end, shift_minutes)
    return end if quiet is not None and quiet.covers(shifted.time()) else shifted


def _next_slot(
    after: datetime, schedule: "Schedule", zone: "ZoneInfo", shift_minutes: int, *, workdays: bool
) -> datetime:
    # Slots are looked for by their shifted time: what is created between 9:00 and 9:03 goes with the 9:03. They are compared
    # in UTC: two moments of one zone are compared by their clock faces, which lie in the hour that a winter night has twice.
    local = after.astimezone(zone)
    shift = timedelta(minutes=shift_minutes) if schedule.at.minute in _ROUND else _NONE
    if schedule.every == _HOUR:
        slot = local.replace(minute=0, second=0, microsecond=0).astimezone(UTC) + shift
        while slot <= after:
            slot += _HOUR
        return slot
    day = local.date()
    while True:
        if _has_slot(day, schedule, workdays=workdays):
            slot = _moment(day, schedule.at, zone) + shift
            if slot > after:
                return slot
        day += _DAY


@lru_cache(maxsize=4096)
def _moment(day: date, at: time, zone: "ZoneInfo") -> datetime:
    return datetime.combine(day, at, zone).astimezone(UTC)


def _has_slot(day: date, schedule: "Schedule", *, workdays: bool) -> bool:
    if not workdays:
        return schedule.falls_on(day)
    if not is_workday(day):
        return False
    while not schedule.falls_on(day):
        day -= _DAY
        if is_workday(day):
            return False
    return True  # its own, or that of a day off just before it


def _shifted(local: datetime, minutes: int) -> datetime:
    # Added in UTC: local arithmetic forgets which of the two hours of a winter night it is in.
    return (local.astimezone(UTC) + timedelta(minutes=minutes * (local.minute in _ROUND))).astimezone(local.tzinfo)
