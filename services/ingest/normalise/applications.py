"""Application numbers.

Those of CNIPA end in a check digit (ZC 0006-2003, 专利申请号标准): the digits before it are weighed 2 … 9, then 2 … 5
again; the sum modulo 11 is the digit, ten is written ``X``. It holds for the eight digits used until September 2003
(year, kind of protection, serial number) as for the twelve used since. Kinds of protection: 1 invention, 2 utility
model, 3 design, 8 and 9 inventions and utility models that came by way of the PCT.
"""

import re
from collections.abc import Sequence
from operator import mul

RUINED = "表格软件把号码改成了科学计数，位数已丢失，留空"
UNKNOWN_FORM = "不是申请号的写法，留空"
UNKNOWN_OFFICE = "没有写明受理国，留空"
IMPOSSIBLE = "年份或专利种类不可能，留空"
CHECK_HOLDS = "去前缀，校验位相符"
CHECK_ADDED = "去前缀，补上校验位"
CHECK_FAILS = "校验位不符（应为 {check}），留空"
INTERNATIONAL = "统一为 PCT/国别年份/六位流水号"
FOREIGN = "去分隔符，加国别"

_CHINESE = re.compile(r"(?:CN|ZL)?([0-9]{12}|[0-9]{8})\.?([0-9X])?")
_PCT = re.compile(r"PCT/?([A-Z]{2})/?((?:19|20)[0-9]{2}|[0-9]{2})/?([0-9]{5,6})")
_FOREIGN = re.compile(r"[A-Z]{0,2}[0-9A-Z]*[0-9]{3,}[0-9A-Z]*")
_EUROPEAN = re.compile(r"((?:EP)?[0-9]{8})\.[0-9]")  # with its check digit, which databases leave away
_RUINED = re.compile(r"[0-9]\.?[0-9]*E\+?[0-9]+")
_RUIN = "E+"
"""Whole columns are written so, where a spreadsheet was between."""

_FOREIGN_MAX = 24
_SEPARATORS = re.compile(r"[\s.,/\-]+")
_WEIGHTS = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)
_TOO_MUCH = {digits: ord("0") * sum(_WEIGHTS[:digits]) for digits in (8, 12)}
_CHECK_DIGITS = "0123456789X"
_KINDS_OF_PROTECTION = frozenset("12389")
_OLD_DIGITS = 8
_LENGTH = len("201810389222") + 1
"""Of a number since 2003 with its check digit, nothing between."""

_FIRST_YEAR = 1985
_LAST_YEAR_OF_EIGHT = 2003
_LATEST_YEAR = 2100
_FIRST_PCT_YEAR = 78


def application_number(text: str | None, country: str = "CN") -> str | None:
    """Return the number in its usual form; ``None`` when it is ruined or does not check: never a wrong number.

    Chinese ones have no ``CN``, and their check digit after a dot; one that comes without it gets the one that follows
    from it. International ones are ``PCT/US2017/050419``; all others have their country before them.

    Args:
        text: as the source wrote it.
        country: of the publication: a number that does not name its country is of that.
    """
    return judged_application(text, country)[0] if text else None


def application_numbers(texts: Sequence[str]) -> list[str | None]:
    """Return the numbers of a column of a Chinese table, as `application_number` does."""
    return [
        None
        if _RUIN in text
        else _chinese(text[:-1], text[-1])[0]
        if len(text) == _LENGTH and text[:-1].isdigit() and text.isascii() and text[-1] in _CHECK_DIGITS
        else application_number(text)
        for text in texts
    ]


def judged_application(text: str, country: str) -> tuple[str | None, str]:
    """Return the number, as `application_number` does, and the rule that made or refused it, for people."""
    if _RUIN in text:
        return None, RUINED
    if country == "CN" and (match := _CHINESE.fullmatch(text)):
        return _chinese(*match.groups())
    packed = re.sub(r"\s+", "", text).upper()
    if match := _PCT.fullmatch(packed):
        return _international(*match.groups())
    if country == "CN" or packed.startswith(("CN", "ZL")):
        match = _CHINESE.fullmatch(packed)
        return _chinese(*match.groups()) if match else (None, UNKNOWN_FORM)
    return _foreign(packed, country)


def check_digit(digits: str) -> str:
    """Return the check digit of the eight or twelve digits before it."""
    # Weighed as characters, which is twice as quick; what that is too much comes off again.
    return _CHECK_DIGITS[(sum(map(mul, digits.encode(), _WEIGHTS)) - _TOO_MUCH[len(digits)]) % 11]


def _chinese(digits: str, given: str | None) -> tuple[str | None, str]:
    if len(digits) == _OLD_DIGITS:
        short = int(digits[:2])
        year, kind = (1900 + short if short >= _FIRST_YEAR % 100 else 2000 + short), digits[2]
        possible = _FIRST_YEAR <= year <= _LAST_YEAR_OF_EIGHT
    else:
        year, kind = int(digits[:4]), digits[4]
        possible = _LAST_YEAR_OF_EIGHT <= year <= _LATEST_YEAR
    if not possible or kind not in _KINDS_OF_PROTECTION:
        return None, IMPOSSIBLE
    check = check_digit(digits)
    if given is None:
        return f"{digits}.{check}", CHECK_ADDED
    return (f"{digits}.{check}", CHECK_HOLDS) if given == check else (None, CHECK_FAILS.format(check=check))


def _international(office: str, year: str, serial: str) -> tuple[str, str]:
    if len(year) < len("2004"):
        year = ("19" if int(year) >= _FIRST_PCT_YEAR else "20") + year
    return f"PCT/{office}{year}/{serial:0>6}", INTERNATIONAL


def _foreign(text: str, country: str) -> tuple[str | None, str]:
    european = _EUROPEAN.fullmatch(text)
    packed = _SEPARATORS.sub("", european[1] if european and country == "EP" else text)
    if _RUINED.fullmatch(text):
        return None, RUINED
    if len(packed) > _FOREIGN_MAX or not _FOREIGN.fullmatch(packed):
        return None, UNKNOWN_FORM
    if packed[:2].isalpha():
        return packed, FOREIGN
    # International applications are filed with a national office, which their publication does not name.
    return (None, UNKNOWN_OFFICE) if country == "WO" else (country + packed, FOREIGN)
