"""Dates as sources write them; which ones are read is told in docs/sources.md, "Normalisation"."""

import re
from collections.abc import Sequence
from datetime import date

from shared.kept import Kept

_YEAR_FIRST = re.compile(r"(\d{4})(?:([.\-/年])\s?(\d{1,2})[.\-/月]\s?(\d{1,2})日?|(\d{2})(\d{2}))")
_TIME = re.compile(r"[t\s]\s*\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s*(?:z|utc|gmt|[+\-]\d{2}:?\d{2})?$")
_DAY_FIRST = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH_NAME = "(" + "|".join(_MONTHS) + r")[a-z]{0,6}\.?"
_NAMED_MONTH_FIRST = re.compile(_MONTH_NAME + r"\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})")
_NAMED_DAY_FIRST = re.compile(r"(?:[a-z]{3},\s+)?(\d{1,2})(?:st|nd|rd|th)?[\s\-]+" + _MONTH_NAME + r"[\s\-,]+(\d{4})")

EARLIEST_YEAR = 1800
LATEST_YEAR = 2100
_LONGEST = 40


def parse_date(text: str) -> date | None:
    """Return the date; ``None`` when it is none, does not exist (2019.02.30), or lies outside 1800 … 2100.

    A time behind it is left away. ``05/06/2019`` is two dates, so it is none; ``05.06.2019`` is the fifth of June
    wherever dates are written with points.
    """
    if len(text) > _LONGEST:
        text = text.strip()
    return _kept[text] if len(text) <= _LONGEST else None


def parse_dates(texts: Sequence[str]) -> list[date | None]:
    """Return the dates of a column, as `parse_date` does."""
    if texts and texts.count(texts[0]) == len(texts):  # as a gazette's day
        return [parse_date(texts[0])] * len(texts)
    return list(map(_kept.__getitem__ if max(map(len, texts), default=0) <= _LONGEST else parse_date, texts))


def _parsed(text: str) -> date | None:
    text = text.strip()
    if match := _YEAR_FIRST.fullmatch(text):
        return _year_first(match)
    text = _TIME.sub("", text.lower())
    if match := _YEAR_FIRST.fullmatch(text):
        return _year_first(match)
    match = _DAY_FIRST.fullmatch(text) or _NAMED_DAY_FIRST.fullmatch(text)
    if match is not None:
        return _date(match[3], match[2], match[1])
    match = _NAMED_MONTH_FIRST.fullmatch(text)
    return _date(match[3], match[1], match[2]) if match else None


def _year_first(match: "re.Match[str]") -> date | None:
    year, _, month, day, packed_month, packed_day = match.groups()
    return _date(year, month or packed_month, day or packed_day)


def _date(year: str, month: str, day: str) -> date | None:
    if not EARLIEST_YEAR <= int(year) <= LATEST_YEAR:
        return None
    number = _MONTHS.index(month) + 1 if month in _MONTHS else int(month)
    try:
        return date(int(year), number, int(day))
    except ValueError:
        return None


_kept = Kept(_parsed, 16_384)
