"""Applicants, inventors and the first applicant's address."""

import html
import re
from functools import lru_cache

from services.ingest.normalise.regions import region_of
from services.ingest.normalise.text import clean
from shared.wire.publication import Applicant

_JUNK = "?？ \t\u2002\u3000\u00a0"
_SEPARATOR = re.compile(f"[;；][;；{_JUNK}]*")
_POSTCODE = re.compile(r"\s*([0-9]{6})(?![0-9])[\s,，]*")


@lru_cache(maxsize=8192)
def split_names(text: str) -> tuple[str, ...]:
    """Return the names between semicolons, without the junk that stands for unmappable spaces; each once.

    Commas do not separate: ``惠普发展公司，有限责任合伙企业`` is one firm.
    """
    if "&" in text:
        text = html.unescape(text)
    if ";" not in text and "；" not in text:
        name = clean(text.strip(_JUNK))
        return (name,) if name else ()
    names = _SEPARATOR.split(text.lstrip(_JUNK))
    if " " in text or not text.isprintable():
        names = list(map(clean, names))
    return tuple(dict.fromkeys(filter(None, names)))


def split_address(text: str) -> tuple[str | None, str | None]:
    """Return (address, postcode); the postcode stands before the address, often glued to it."""
    text = clean(text)
    if text[:6].isdigit() and text[:6].isascii() and text[6:7] > "9" and text[6] != "，":
        return text[6:], text[:6]  # as most are written: glued together
    match = _POSTCODE.match(text)
    if match is None:
        return text or None, None
    return text[match.end() :] or None, match[1]


@lru_cache(maxsize=8192)
def applicants_of(names: str, address: str) -> tuple[Applicant, ...]:
    """Return the applicants; the address is the first one's."""
    people = split_names(names)
    if not people:
        return ()
    where, postcode = split_address(address)
    first = Applicant(name=people[0], address=where, postcode=postcode, region=region_of(where))
    if len(people) == 1:
        return (first,)
    return (first, *(Applicant(name=name) for name in people[1:]))
