"""On which days nobody can expect anything: weekends, and the long holidays of mainland China. Pure.

The State Council announces each year's holidays a few weeks before; what is here holds every year: fixed dates, and the
days about the Spring Festival, whose date the lunisolar calendar gives. Days that are worked off at a weekend are rest days
here: it is better to expect something a day late than to raise a false alarm.
"""

from datetime import date, timedelta
from functools import lru_cache

_SATURDAY = 5

_FIXED = frozenset(
    [(1, 1), (1, 2), (1, 3)]  # New Year
    + [(4, 4), (4, 5), (4, 6)]  # Qingming
    + [(5, day) for day in range(1, 6)]  # Labour Day
    + [(10, day) for day in range(1, 9)]  # National Day
)

_SPRING_FESTIVALS = (
    *(date(2024, 2, 10), date(2025, 1, 29), date(2026, 2, 17), date(2027, 2, 6), date(2028, 1, 26), date(2029, 2, 13)),
    *(date(2030, 2, 3), date(2031, 1, 23), date(2032, 2, 11), date(2033, 1, 31), date(2034, 2, 19), date(2035, 2, 8)),
    *(date(2036, 1, 28), date(2037, 2, 15), date(2038, 2, 4), date(2039, 1, 24), date(2040, 2, 12)),
)
_BEFORE, _AFTER = timedelta(days=2), timedelta(days=7)


def is_weekend(day: date) -> bool:
    """Whether it is a Saturday or Sunday."""
    return day.weekday() >= _SATURDAY


@lru_cache(maxsize=2048)
def is_holiday(day: date) -> bool:
    """Whether it lies in one of the holidays that close offices for days."""
    return (day.month, day.day) in _FIXED or any(
        first - _BEFORE <= day <= first + _AFTER for first in _SPRING_FESTIVALS
    )
