"""Whether a source behaves as it usually does: judged from what it sent, by the hour, and the time. Pure.

A source has its own habits: a gazette comes on Tuesdays and Fridays, a push every few minutes of office hours. So nothing
is compared with a fixed number, but with what the same source did before; one that has done little yet is not judged.
"""

from collections import defaultdict
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from statistics import median, quantiles
from typing import TYPE_CHECKING

import msgspec

from services.ingest.sources.calendar import is_holiday, is_weekend
from services.ingest.sources.problems import NOTHING_RECOGNISED, WEB_PAGE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

    from shared.store.incoming import SourceHour

HISTORY_DAYS = 150
"""How far back is looked: a season of habits, and the time after which a silent source counts as given up."""

GIVEN_UP_DAYS = 60
HABIT_ARRIVALS = 5
"""So many gaps between arrivals make a habit."""

TIMES_USUAL = 3.0
LEAST_GAP = timedelta(hours=26)
"""Nights, and a source that is an hour later than yesterday, are no silence, however often it usually sends."""

HABIT_WEEKS = 4
USUAL_WEEKS = 8
WORTH_RECORDS = 20
"""A weekday that usually brings fewer records than this is not compared: small numbers vary."""

FAILED_INPUTS = 3
_REST_SHARE = 0.1
_DAY, _WEEK = timedelta(days=1), timedelta(days=7)


class Sign(StrEnum):
    """What may be wrong with a source."""

    VISIT = "visit"
    WEB_PAGE = "web-page"
    UNREAD = "unread"
    SILENT = "silent"
    KNOWN = "known"
    FEWER = "fewer"


class Remark(msgspec.Struct, frozen=True):
    """What is wrong, in a sentence for people that says what to do."""

    sign: Sign
    sentence: str


def remarks(
    hours: "Sequence[SourceHour]", *, now: datetime, zone: "ZoneInfo", web_page_at: datetime | None = None
) -> list[Remark]:
    """Return what is wrong with a source, the worst first.

    Args:
        hours: what it sent in the last `HISTORY_DAYS`, in order.
        now: the moment to judge at.
        zone: where its days begin and end.
        web_page_at: when it last sent a page for a browser, as far as is known.
    """
    found = [_unreadable(hours, web_page_at), _silence(hours, now, zone), _shortage(hours, now, zone)]
    return [remark for remark in found if remark is not None]


def _unreadable(hours: "Sequence[SourceHour]", web_page_at: datetime | None) -> Remark | None:
    good_at = max((one.hour for one in hours if one.inputs > one.failed), default=None)
    if web_page_at is not None and (good_at is None or web_page_at >= good_at + timedelta(hours=1)):
        return Remark(Sign.WEB_PAGE, WEB_PAGE)
    failed = sum(one.failed for one in hours if good_at is None or one.hour > good_at)
    return Remark(Sign.UNREAD, NOTHING_RECOGNISED) if failed >= FAILED_INPUTS else None


def _silence(hours: "Sequence[SourceHour]", now: datetime, zone: "ZoneInfo") -> Remark | None:
    arrivals = [one.hour for one in hours if one.new]
    if len(arrivals) <= HABIT_ARRIVALS or now - arrivals[-1] > timedelta(days=GIVEN_UP_DAYS):
        return None
    rests = _rests_at_weekends([_day(hour, zone) for hour in arrivals])
    gaps = [_working(*pair, zone, rests_at_weekends=rests).total_seconds() for pair in pairwise(arrivals)]
    usual = timedelta(seconds=quantiles(gaps, n=10, method="inclusive")[-1])
    gap = _working(arrivals[-1], now, zone, rests_at_weekends=rests)
    if gap <= max(TIMES_USUAL * usual, LEAST_GAP):
        return None
    last = f"{arrivals[-1].astimezone(zone):%Y-%m-%d %H} 时"
    if any(one.read > one.new and one.hour > arrivals[-1] for one in hours):
        return Remark(
            Sign.KNOWN,
            f"{last}以来送来的都是已经有的公开：来源可能反复给出同一份文件。请核对文件或查询的日期范围，并询问来源。",
        )
    return Remark(
        Sign.SILENT,
        f"{last}以来没有新的公开；平时间隔不超过 {_told(usual)}（休息日不计）。请看来源是否停了、改了地址或权限，并询问来源。",
    )


def _shortage(hours: "Sequence[SourceHour]", now: datetime, zone: "ZoneInfo") -> Remark | None:
    counts: defaultdict[date, int] = defaultdict(int)
    for one in hours:
        counts[_day(one.hour, zone)] += one.new
    if not any(counts.values()):
        return None
    first = min(day for day, count in counts.items() if count)
    today = _day(now, zone)
    week = sum(counts[today - number * _DAY] for number in range(1, 8))
    usual_weeks = [
        sum(counts[today - (7 * weeks + number) * _DAY] for number in range(1, 8))
        for weeks in range(1, USUAL_WEEKS + 1)
        if today - 7 * (weeks + 1) * _DAY >= first
    ]
    if len(usual_weeks) < HABIT_WEEKS or 4 * week >= 3 * median(usual_weeks):
        return None
    short = []
    for number in range(1, 8):
        day = today - number * _DAY
        usual = median(counts[day - weeks * _WEEK] for weeks in range(1, len(usual_weeks) + 1))
        if usual >= WORTH_RECORDS and 2 * counts[day] < usual and not is_holiday(day):
            short.append((usual - counts[day], day, usual))
    if not short:
        return None
    _, day, usual = max(short)
    return Remark(
        Sign.FEWER,
        f"{day:%Y-%m-%d} 只有 {counts[day]} 件新公开，平时这个星期几约 {usual:.0f} 件，这一周也没有补上。"
        "请核对这一天的文件是否完整，缺的补放进来。",
    )


def _day(moment: datetime, zone: "ZoneInfo") -> date:
    return moment.astimezone(zone).date()


def _rests_at_weekends(days: "Sequence[date]") -> bool:
    return sum(map(is_weekend, days)) < _REST_SHARE * len(days)


def _working(since: datetime, until: datetime, zone: "ZoneInfo", *, rests_at_weekends: bool) -> timedelta:
    """Return the time between two moments, without the days on which the source rests."""
    rest = timedelta()
    day, last = _day(since, zone), _day(until, zone)
    while day <= last:
        if is_holiday(day) or (rests_at_weekends and is_weekend(day)):
            begins = datetime(day.year, day.month, day.day, tzinfo=zone)
            rest += max(min(begins + _DAY, until) - max(begins, since), timedelta())
        day += _DAY
    return until - since - rest


def _told(span: timedelta) -> str:
    hours = span / timedelta(hours=1)
    return f"{hours / 24:.0f} 天" if hours >= 48 else f"{max(hours, 1):.0f} 小时"  # noqa: PLR2004 - two days
