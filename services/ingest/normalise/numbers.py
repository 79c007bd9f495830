"""Publication numbers of all offices in one form: country, number and kind code, upper case, no separators.

What is told of each office's numbers is public: CNIPA's standards ZC 0007-2012 (专利文献号标准) and ZC 0008-2012
(专利文献种类标识代码标准), WIPO's handbook (ST.6 numbers, ST.16 kind codes, and the inventory of both by office), the
PCT's Administrative Instructions (section 404: four digits for the year since July 2004). An application and its
publication are one number however a source writes it, so the form here is the one that the offices' own databases
exchange; where two are in use (``US2020123456A1``), the longer one, which says everything.
"""

import re
import unicodedata
from collections.abc import Sequence

from services.ingest.normalise.offices import form_of, in_latin

_SEPARATORS = re.compile(r"[\s.\-_/,]+")
_USUAL = re.compile(r"CN(?:1[0-9]{8}[ABC]|2[0-9]{8}[UY]|3[0-9]{8}[SD])")
_USUAL_LENGTH = len("CN110007813A")
_NUMBER = re.compile(r"([A-Z]{2})([0-9A-Z]*?[0-9]{2,})([A-Z][0-9]?)?")
_KIND = re.compile(r"[A-Z][0-9]?")
_LONGEST = 40
"""Characters that any office's number has, however it is written; more are not searched for one."""

_CHINA = "CN"
_LETTER_AT_END = "SG"
"""Singapore's numbers end in a check letter, which is no kind code."""

_CHINESE = re.compile(r"([0-9]{7,9})")
_CHINESE_KIND = re.compile(r"A[89]?|[BCUYSD][1-9]?")
_KINDS_BY_PROTECTION = {"1": "ABC", "2": "UY", "3": "SD"}
_USUAL_PAIRS = {(protection, kind) for protection, kinds in _KINDS_BY_PROTECTION.items() for kind in kinds}
_FIRST_ERA = range(85, 89)
_FIRST_ERA_DIGITS = 8


class WrongRecordError(ValueError):
    """A record says something that cannot be.

    Attributes:
        code: reason code for the quarantine.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def publication_number(text: str, kind: str = "", *, kindless: bool = False) -> tuple[str, str]:
    """Return (number, kind code).

    Args:
        text: the number, with or without its kind code.
        kind: the kind code, where the source keeps it apart.
        kindless: whether a number without any kind code will do; the code is ``""`` then.

    Raises:
        WrongRecordError: it is none; the message is for people.
    """
    if _USUAL.fullmatch(text + kind):
        return text + kind, kind or text[-1]
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    packed = _SEPARATORS.sub("", text).upper()
    if len(packed) > _LONGEST:
        raise _bad(text)
    if not packed:
        raise WrongRecordError("no-number", "缺少公开（公告）号，请在数据源补上后重放。")
    match = _NUMBER.fullmatch(packed if packed.isascii() else in_latin(text))
    if match is None:
        raise _bad(text)
    country, digits, own_kind = match.groups()
    said = _SEPARATORS.sub("", kind).upper()
    if country == _LETTER_AT_END and kindless and not said and own_kind:
        digits, own_kind = digits + own_kind, None
    if said and own_kind and said != own_kind:
        raise WrongRecordError(
            "kind-mismatch", f"公开号 {packed} 与种类码“{kind[:10]}”不符；两者的种类码必须相同。请核对原始数据。"
        )
    code = own_kind or said
    if (not code and not kindless) or (code and not _KIND.fullmatch(code)):
        raise _bad(text)
    number = _china(digits, code) if country == _CHINA else form_of(country, digits, code)
    if number is None:
        raise _bad(text)
    return f"{country}{number}{code}", code


def usual_numbers(texts: Sequence[str]) -> Sequence[str | None]:
    """Return the Chinese numbers that stand in their one form already, kind code last; ``None`` for others."""
    if _all_usual(texts):
        return texts
    return [text if _USUAL.fullmatch(text) else None for text in texts]


def _all_usual(texts: Sequence[str]) -> bool:
    """Whether all fit `_USUAL`: asked of all first characters, then of all second ones, and so on."""
    joined = ",".join([*texts, ""])
    step, count = _USUAL_LENGTH + 1, len(texts)
    if len(joined) != count * step or not joined.isascii():
        return False
    country, number = (joined[0::step], joined[1::step]), [joined[at::step] for at in range(2, _USUAL_LENGTH - 1)]
    # That commas stand where they were put tells that there is none within a text.
    return (
        country == ("C" * count, "N" * count)
        and joined[_USUAL_LENGTH::step] == "," * count
        and "".join(number).isdigit()
        and set(zip(number[0], joined[_USUAL_LENGTH - 1 :: step], strict=True)) <= _USUAL_PAIRS
    )


def _bad(text: str) -> WrongRecordError:
    return WrongRecordError(
        "bad-number", f"公开号“{text[:40]}”不成立：应为国别＋号码＋种类码，如 CN110007813A。请核对原始数据。"
    )


def _china(digits: str, kind: str) -> str | None:
    """Seven digits since 1989, nine since 2004 … 2007; eight from 1985 to 1988, which begin with the year.

    The kind of protection (1, 2, 3) must fit the kind code: A and C (1993 to 2010) or B inventions, U or Y (1993 to
    2010) utility models, S or D (1993 to 2010) designs; a digit behind it tells of reprints and partial invalidity.
    """
    if not _CHINESE.fullmatch(digits):
        return None
    first_era = len(digits) == _FIRST_ERA_DIGITS
    if first_era and int(digits[:2]) not in _FIRST_ERA:
        return None
    protection = digits[2] if first_era else digits[0]
    if kind and kind[0] not in _KINDS_BY_PROTECTION.get(protection, ""):
        raise WrongRecordError(
            "kind-mismatch",
            f"公开号 CN{digits}{kind} 的种类码 {kind} 与号码里的专利种类 {protection} 不符，请核对原始数据。",
        )
    return digits if not kind or _CHINESE_KIND.fullmatch(kind) else None
