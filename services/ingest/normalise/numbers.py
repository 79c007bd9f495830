"""Publication and application numbers.

Application numbers of CNIPA end in a check digit (ZC 0006-2003, 专利申请号标准): the digits before it are weighed 2 … 9,
then 2 … 5 again; the sum modulo 11 is the digit, ten is written ``X``. It holds for the eight digits used until
September 2003 as for the twelve used since.
"""

import re
from operator import mul

_SEPARATORS = re.compile(r"[\s.\-_/,]+")
_PUBLICATION = re.compile(r"([A-Z]{2})([0-9A-Z]{3,14}?)([A-Z][0-9]?)")
_USUAL = re.compile(r"CN(?:1[0-9]{8}[ABC]|2[0-9]{8}[UY]|3[0-9]{8}[SD])")
_CHINESE = re.compile(r"CN([0-9]{7,9})([ABCDSUY][0-9]?)")
_APPLICATION = re.compile(r"(?:CN|ZL)?([0-9]{12}|[0-9]{8})\.?([0-9X])?")
_WEIGHTS = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)
_CHECK_DIGITS = "0123456789X"
_KINDS_BY_FIRST_DIGIT = {"1": "ABC", "2": "UY", "3": "SD"}
_OLD_DIGITS = 8


class WrongRecordError(ValueError):
    """A record says something that cannot be.

    Attributes:
        code: reason code for the quarantine.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def publication_number(text: str) -> tuple[str, str]:
    """Return (number, kind code): country, number and kind in upper case without separators.

    Raises:
        WrongRecordError: it is none; the message is for people.
    """
    if _USUAL.fullmatch(text):
        return text, text[-1]
    number = _SEPARATORS.sub("", text).upper()
    chinese = _CHINESE.fullmatch(number)
    if chinese is not None:
        digits, kind = chinese.groups()
        allowed = _KINDS_BY_FIRST_DIGIT.get(digits[0], "")
        if len(digits) != _OLD_DIGITS and kind[0] not in allowed:
            raise WrongRecordError(
                "kind-mismatch", f"公开号 {number} 的种类码 {kind} 与号码首位 {digits[0]} 不符，请核对原始数据。"
            )
        return number, kind
    if not number:
        raise WrongRecordError("no-number", "缺少公开（公告）号，请在数据源补上后重放。")
    other = _PUBLICATION.fullmatch(number)
    if other is None or other[1] == "CN" or not any(c.isdigit() for c in other[2]):
        raise WrongRecordError(
            "bad-number", f"公开号“{text[:40]}”不成立：应为国别＋号码＋种类码，如 CN110007813A。请核对原始数据。"
        )
    return number, other[3]


def application_number(text: str | None) -> str | None:
    """Return the number without ``CN``, its check digit after a dot; ``None`` when it is ruined or does not check.

    A number that comes without its check digit gets the one that follows from it.
    """
    if not text:
        return None
    match = _APPLICATION.fullmatch(text) or _APPLICATION.fullmatch(re.sub(r"\s+", "", text).upper())
    if match is None:
        return None
    digits, given = match.groups()
    check = check_digit(digits)
    return f"{digits}.{check}" if given is None or given == check else None


def check_digit(digits: str) -> str:
    """Return the check digit of the eight or twelve digits before it."""
    return _CHECK_DIGITS[sum(map(mul, map(int, digits), _WEIGHTS)) % 11]
