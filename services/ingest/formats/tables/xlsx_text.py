"""Texts of a workbook's XML: what stands between tags, and the strings that its cells share."""

import html
import re
import tempfile
from array import array
from itertools import accumulate, count, islice
from typing import TYPE_CHECKING

from lxml import etree

from services.ingest.formats.tables.model import MAX_ROW_CHARACTERS, BrokenTableError
from services.ingest.formats.tables.xlsx_package import UNREADABLE, safe_parser, torn

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from services.ingest.formats.tables.xlsx_package import Package

_IN_MEMORY_BYTES = 4 * 1024**2
"""More shared strings than this wait on disk."""

_GROUP = 32
_REMEMBERED = 8192

_BLOCK_BYTES = 256 * 1024
_WRITTEN_OUT = re.compile(r"_x([0-9A-Fa-f]{4})_")


def plain(text: str) -> str:
    """Return what stands between tags as it is meant: entities and Excel's own escapes (``_x000D_``) resolved."""
    if "&" in text:
        text = html.unescape(text)
    if "_x" in text:
        text = _WRITTEN_OUT.sub(lambda match: chr(int(match[1], 16)), text).replace("\0", "")
    return text


def blocks(package: "Package", part: str, end: str) -> "Iterator[str]":
    """Yield the text of a part in blocks that end behind an ``end`` (a tag); the last one with what comes after.

    Raises:
        BrokenTableError: it cannot be unpacked, is not UTF-8, declares entities, or there is too much between two ends.
    """
    tag, rest = end.encode(), b""
    with package.open(part) as stream:
        while True:
            try:
                block = stream.read(_BLOCK_BYTES)
                data = rest + block
                cut = data.rfind(tag) + len(tag) if tag in data else 0
                text = (data[:cut] if block else data).decode()
            except UNREADABLE as error:
                raise torn(error) from error
            if "<!DOCTYPE" in text or "<!ENTITY" in text:
                raise BrokenTableError("xml-entities", "xlsx 里声明了 DTD 或实体，没有读取；请在 Excel 里打开后另存。")
            if text:
                yield text
            if not block:
                return
            rest = data[cut:]
            if len(rest) > MAX_ROW_CHARACTERS:
                raise BrokenTableError(
                    "torn-workbook", "xlsx 里有一行超过 4 MiB，不像一条记录；请在 Excel 里打开后另存。"
                )


class Strings(dict[str, str]):
    """The strings that cells name by their number, as text: ``strings["17"]``; `KeyError` when there is none.

    What was asked for lately is in the dictionary itself. The rest waits, in groups, in a file without a name (in memory
    as long as it is small). Sheets name strings nearly in their order, so a whole group is taken at once.
    """

    def __init__(self, texts: "Iterable[list[str]]", spool: "Path") -> None:
        super().__init__()
        self._file = tempfile.SpooledTemporaryFile(_IN_MEMORY_BYTES, dir=str(spool))  # noqa: SIM115 - lives as long as the reading
        self._ends = array("Q", [0])
        self._count = 0
        waiting: list[str] = []
        for some in texts:
            waiting += some
            whole = len(waiting) - len(waiting) % _GROUP
            self._write(waiting[:whole])
            del waiting[:whole]
        self._write(waiting)

    def _write(self, texts: list[str]) -> None:
        self._count += len(texts)
        groups = ["\0".join(texts[at : at + _GROUP]).encode("utf-8", "replace") for at in range(0, len(texts), _GROUP)]
        self._file.write(b"".join(groups))
        self._ends.extend(islice(accumulate(map(len, groups), initial=self._ends[-1]), 1, None))

    def __missing__(self, number: str) -> str:
        """Read the group that it is in."""
        index = int(number)
        if not 0 <= index < self._count:
            raise KeyError(number)
        group = index // _GROUP
        start = self._ends[group]
        self._file.seek(start)
        texts = self._file.read(self._ends[group + 1] - start).decode().split("\0")
        if len(self) > _REMEMBERED:
            self.clear()
        self.update(zip(map(str, count(group * _GROUP)), texts))  # noqa: B905 - one of them has no end
        # Asked for by its own writing (``017``), it may not be among them.
        return texts[index - group * _GROUP]


def shared_strings(package: "Package", spool: "Path") -> Strings:
    """Return the strings of a workbook."""
    part = package.strings_part
    return Strings(_strings(package, part) if part else (), spool)


def _strings(package: "Package", part: str) -> "Iterator[list[str]]":
    prefix = prefix_of(package, part, "sst")
    simple = re.compile(rf"<{prefix}si><{prefix}t(?: [^>]*)?>([^<]*)</{prefix}t></{prefix}si>")
    begins = re.compile(rf"<{prefix}si[\s>/]")
    for text in blocks(package, part, f"</{prefix}si>"):
        found = simple.findall(text)
        if len(found) == len(begins.findall(text)):
            yield list(map(plain, found)) if "&" in text or "_x" in text else found
        else:
            yield list(_rich(text, prefix))


def _rich(text: str, prefix: str) -> "Iterator[str]":
    """Read strings that are more than one text: formatted runs, readings (which are left out), empty ones."""
    begin = re.search(rf"<{prefix}si[\s>/]", text)
    end = text.rfind(f"</{prefix}sst>")
    strings = text[begin.start() : end if end >= 0 else None] if begin else ""
    for one in parsed(strings, prefix):
        texts = one.iterfind("{*}t"), one.iterfind("{*}r/{*}t")
        yield "".join(plain(text.text or "") for some in texts for text in some)


def parsed(xml: str, prefix: str) -> etree._Element:
    """Return elements cut out of a part, under a root.

    Raises:
        BrokenTableError: they are not well-formed.
    """
    name = prefix.rstrip(":")
    declared = f' xmlns:{name}="x"' if name else ""
    try:
        return etree.fromstring(f"<root{declared}>{xml}</root>", safe_parser())
    except (etree.XMLSyntaxError, ValueError) as error:
        raise torn(error) from error


def prefix_of(package: "Package", part: str, root: str) -> str:
    """Return what stands before the names of a part's elements: ``""``, or ``x:`` as some libraries write."""
    with package.open(part) as stream:
        try:
            head = stream.read(4096).decode("utf-8", "replace")
        except UNREADABLE as error:
            raise torn(error) from error
    match = re.search(rf"<(\w+:)?{root}[\s>/]", head)
    if match is None:
        raise torn(ValueError(f"no {root}"))
    return match[1] or ""
