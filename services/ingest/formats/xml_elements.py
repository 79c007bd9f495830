"""Elements by their local names: senders of one standard use different prefixes, namespaces and versions of these."""

import re
from functools import lru_cache
from itertools import chain, pairwise
from typing import TYPE_CHECKING

from services.ingest.normalise.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lxml import etree

_LEFT_OUT = frozenset(
    {"math", "maths", "img", "tables", "table", "figure", "chemistry", "MathText", "Math", "Image", "Table", "OCRImage"}
)
"""Their content would read as words and numbers of the text."""

_BREAKS = frozenset({"p", "P", "br", "Br", "claim-text", "ClaimText", "li", "LI", "ListItem"})
"""They begin a line of their own."""

_CJK = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]")


@lru_cache(maxsize=4096)
def _local(tag: object) -> str:
    return str(tag).rpartition("}")[2]


@lru_cache(maxsize=1024)
def _anywhere(name: str) -> str:
    return f"{{*}}{name}"


def local(element: "etree._Element") -> str:
    """Return the name without its namespace."""
    return _local(element.tag)


def children(element: "etree._Element | None", *names: str) -> "Iterable[etree._Element]":
    """Return the children of these names, in their order."""
    # For a handful of children this is quicker than having lxml make a matcher of several names.
    return () if element is None else [one for one in element if _local(one.tag) in names]


def by_name(element: "etree._Element") -> "dict[str, list[etree._Element]]":
    """Return all children by their names, each in their order: once through is less than one search a name."""
    found: dict[str, list[etree._Element]] = {}
    for one in element:
        found.setdefault(_local(one.tag), []).append(one)
    return found


def child(element: "etree._Element | None", *path: str) -> "etree._Element | None":
    """Return the first element down this path of names; ``None`` when there is none."""
    for name in path:
        if element is None:
            return None
        element = next(element.iterchildren(_anywhere(name)), None)
    return element


def inside(element: "etree._Element | None", *names: str) -> "Iterator[etree._Element]":
    """Yield the descendants of these names, in the order of the document."""
    return iter(()) if element is None else element.iterdescendants(*map(_anywhere, names))


def value(element: "etree._Element | None", *path: str) -> str:
    """Return the text that stands directly in the element down this path, trimmed; ``""`` when absent."""
    found = child(element, *path)
    return "" if found is None else (found.text or "").strip()


def text(element: "etree._Element | None") -> str:
    """Return all text inside as one line: a line break is a blank, but none between Chinese characters."""
    if element is None:
        return ""
    whole = "".join(_pieces(element)) if len(element) else str(element.text or "")
    return clean(unwrapped(whole).replace("\u2011", "-"))


def paragraphs(elements: "Iterable[etree._Element]") -> str:
    """Return the texts of elements, each a line; empty ones left out."""
    return "\n".join(filter(None, map(text, elements)))


def unwrapped(wrapped: str) -> str:
    """Join lines that were broken for printing."""
    if "\n" not in wrapped and "\r" not in wrapped:
        return wrapped.strip()
    lines = [line for line in map(str.strip, wrapped.splitlines()) if line]
    gaps = ["" if _CJK.match(before[-1]) or _CJK.match(line) else " " for before, line in pairwise(lines)]
    return "".join(chain.from_iterable(zip(lines, [*gaps, ""], strict=False)))


def _pieces(element: "etree._Element") -> "Iterator[str]":
    """Yield the text inside; the parser allows 256 levels, so that this cannot recurse too deep."""
    if element.text:
        yield str(element.text)
    for part in element:
        name = local(part)
        if name in _BREAKS:
            yield "\n"
        if name not in _LEFT_OUT:
            yield from _pieces(part)
        if part.tail:
            yield str(part.tail)
