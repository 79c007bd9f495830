"""Names of WIPO standard ST.36 without the prefix that an office puts before those whose content it changed."""

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from services.ingest.formats.xml_elements import text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree

_OFFICE = re.compile(r"\A(?:\{[^}]*\})?(?:(?:us|cn|tw|ep|wo|jp|kr)-)?")


@lru_cache(maxsize=2048)
def _plain(tag: str) -> str:
    return _OFFICE.sub("", tag, count=1)


def plain(element: "etree._Element") -> str:
    """Return the standard's name (``applicants`` of ``us-applicants``)."""
    return _plain(str(element.tag))


def all_named(parent: "etree._Element | None", *names: str) -> "Iterator[etree._Element]":
    """Yield the children of these names."""
    return iter(()) if parent is None else (one for one in parent if plain(one) in names)


def named(parent: "etree._Element | None", *path: str) -> "etree._Element | None":
    """Return the first element down this path; ``None`` when there is none."""
    for name in path:
        parent = next(all_named(parent, name), None)
    return parent


def said(parent: "etree._Element | None", *path: str) -> str:
    """Return the text of the first element down this path; ``""`` when there is none."""
    return text(named(parent, *path))
