"""Schedules and quiet hours, in local time.

A slot tells what came before it: an alert created exactly at a slot belongs to the next one.
"""

import re
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from shared.errors import InvalidInputError

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

COLLECT = timedelta(seconds=0.5)
"""How long an immediate subscription collects, so that a burst becomes few messages."""

CLOCK_SKEW = timedelta(minutes=1)
"""An alert that lies further ahead than this was written before the clock was set back."""

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_CLOCK_FACE = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
_FORMS = "immediate、hourly、daily@HH:MM 或 weekly@mon-HH:MM（mon、tue、wed、thu、fri、sat、sun）"


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """When a subscription is told.

    Attributes:
        every: step from slot to slot; ``None`` is immediate.
        at: local time of the slot, for daily and weekly.
        weekday: 0 is Monday, for weekly.
    """

    every: timedelta | None = None
    at: time = time(0, 0)
    weekday: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet:
    """Hours in which nothing is told: from ``start`` up to, not including, ``end``; across midnight if start is later."""

    start: time
    end: time

    def covers(self, moment: time) -> bool:
        """Whether a local time of day is quiet."""
        if self.start < self.end:
            return self.start <= moment < self.end
        return moment >= self.start or moment < self.end


@lru_cache
def parse_schedule(text: str) -> Schedule:
    """Read ``immediate``, ``hourly``, ``daily@HH:MM`` or ``weekly@mon-HH:MM``.

    Raises:
        InvalidInputError: it is none of them.
    """
    kind, at, rest = text.partition("@")
    match kind:
        case "immediate" if not at:
            return Schedule()
        case "hourly" if not at:
            return Schedule(every=timedelta(hours=1))
        case "daily" if at:
            return Schedule(every=timedelta(days=1), at=_time(rest, text))
        case "weekly" if at:
            day, _, face = rest.partition("-")
            if day in WEEKDAYS:
                return Schedule(every=timedelta(days=7), at=_time(face, text), weekday=WEEKDAYS.index(day))
    raise InvalidInputError(f"推送时间“{text}”看不懂。请写成 {_FORMS}，例如 daily@09:10。")


@lru_cache
def parse_quiet(text: str | None) -> Quiet | None:
    """Read ``HH:MM-HH:MM``; ``None`` is none.

    Raises:
        InvalidInputError: it is something else, or covers nothing.
    """
    if text is None:
        return None
    start, _, end = text.partition("-")
    if not (_CLOCK_FACE.fullmatch(start) and _CLOCK_FACE.fullmatch(end)):
        raise InvalidInputError(f"免打扰时段“{text}”看不懂。请写成 HH:MM-HH:MM，例如 22:00-08:00。")
    if start == end:
        raise InvalidInputError(f"免打扰时段“{text}”的开始和结束相同。请写两个不同的时间，例如 22:00-08:00。")
    return Quiet(start=time.fromisoformat(start), end=time.fromisoformat(end))


def ready_at(
    created_at: datetime,
    now: datetime,
    *,
    schedule: Schedule,
    quiet: Quiet | None,
    zone: "ZoneInfo",
    shift_minutes: int = 0,
) -> datetime:
    """Return when what waits since ``created_at`` may be told; it is due when this is not after ``now``.

    Args:
        created_at: when the oldest waiting alert was created, aware.
        now: the present moment, aware.
        schedule: when the subscription wants to be told.
        quiet: when it does not.
        zone: local time of both.
        shift_minutes: added to moments that a clock face set and that fall on minute 0 or 30.

    Returns:
        An aware UTC datetime. What was missed (the machine slept) is due at once; so is what was created in the future
        (the clock was set back): told early rather than when the clock has caught up.
    """
    if schedule.every is None:
        due = created_at + COLLECT
    else:
        due = _shifted(_next_slot(created_at.astimezone(zone), schedule, shift_minutes), shift_minutes).astimezone(UTC)
    if created_at > now + CLOCK_SKEW:
        due = now
    due = leave_quiet(due, quiet, zone, shift_minutes=shift_minutes)
    return due if due > now else leave_quiet(now, quiet, zone, shift_minutes=shift_minutes)


def due_at(schedule: str, quiet: str | None, *, now: datetime, zone: "ZoneInfo") -> datetime:
    """Return when what is recorded now may be told, as far as the subscription alone says.

    What cannot be read is due at once: whoever plans it says what is wrong.
    """
    try:
        return ready_at(now, now, schedule=parse_schedule(schedule), quiet=parse_quiet(quiet), zone=zone)
    except InvalidInputError:
        return now


def leave_quiet(moment: datetime, quiet: Quiet | None, zone: "ZoneInfo", *, shift_minutes: int = 0) -> datetime:
    """Return the moment itself, or the end of the quiet hours that it falls into."""
    if quiet is None:
        return moment
    local = moment.astimezone(zone)
    if not quiet.covers(local.time()):
        return moment
    end = datetime.combine(local.date(), quiet.end, zone)
    if end <= local:
        end = datetime.combine(local.date() + timedelta(days=1), quiet.end, zone)
    return _shifted(end, shift_minutes).astimezone(UTC)


def shift_of(subscription_id: str) -> int:
    """Return 1 to 5 minutes, the same for ever for one subscription.

    WeCom asks not to push at minute 0 and 30, when everybody does.
    Source: https://developer.work.weixin.qq.com/document/path/90236.
    """
    return 1 + zlib.crc32(subscription_id.encode("utf-8", "surrogatepass")) % 5


def _next_slot(after: datetime, schedule: Schedule, shift_minutes: int) -> datetime:
    # Slots are looked for by their shifted time: what is created between 9:00 and 9:03 goes with the 9:03.
    if schedule.every == timedelta(hours=1):
        slot = after.replace(minute=0, second=0, microsecond=0)
        while not _is_later(_shifted(slot, shift_minutes), after):
            slot = (slot.astimezone(UTC) + timedelta(hours=1)).astimezone(after.tzinfo)
        return slot
    day = after.date()
    while True:
        slot = datetime.combine(day, schedule.at, after.tzinfo)
        fits = schedule.weekday is None or day.weekday() == schedule.weekday
        if fits and _is_later(_shifted(slot, shift_minutes), after):
            return slot
        day += timedelta(days=1)


def _is_later(one: datetime, other: datetime) -> bool:
    # Two moments of one zone are compared by their clock faces, which lie in the hour that a winter night has twice.
    return one.astimezone(UTC) > other.astimezone(UTC)


def _shifted(local: datetime, minutes: int) -> datetime:
    # Added in UTC: local arithmetic forgets which of the two hours of a winter night it is in.
    return (local.astimezone(UTC) + timedelta(minutes=minutes * (local.minute in {0, 30}))).astimezone(local.tzinfo)


def _time(text: str, whole: str) -> time:
    if not _CLOCK_FACE.fullmatch(text):
        raise InvalidInputError(f"推送时间“{whole}”里的“{text}”不是 HH:MM。请写成 {_FORMS}，例如 daily@09:10。")
    return time.fromisoformat(text)
