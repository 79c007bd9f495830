"""How foreign offices' numbers are written, one function an office: from any of their forms to the one of databases."""

import re
from collections.abc import Callable

_US_APPLICATION_KINDS = re.compile(r"A[1-9]|P[149]|")
_US_GRANT = re.compile(r"(D|PP|RE|H|T|AI)?0*([1-9][0-9]{3,7})")
_JP_ERA = re.compile(r"([SHMT])([0-9]{2})0*([1-9][0-9]{0,5})")
_JP_WRITTEN_PARTS = re.compile(
    r"(?:JP)?\s*(特[開开]|特表|[実实][開开])\s*(平|昭)?\s*([0-9]{1,4})\s*-\s*([0-9]{1,6})\s*(?:号|號)?(?:公[報报])?\s*([AU][0-9]?)?"
)
_JP_WRITTEN_KINDS = {"特": "A", "実": "U", "实": "U"}
_JP_ERAS = {"平": "H", "昭": "S"}
_FIRST_PCT_YEAR = 1978
_LAST_SHORT_PCT_YEAR = 4
_LATEST_YEAR = 2100
_MAX_NUMBER = 14
_SHORTEST = 2


def form_of(country: str, digits: str, kind: str) -> str | None:
    """Return the number between country and kind code in its one form; ``None`` when the office has no such number."""
    return _OFFICES.get(country, _any_office)(digits, kind)


def _pct(digits: str, _kind: str) -> str | None:
    """Year in four digits and six of serial number; before July 2004 it was two and five (WO99/12345), or two and six."""
    if not digits.isdigit():
        return None
    if len(digits) in {7, 8}:
        # Two digits of the year end in 2004; with six digits of serial number they are of 2000 and later.
        short, serial = int(digits[:2]), digits[2:]
        year = 2000 + short if short <= _LAST_SHORT_PCT_YEAR else 1900 + short
        known = short <= _LAST_SHORT_PCT_YEAR or (len(digits) == 7 and year >= _FIRST_PCT_YEAR)  # noqa: PLR2004 - two and five
    else:
        year, serial = int(digits[:4]), digits[4:]
        known = len(digits) in {9, 10} and _FIRST_PCT_YEAR <= year <= _LATEST_YEAR
    return f"{year}{serial:0>6}" if known else None


def _europe(digits: str, _kind: str) -> str | None:
    """Seven digits."""
    return f"{digits:0>7}" if digits.isdigit() and len(digits) <= len("1234567") else None


def _united_states(digits: str, kind: str) -> str | None:
    """Applications: year and seven digits, of which some databases leave the first zero away; grants: up to eight."""
    if digits[:2] == "20" and digits.isdigit() and len(digits) in {10, 11} and _US_APPLICATION_KINDS.fullmatch(kind):
        return f"{digits[:4]}{digits[4:]:0>7}"
    grant = _US_GRANT.fullmatch(digits)
    return f"{grant[1] or ''}{grant[2]}" if grant else None


def _japan(digits: str, _kind: str) -> str | None:
    """Year of our era and six digits since 2000; before that S (昭和) or H (平成), its year, and the serial number."""
    if match := _JP_ERA.fullmatch(digits):
        return "".join(match.groups())
    of_our_era = len(digits) == len("2020123456") and digits[:2] in {"19", "20"}
    return digits if digits.isdigit() and (of_our_era or len(digits) in {6, 7}) else None


def in_latin(text: str) -> str:
    """Return a Japanese number as its gazette writes it (特開2020-123456, 特開平5-123456) in the form of databases."""
    written = _JP_WRITTEN_PARTS.fullmatch(text.strip())
    if written is None:
        return ""
    gazette, era, year, serial, kind = written.groups()
    years = f"{_JP_ERAS[era]}{year:0>2}{int(serial)}" if era else f"{year}{serial:0>6}"
    return f"JP{years}{kind or _JP_WRITTEN_KINDS[gazette[0]]}"


def _korea(digits: str, kind: str) -> str | None:
    """Publications: year and seven digits; registrations: right (10 or 20) and seven, often with ``-0000`` behind.

    ``10-2020-1234567`` tells the right of a publication before its year. Thirteen digits that could be either are what
    their kind code says.
    """
    if len(digits) == len("1020201234567") and digits.isdigit() and digits[:2] in {"10", "20"}:
        published = digits[2:4] in {"19", "20"} and kind[:1] not in {"B", "Y"}
        registered = digits.endswith("0000") and kind[:1] not in {"A", "U"}
        if published == registered:
            return None
        return digits[2:] if published else digits[:-4]
    return digits if digits.isdigit() and len(digits) in {6, 8, 9, 10, 11} else None


def _without_zeros(digits: str, kind: str) -> str | None:
    """Plain serial numbers, which some databases fill up with zeros (DE000004019197)."""
    serial = digits.lstrip("0")
    return _any_office(serial, kind) if len(serial) >= _SHORTEST else None


def _any_office(digits: str, _kind: str) -> str | None:
    return digits if len(digits) <= _MAX_NUMBER else None


_OFFICES: dict[str, Callable[[str, str], str | None]] = {
    "DE": _without_zeros,
    "EP": _europe,
    "JP": _japan,
    "KR": _korea,
    "RU": _without_zeros,
    "US": _united_states,
    "WO": _pct,
}
