"""What a column holds, judged by its cells."""

import re
from typing import TYPE_CHECKING

from services.ingest.normalise.applications import application_number
from services.ingest.normalise.dates import parse_date
from services.ingest.normalise.ipc import ipc_symbols
from services.ingest.normalise.numbers import WrongRecordError, publication_number
from services.ingest.normalise.regions import region_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_OTHER_DATE = re.compile(r"([0-9]{1,2})[./\-]([0-9]{1,2})[./\-][0-9]{4}")
_SEPARATORS = ("、", "，", ",", "/")
_LOCARNO = re.compile(r"[0-9]{2}-[0-9]{2}")
_ORGANISATION = re.compile(
    r"公司|大学|学院|研究[院所]|集团|医院|中心|工厂|厂$|事务所|Inc|Ltd|LLC|GmbH|Corp|S\.?A\.?$|University",
    re.IGNORECASE,
)
_PERSON = re.compile(r"[\u4e00-\u9fff·]{2,6}|[A-Z][\w'.\-]+,? [\w'. \-]+")
_NAMES = re.compile(r"[;；、|\n]")
_KIND = re.compile(r"[A-Z][0-9]?")
_MONTHS = 12
_TITLE_CHARACTERS = range(2, 200)
_LONG_TEXT = 60


def _is_publication_number(text: str) -> bool:
    packed = text.replace(" ", "").upper()
    candidate = f"CN{packed}" if packed[:1].isdigit() else packed.replace("ZL", "CN", 1)
    try:
        publication_number(candidate, kindless=True)
    except WrongRecordError:
        return False
    return True


def _is_title(text: str) -> bool:
    return len(text) in _TITLE_CHARACTERS and not text.replace(".", "").isdigit() and not parse_date(text)


def _are_names(text: str) -> bool:
    return all(_ORGANISATION.search(one) or _PERSON.fullmatch(one.strip()) for one in _NAMES.split(text) if one.strip())


CHECKS: "dict[str, Callable[[str], bool]]" = {
    "publication_number": _is_publication_number,
    "application_number": lambda text: application_number(text) is not None,
    "title": _is_title,
    "abstract": lambda text: len(text) >= _LONG_TEXT,
    "claim": lambda text: len(text) >= _LONG_TEXT,
    "published_on": lambda text: parse_date(text) is not None or _OTHER_DATE.match(text) is not None,
    "filed_on": lambda text: parse_date(text) is not None or _OTHER_DATE.match(text) is not None,
    "applicants": _are_names,
    "inventors": _are_names,
    "addresses": lambda text: region_of(text.lstrip("0123456789 ")) is not None,
    "ipc": lambda text: bool(ipc_symbols(text)),
    "locarno": lambda text: _LOCARNO.search(text) is not None,
    "kind": lambda text: _KIND.fullmatch(text) is not None,
}
"""Field → whether a cell may hold it; fields that are not here can be told by their name only."""


def share(field: str, cells: "Sequence[str]") -> float | None:
    """Return the share of the filled cells that may hold the field; ``None`` when nothing can be said."""
    filled = [text for cell in cells if (text := cell.strip())]
    check = CHECKS.get(field)
    return sum(map(check, filled)) / len(filled) if check and filled else None


def separator_of(cells: "Sequence[str]", one: "Callable[[str], object]") -> str:
    """Return what joins several values in these cells, besides ``;`` and ``|``; ``""`` when nothing does."""
    for mark in _SEPARATORS:
        joined = [cell for cell in cells if mark in cell]
        if joined and all(one(part) for cell in joined for part in cell.split(mark) if part.strip()):
            return mark
    return ""


def date_order_of(cells: "Sequence[str]") -> tuple[str, bool]:
    """Return (order of day, month and year, whether the cells prove it); ``("", True)`` for the year first."""
    found = [(int(match[1]), int(match[2])) for cell in cells if (match := _OTHER_DATE.match(cell.strip()))]
    if not found:
        return "", True
    if any(first > _MONTHS for first, _ in found):
        return "dmy", True
    return ("mdy", True) if any(second > _MONTHS for _, second in found) else ("dmy", False)
