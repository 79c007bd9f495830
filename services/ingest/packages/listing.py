"""The index of a bulk package: which documents it lists.

CNIPA publishes no schema of it, and its kinds differ; so it is read by its form: many elements of one name, each of which
names one document by its file or by its publication number. A text file with one file name a line will do, too.
"""

import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from services.ingest.formats.lines import decode_lines, encoding_of
from services.ingest.formats.xml_elements import local
from services.ingest.formats.xml_reading import parse
from services.ingest.normalise.numbers import WrongRecordError, publication_number

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lxml import etree

MAX_INDEX_BYTES = 16 * 1024**2
_FEW = 2
"""So many files make a list of what does not call itself one."""

_CALLED_INDEX = re.compile(r"index|list|catalog|manifest|索引|目录|清单", re.IGNORECASE)
# From where a name begins, and no longer than a name may be: a megabyte without a blank is then looked through once.
_FILE = re.compile(r"(?<![^\s/\\<>\"',;|])[^\s/\\<>\"',;|]{1,255}\.(?:xml|zip)(?=$|[\s\"',;|])", re.IGNORECASE)
_FULL_TEXT = re.compile(r"CN\d{15}CN0*([1-9]\d{6,8})0([A-Z]\d?)[A-Z]{5}", re.IGNORECASE)
"""A full text's file name: application number, publication number, kind code, what it is."""

_NUMBER_NAME = re.compile(r"(?:doc|publication|pub|announcement)[-_]?(?:number|num|no)$|公[开告].*号$", re.IGNORECASE)
_COUNTRIES, _KINDS = frozenset({"wipost3code", "country"}), frozenset({"kind", "kindcode", "kind-code"})
_APPLICATION = re.compile(r"^appl|申请", re.IGNORECASE)


class Listed(NamedTuple):
    """One document of the list; ``""`` where it does not say.

    Attributes:
        file: the last part of its name, upper case.
        number: publication number, as everywhere.
    """

    file: str
    number: str


def looks_like_index(head: bytes, name: str) -> bool:
    """Whether what no format recognises may be an index: XML, or a text that names files.

    Args:
        head: its beginning.
        name: where it lies.
    """
    return _is_markup(head) or (b"\0" not in head and bool(_FILE.search(_text(head)))) or _is_called_so(name)


def listed(content: bytes, name: str) -> list[Listed]:
    """Return what an index lists, each document once; nothing when it is no index."""
    try:
        root = parse(content) if _is_markup(content) else None
    except WrongRecordError:
        return []
    found = list(dict.fromkeys(_of_text(content) if root is None else _of_tree(root)))
    called = _is_called_so(name) or (root is not None and _CALLED_INDEX.search(local(root)) is not None)
    files = sum(bool(one.file) for one in found)
    return found if called or files >= _FEW else []


def number_in(file: str) -> str:
    """Return the publication number that a full text's file name tells, ``""`` when it tells none."""
    match = _FULL_TEXT.match(file)
    return _number(f"CN{match[1]}{match[2]}", "") if match else ""


def _is_markup(head: bytes) -> bool:
    return head[:64].lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0").startswith(b"<")


def _is_called_so(name: str) -> bool:
    return _CALLED_INDEX.search(name.rpartition("/")[2]) is not None


def _of_text(content: bytes) -> "Iterator[Listed]":
    for file in _FILE.findall(_text(content)):
        yield Listed(file.upper(), number_in(file))


def _text(content: bytes) -> str:
    return "\n".join(filter(None, decode_lines(content, encoding_of(content), b"\n")))


def _of_tree(root: "etree._Element") -> "Iterator[Listed]":
    for record in _records(root):
        said = list(_said(record))
        files = [file.upper() for _, value in said for file in _FILE.findall(value)]
        number = next(filter(None, map(number_in, files)), "") or _number_of(said)
        if files or number:
            yield Listed(files[0] if files else "", number)


def _records(root: "etree._Element") -> "Iterable[etree._Element]":
    """Return the elements that stand for documents: those of the name that is repeated most in one place."""
    most, name = 1, ""
    for parent in root.iter():
        names = Counter(str(child.tag) for child in parent)
        for tag, count in names.most_common(1):
            if count > most:
                most, name = count, tag
    return root.iter(name) if name else root


def _said(element: "etree._Element") -> "Iterator[tuple[str, str]]":
    """Yield (name, value) of all that an element and those in it say, but for the application."""
    if _APPLICATION.search(local(element)):
        return
    for name, value in element.attrib.items():
        yield str(name).lower(), str(value)
    if element.text and element.text.strip():
        yield local(element).lower(), element.text.strip()
    for child in element:
        yield from _said(child)


def _number_of(said: "Iterable[tuple[str, str]]") -> str:
    number = country = kind = ""
    for name, value in said:
        if not number and _NUMBER_NAME.search(name):
            number = value
        elif not country and name in _COUNTRIES:
            country = value
        elif not kind and name in _KINDS:
            kind = value
    if not number:
        return ""
    return _number(number, kind) or _number((country or "CN") + number, kind)


def _number(text: str, kind: str) -> str:
    try:
        return publication_number(text, kind)[0]
    except WrongRecordError:
        return ""
