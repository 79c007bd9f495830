"""Dates as sources write them: ``2019.07.09``, ``2019-07-09``, ``2019/7/9``, ``20190709``, ``2019年7月9日``."""

import re
from datetime import date
from functools import lru_cache

_DATE = re.compile(r"(\d{4})(?:([.\-/年])(\d{1,2})[.\-/月](\d{1,2})日?|(\d{2})(\d{2}))")

EARLIEST_YEAR = 1800
LATEST_YEAR = 2100


@lru_cache(maxsize=16384)
def parse_date(text: str) -> date | None:
    """Return the date; ``None`` when it is none, does not exist (2019.02.30), or lies outside 1800 … 2100."""
    match = _DATE.fullmatch(text.strip())
    if match is None:
        return None
    year, _, month, day, packed_month, packed_day = match.groups()
    if not EARLIEST_YEAR <= int(year) <= LATEST_YEAR:
        return None
    try:
        return date(int(year), int(month or packed_month), int(day or packed_day))
    except ValueError:
        return None
