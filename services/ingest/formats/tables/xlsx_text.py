"""Texts of a workbook's XML: what stands between tags, and the strings that its cells share."""

import html
import re
import tempfile
from array import array
from itertools import accumulate, count, islice
from typing import IO, TYPE_CHECKING

from lxml import etree

from services.ingest.formats.tables.model import MAX_ROW_CHARACTERS, BrokenTableError
from services.ingest.formats.tables.xlsx_package import UNREADABLE, torn
from services.ingest.formats.xml_safety import SAFE_PARSER

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from services.ingest.formats.tables.xlsx_package import Package

_IN_MEMORY_BYTES = 4 * 1024**2
"""More shared strings than this wait on disk."""

_GROUP = 32
_REMEMBERED, _REMEMBERED_BYTES = 32_768, 8 * 1024**2

_HEAD_BYTES, _BLOCK_BYTES = 4096, 256 * 1024
_WRITTEN_OUT = re.compile(r"_x([0-9A-Fa-f]{4})_")


def plain(text: str) -> str:
    """Return what stands between tags as it is meant: entities and Excel's own escapes (``_x000D_``) resolved."""
    if "&" in text:
        text = html.unescape(text)
    if "_x" in text:
        text = _WRITTEN_OUT.sub(lambda match: chr(int(match[1], 16)), text).replace("\0", "")
        # Halves of a character may have been written out one by one; half of one alone is none.
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def whole(stream: "IO[bytes]") -> bytes:
    """Return all of a part.

    Raises:
        BrokenTableError: it cannot be unpacked.
    """
    try:
        return stream.read()
    except UNREADABLE as error:
        raise torn(error) from error


class Part:
    """The text of a part of the package.

    Attributes:
        prefix: what stands before the names of its elements: ``""``, or ``x:`` as some libraries write.
    """

    def __init__(self, stream: "IO[bytes]", root: str) -> None:
        self._stream = stream
        self._head = self._read(_HEAD_BYTES)
        match = re.search(rf"<(\w{{1,20}}:)?{root}[\s>/]", self._head.decode("utf-8", "replace"))
        if match is None:
            raise torn(ValueError(f"no {root}"))
        self.prefix = match[1] or ""

    def blocks(self, opening: str) -> "Iterator[str]":
        """Yield the text in blocks, each cut before an ``opening``: the beginning of the elements that matter.

        Raises:
            BrokenTableError: it cannot be unpacked, is not UTF-8, declares entities, or one element is too long.
        """
        tag, rest, block = opening.encode(), b"", self._head
        while block:
            data = rest + block
            cut = max(data.rfind(tag), 0)
            yield from self._text(data[:cut])
            rest = data[cut:]
            if len(rest) > MAX_ROW_CHARACTERS:
                raise BrokenTableError(
                    "torn-workbook", "xlsx 里有一行超过 4 MiB，不像一条记录；请在 Excel 里打开后另存。"
                )
            block = self._read(_BLOCK_BYTES)
        yield from self._text(rest)

    def _read(self, size: int) -> bytes:
        try:
            return self._stream.read(size)
        except UNREADABLE as error:
            raise torn(error) from error

    def _text(self, raw: bytes) -> "Iterator[str]":
        try:
            text = raw.decode()
        except UnicodeDecodeError as error:
            raise torn(error) from error
        if "<!DOCTYPE" in text or "<!ENTITY" in text:
            raise BrokenTableError("xml-entities", "xlsx 里声明了 DTD 或实体，没有读取；请在 Excel 里打开后另存。")
        if text:
            yield text


class Strings(dict[str, str]):
    """The strings that cells name by their number, as text: ``strings["17"]``; `KeyError` when there is none.

    What was asked for lately is in the dictionary itself, what was before that in a second one. The rest waits, in groups, in a file without a name (in memory
    as long as it is small). Sheets name strings nearly in their order, so a whole group is taken at once.
    """

    def __init__(self, texts: "Iterable[list[str]]", spool: "Path") -> None:
        super().__init__()
        self._file = tempfile.SpooledTemporaryFile(_IN_MEMORY_BYTES, dir=str(spool))  # noqa: SIM115 - `close` does
        self._ends = array("Q", [0])
        self._count = 0
        self._older: dict[str, str] = {}
        self._held_bytes = 0
        waiting: list[str] = []
        for some in texts:
            waiting += some
            whole = len(waiting) - len(waiting) % _GROUP
            self._write(waiting[:whole])
            del waiting[:whole]
        self._write(waiting)

    def close(self) -> None:
        """Remove the file."""
        self._file.close()

    def _write(self, texts: list[str]) -> None:
        self._count += len(texts)
        groups = ["\0".join(texts[at : at + _GROUP]).encode("utf-8", "replace") for at in range(0, len(texts), _GROUP)]
        self._file.write(b"".join(groups))
        self._ends.extend(islice(accumulate(map(len, groups), initial=self._ends[-1]), 1, None))

    def __missing__(self, number: str) -> str:
        """Take it from what was asked for before, or read the group that it is in."""
        if (text := self._older.get(number)) is not None:
            self[number] = text
            return text
        index = int(number)
        if not 0 <= index < self._count:
            raise KeyError(number)
        group = index // _GROUP
        start, end = self._ends[group], self._ends[group + 1]
        self._file.seek(start)
        texts = self._file.read(end - start).decode().split("\0")
        self._held_bytes += end - start
        if len(self) > _REMEMBERED or self._held_bytes > _REMEMBERED_BYTES:
            self._older, self._held_bytes = dict(self), 0
            self.clear()
        self.update(zip(map(str, count(group * _GROUP)), texts))  # noqa: B905 - one of them has no end
        # Asked for by its own writing (``017``), it may not be among them.
        return texts[index - group * _GROUP]


def shared_strings(package: "Package", spool: "Path") -> Strings:
    """Return the strings of a workbook."""
    part = package.strings_part
    return Strings(_strings(package, part) if part else (), spool)


def _strings(package: "Package", name: str) -> "Iterator[list[str]]":
    with package.open(name) as stream:
        part = Part(stream, "sst")
        opening, prefix = f"<{part.prefix}si", part.prefix
        simple = re.compile(rf"<{prefix}si><{prefix}t(?: [^>]*)?>([^<]*)</{prefix}t></{prefix}si>")
        begins = re.compile(rf"{opening}[\s>/]")
        for text in part.blocks(opening):
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
        return etree.fromstring(f"<root{declared}>{xml}</root>", etree.XMLParser(**SAFE_PARSER))
    except (etree.XMLSyntaxError, ValueError) as error:
        raise torn(error) from error
