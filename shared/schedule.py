"""Schedules and quiet hours as people write them."""

import re
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import lru_cache

from shared.errors import InvalidInputError

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

    def falls_on(self, day: date) -> bool:
        """Whether a day has a slot."""
        return self.weekday is None or day.weekday() == self.weekday


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


def _time(text: str, whole: str) -> time:
    if not _CLOCK_FACE.fullmatch(text):
        raise InvalidInputError(f"推送时间“{whole}”里的“{text}”不是 HH:MM。请写成 {_FORMS}，例如 daily@09:10。")
    return time.fromisoformat(text)
