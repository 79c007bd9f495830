"""When may be told, said once more and by other means: every five minutes of two months looked at one by one."""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache

from tests.property.notifier.month import TICK
from tests.unit.notifier.making import ZONE

START = datetime(2026, 2, 1, tzinfo=ZONE)
DAYS = 56
_A_DAY = int(timedelta(days=1) / TICK)

_HOLIDAYS = {date(2026, 2, day) for day in range(15, 24)} | {date(2026, 4, day) for day in (4, 5, 6)}
_MADE_UP = {date(2026, 2, 14), date(2026, 2, 28)}
_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def works(day: date) -> bool:
    return day in _MADE_UP or (day not in _HOLIDAYS and day.weekday() < 5)


def is_quiet(at: time, quiet: str | None) -> bool:
    if quiet is None:
        return False
    start, _, end = quiet.partition("-")
    now = at.strftime("%H:%M")
    return start <= now < end if start < end else now >= start or now < end


def allowed(moment: datetime, quiet: str | None, *, workdays: bool) -> bool:
    """Whether somebody with these wishes may be told now."""
    local = moment.astimezone(ZONE)
    return not is_quiet(local.time(), quiet) and (not workdays or works(local.date()))


def latest(after: datetime, schedule: str, quiet: str | None, *, workdays: bool) -> datetime:
    """Return by when what was there at ``after`` must have been told, to five minutes."""
    slot = slot_after(after, schedule, workdays=workdays)
    return _next(_open(quiet, workdays), slot - timedelta(microseconds=1))


def slot_after(after: datetime, schedule: str, *, workdays: bool) -> datetime:
    """Return the first slot later than ``after``, quiet or not; on a day off only of those that are told every hour or at once."""
    return _next(_slots(schedule, workdays), after)


def _next(marks: "list[int]", after: datetime) -> datetime:
    place = (after - START) // TICK + 1
    return (START + marks[place] * TICK).astimezone(UTC)


def _ahead(marked: list[bool]) -> list[int]:
    """Return for each place the first one from there on that is marked."""
    ahead = [len(marked)] * len(marked)
    found = len(marked)
    for place in range(len(marked) - 1, -1, -1):
        found = place if marked[place] else found
        ahead[place] = found
    return ahead


@cache
def _open(quiet: str | None, workdays: bool) -> list[int]:  # noqa: FBT001 - cached by place
    marked = []
    for place in range(DAYS * _A_DAY):
        moment = START + place * TICK
        # After days off the day begins at nine, or when the night of the quiet hours ends.
        rested = not workdays or works(moment.date() - timedelta(days=1)) or is_quiet(time(0), quiet)
        marked.append(allowed(moment, quiet, workdays=workdays) and (rested or moment.time() >= time(9)))
    return _ahead(marked)


@cache
def _slots(schedule: str, workdays: bool) -> list[int]:  # noqa: FBT001 - cached by place
    kind, _, rest = schedule.partition("@")
    weekday, _, face = rest.rpartition("-")
    marked = [kind == "immediate" or (kind == "hourly" and place % 12 == 0) for place in range(DAYS * _A_DAY)]
    if face:
        at = int(face[:2]) * 12 + int(face[3:]) // 5
        for number in range(DAYS):
            day = START.date() + timedelta(days=number)
            if kind == "weekly" and _WEEK[day.weekday()] != weekday:
                continue
            while workdays and not works(day):
                day += timedelta(days=1)
            place = (day - START.date()).days * _A_DAY + at
            if place < len(marked):
                marked[place] = True
    return _ahead(marked)
