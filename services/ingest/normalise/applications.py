"""Application numbers.

Those of CNIPA end in a check digit (ZC 0006-2003, 专利申请号标准): the digits before it are weighed 2 … 9, then 2 … 5
again; the sum modulo 11 is the digit, ten is written ``X``. It holds for the eight digits used until September 2003
(year, kind of protection, serial number) as for the twelve used since. Kinds of protection: 1 invention, 2 utility
model, 3 design, 8 and 9 inventions and utility models that came by way of the PCT.
"""

import re
from operator import mul

_CHINESE = re.compile(r"(?:CN|ZL)?([0-9]{12}|[0-9]{8})\.?([0-9X])?")
_PCT = re.compile(r"PCT/?([A-Z]{2})/?((?:19|20)[0-9]{2}|[0-9]{2})/?([0-9]{5,6})")
_FOREIGN = re.compile(r"[A-Z]{0,2}[0-9A-Z]*[0-9]{3,}[0-9A-Z]*")
_RUINED = re.compile(r"[0-9]\.?[0-9]*E\+?[0-9]+")
_FOREIGN_MAX = 24
_SEPARATORS = re.compile(r"[\s.,/\-]+")
_WEIGHTS = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)
_CHECK_DIGITS = "0123456789X"
_KINDS_OF_PROTECTION = frozenset("12389")
_OLD_DIGITS = 8
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
    if not text or "E+" in text:  # a spreadsheet made a number of it and lost its digits
        return None
    if country == "CN" and (match := _CHINESE.fullmatch(text)):
        return _chinese(*match.groups())
    packed = re.sub(r"\s+", "", text).upper()
    if match := _PCT.fullmatch(packed):
        return _international(*match.groups())
    if country == "CN" or packed.startswith(("CN", "ZL")):
        match = _CHINESE.fullmatch(packed)
        return _chinese(*match.groups()) if match else None
    return _foreign(packed, country)


def check_digit(digits: str) -> str:
    """Return the check digit of the eight or twelve digits before it."""
    return _CHECK_DIGITS[sum(map(mul, map(int, digits), _WEIGHTS)) % 11]


def _chinese(digits: str, given: str | None) -> str | None:
    if len(digits) == _OLD_DIGITS:
        short = int(digits[:2])
        year, kind = (1900 + short if short >= _FIRST_YEAR % 100 else 2000 + short), digits[2]
        possible = _FIRST_YEAR <= year <= _LAST_YEAR_OF_EIGHT
    else:
        year, kind = int(digits[:4]), digits[4]
        possible = _LAST_YEAR_OF_EIGHT <= year <= _LATEST_YEAR
    if not possible or kind not in _KINDS_OF_PROTECTION:
        return None
    check = check_digit(digits)
    return f"{digits}.{check}" if given is None or given == check else None


def _international(office: str, year: str, serial: str) -> str:
    if len(year) < len("2004"):
        year = ("19" if int(year) >= _FIRST_PCT_YEAR else "20") + year
    return f"PCT/{office}{year}/{serial:0>6}"


def _foreign(text: str, country: str) -> str | None:
    packed = _SEPARATORS.sub("", text)
    if _RUINED.fullmatch(text) or len(packed) > _FOREIGN_MAX or not _FOREIGN.fullmatch(packed):
        return None
    if packed[:2].isalpha():
        return packed
    # International applications are filed with a national office, which their publication does not name.
    return None if country == "WO" else country + packed
