"""A source is judged by its own habits: what is unusual is told, what is usual is not."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from services.ingest.sources.calendar import is_holiday, is_weekend
from services.ingest.sources.health import HISTORY_DAYS, Sign, remarks
from shared.store.incoming import SourceHour

ZONE = ZoneInfo("Asia/Shanghai")
TUESDAY, FRIDAY = 1, 4


def at(day: date, hour: int) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=ZONE).astimezone(UTC)


def sent(day: date, hour: int = 9, *, new: int = 0, read: int | None = None, failed: bool = False) -> SourceHour:
    return SourceHour(
        source="s", hour=at(day, hour), inputs=1, failed=int(failed), read=new if read is None else read, new=new
    )


def days(first: date, last: date) -> Iterator[date]:
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)


def gazette(first: date, last: date, *, new: int = 5000) -> list[SourceHour]:
    """Tuesdays and Fridays, as the office publishes; not in the long holidays."""
    issues = [day for day in days(first, last) if day.weekday() in {TUESDAY, FRIDAY} and not is_holiday(day)]
    return [sent(day, new=new + 300 * (number % 5)) for number, day in enumerate(issues)]


def office_push(first: date, last: date) -> list[SourceHour]:
    """Every hour of office days."""
    office = [day for day in days(first, last) if not is_weekend(day) and not is_holiday(day)]
    return [sent(day, hour, new=3) for day in office for hour in range(9, 18)]


def daily(first: date, last: date) -> list[SourceHour]:
    """Every night of the week, holidays too."""
    return [sent(day, 3, new=80) for day in days(first, last)]


def signs(history: list[SourceHour], now: datetime, **more: datetime) -> list[Sign]:
    return [remark.sign for remark in remarks(history, now=now, zone=ZONE, **more)]


@pytest.mark.parametrize("habit", [gazette, office_push, daily])
def test_a_year_of_the_usual_never_raises_an_alarm(habit: Callable[[date, date], list[SourceHour]]) -> None:
    everything = habit(date(2025, 9, 1), date(2026, 9, 1))
    for number, day in enumerate([*days(date(2025, 11, 1), date(2026, 8, 31))][::2]):
        now = at(day, (0, 8, 20)[number % 3])
        known = [one for one in everything if now - timedelta(days=HISTORY_DAYS) <= one.hour < now]
        assert signs(known, now) == [], now


@pytest.mark.parametrize(
    ("habit", "told_after_days"), [(gazette, 15), (office_push, 5), (daily, 3.5)], ids=["gazette", "push", "daily"]
)
def test_a_source_that_falls_silent_is_told_after_three_times_its_usual_gap(
    habit: Callable[[date, date], list[SourceHour]], told_after_days: float
) -> None:
    last = date(2026, 6, 5)
    history = habit(date(2026, 3, 1), last)
    ended = history[-1].hour
    silent = [hours for hours in range(0, 24 * 40, 8) if Sign.SILENT in signs(history, ended + timedelta(hours=hours))]
    assert silent
    assert timedelta(hours=silent[0]) <= timedelta(days=told_after_days)
    assert silent == list(range(silent[0], 24 * 40, 8))


def test_the_sentence_says_since_when_and_what_is_usual() -> None:
    history = gazette(date(2026, 3, 1), date(2026, 6, 5))
    (remark, *_) = remarks(history, now=at(date(2026, 6, 22), 12), zone=ZONE)
    assert remark.sign is Sign.SILENT
    assert "2026-06-05 09 时以来没有新的公开" in remark.sentence
    assert "3 天" in remark.sentence


def test_the_spring_festival_is_no_silence() -> None:
    history = gazette(date(2025, 10, 1), date(2026, 2, 13))
    assert signs(history, at(date(2026, 2, 27), 12)) == []
    assert Sign.SILENT in signs(history, at(date(2026, 3, 12), 12))


def test_a_source_that_was_given_up_is_told_no_more() -> None:
    history = daily(date(2026, 1, 1), date(2026, 3, 1))
    assert Sign.SILENT in signs(history, at(date(2026, 4, 20), 12))
    assert Sign.SILENT not in signs(history, at(date(2026, 5, 20), 12))


def test_a_source_that_has_hardly_begun_is_not_judged() -> None:
    assert signs(daily(date(2026, 3, 1), date(2026, 3, 5)), at(date(2026, 4, 1), 12)) == []
    assert signs([], at(date(2026, 4, 1), 12)) == []


def test_the_same_file_day_after_day_is_told_as_known() -> None:
    history = daily(date(2026, 3, 1), date(2026, 4, 30))
    history += [sent(day, 3, new=0, read=80) for day in days(date(2026, 5, 1), date(2026, 5, 12))]
    assert Sign.KNOWN in signs(history, at(date(2026, 5, 12), 12))


def test_an_issue_that_is_missing_is_told_the_day_after() -> None:
    history = gazette(date(2026, 3, 1), date(2026, 6, 30))
    without = [one for one in history if one.hour != at(date(2026, 6, 16), 9)]
    now = at(date(2026, 6, 17), 8)
    (remark,) = remarks([one for one in without if one.hour < now], now=now, zone=ZONE)
    assert remark.sign is Sign.FEWER
    assert "2026-06-16 只有 0 件新公开" in remark.sentence


def test_an_issue_that_comes_short_is_told_until_the_rest_comes() -> None:
    history = gazette(date(2026, 3, 1), date(2026, 6, 12))
    history.append(sent(date(2026, 6, 16), new=900))
    now = at(date(2026, 6, 17), 8)
    assert signs(history, now) == [Sign.FEWER]
    history.append(sent(date(2026, 6, 17), 7, new=4500))
    assert signs(history, at(date(2026, 6, 18), 8)) == []


def test_few_records_more_or_less_are_no_shortage() -> None:
    history = [sent(day, new=5) for day in days(date(2026, 3, 1), date(2026, 6, 15))]
    history.append(sent(date(2026, 6, 16), new=1))
    assert signs(history, at(date(2026, 6, 17), 8)) == []


def test_a_web_page_counts_until_something_readable_comes() -> None:
    history = gazette(date(2026, 3, 1), date(2026, 6, 12))
    page_at = at(date(2026, 6, 16), 9)
    assert signs(history, page_at + timedelta(hours=2), web_page_at=page_at) == [Sign.WEB_PAGE]
    history.append(sent(date(2026, 6, 16), 12, new=5000))
    assert signs(history, at(date(2026, 6, 16), 14), web_page_at=page_at) == []


def test_inputs_of_which_none_can_be_read_are_told_at_the_third() -> None:
    history = gazette(date(2026, 3, 1), date(2026, 6, 12))
    for hour in (9, 10):
        history.append(sent(date(2026, 6, 16), hour, read=1, failed=True))
    assert signs(history, at(date(2026, 6, 16), 12)) == []
    history.append(sent(date(2026, 6, 16), 11, read=1, failed=True))
    assert signs(history, at(date(2026, 6, 16), 12)) == [Sign.UNREAD]
