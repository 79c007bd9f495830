"""A subscription's time in one sentence, in both languages of the portal. Pure."""

from datetime import timedelta
from typing import TYPE_CHECKING

from services.portal.desk.refusals import Text
from shared.errors import InvalidInputError
from shared.schedule import parse_quiet, parse_schedule

if TYPE_CHECKING:
    from datetime import time

    from shared.schedule import Schedule
    from shared.wire.subscription import Subscription

WEEKDAYS = (
    Text("周一", "Monday"),
    Text("周二", "Tuesday"),
    Text("周三", "Wednesday"),
    Text("周四", "Thursday"),
    Text("周五", "Friday"),
    Text("周六", "Saturday"),
    Text("周日", "Sunday"),
)

_NOTE = Text("；没有新命中时每月说一声", "; a word once a month when nothing is new")


def words_of(subscription: "Subscription") -> Text:
    """Return when a subscription sends, in words; one that an older version wrote and nobody can read is said as it is."""
    try:
        return in_words(
            subscription.schedule,
            subscription.quiet,
            cap=subscription.cap,
            workdays=subscription.workdays,
            heartbeat=subscription.heartbeat,
        )
    except InvalidInputError:
        return Text(subscription.schedule, subscription.schedule)


def in_words(
    schedule: str, quiet: str | None, *, cap: int | None = None, workdays: bool = False, heartbeat: bool = False
) -> Text:
    """Return when messages come (``每个工作日 9:00，最多 20 条，22:00–8:00 静默；没有新命中时每月说一声``).

    Args:
        schedule: as of `shared.wire.subscription.Subscription`, like the others.
        quiet: hours in which nothing is sent.
        cap: most publications of a message.
        workdays: nothing is sent on days off.
        heartbeat: a month without anything is told.

    Raises:
        InvalidInputError: schedule or quiet hours cannot be read.
    """
    parts = [_when(parse_schedule(schedule), workdays=workdays)]
    if cap is not None:
        parts.append(Text(f"最多 {cap} 条", f"at most {cap} in a message"))
    if hours := parse_quiet(quiet):
        start, end = _face(hours.start), _face(hours.end)
        parts.append(Text(f"{start}–{end} 静默", f"silent from {start} to {end}"))
    note = _NOTE if heartbeat else Text("", "")
    return Text("，".join(part.zh for part in parts) + note.zh, ", ".join(part.en for part in parts) + note.en)


def _when(schedule: "Schedule", *, workdays: bool) -> Text:
    at = _face(schedule.at)
    if schedule.every is None:
        return Text("工作日一公开就发", "At once, on workdays") if workdays else Text("一公开就发", "At once")
    if schedule.every == timedelta(hours=1):
        return Text("工作日每小时汇总", "Every hour, on workdays") if workdays else Text("每小时汇总", "Every hour")
    if schedule.weekday is None:
        return (
            Text(f"每个工作日 {at}", f"Every workday at {at}") if workdays else Text(f"每天 {at}", f"Every day at {at}")
        )
    day = WEEKDAYS[schedule.weekday]
    late = Text("（遇休息日顺延到下个工作日）", " (on the next workday after a day off)") if workdays else Text("", "")
    return Text(f"每{day.zh} {at}{late.zh}", f"Every {day.en} at {at}{late.en}")


def _face(moment: "time") -> str:
    return f"{moment.hour}:{moment.minute:02}"
