"""Workdays in China: weekends and public holidays are off, the days that make up for a longer holiday are not.

The State Council publishes each year's arrangement in the autumn before (https://www.gov.cn/zhengce/zhengceku/); it comes with
releases of the library. Of a year whose arrangement this version does not know, the days off are the weekends and the
statutory holidays that the law fixes (国务院《全国年节及纪念日放假办法》, by the lunar calendar), with no day made up for.
"""

from datetime import date, timedelta
from functools import lru_cache

from holidays import country_holidays

_SATURDAY = 5
_DAY = timedelta(days=1)


@lru_cache(maxsize=4096)
def is_workday(day: date) -> bool:
    """Whether offices work on a day."""
    off, made_up = _exceptions(day.year)
    return day in made_up or (day.weekday() < _SATURDAY and day not in off)


def workday_after(day: date) -> date:
    """Return the first workday later than a day."""
    day += _DAY
    while not is_workday(day):
        day += _DAY
    return day


def is_published(year: int) -> bool:
    """Whether this version knows the State Council's arrangement of a year: since 2007 each has had days that are made up for."""
    return bool(_exceptions(year)[1])


@lru_cache(maxsize=16)
def _exceptions(year: int) -> tuple[frozenset[date], frozenset[date]]:
    calendar = country_holidays("CN", years=year)
    made_up = frozenset(day for day in calendar.weekend_workdays if day.year == year)
    return frozenset(day for day in calendar if day not in made_up), made_up
