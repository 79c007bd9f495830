"""Rows of tables in web pages: many search services save such a page under a name that ends in ``.xls``."""

import codecs
import re
from contextlib import suppress
from typing import TYPE_CHECKING

from lxml import etree

from services.ingest.formats.lines import NAMES_OF_GB18030, encoding_of
from services.ingest.formats.tables.model import MAX_COLUMNS, MAX_ROW_CHARACTERS, BrokenTableError, Table, TableRow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from services.ingest.records import Document

_BLOCK_BYTES = 64 * 1024
_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([A-Za-z0-9_\-]{2,20})", re.IGNORECASE)
_TABLE = re.compile(rb"<table\b", re.IGNORECASE)
_NEW_LINES = frozenset({"br", "p", "div", "li"})
_UNDECODED = "\ufffd"
_MAX_SPAN = 10_000
_END = "\x7fzhitui-end-of-page"


def is_html_table(head: bytes) -> bool:
    """Whether a file begins as a web page, or a part of one, with a table."""
    return head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<" and _TABLE.search(head) is not None


def html_tables(document: "Document", head: bytes) -> "Iterator[Table]":
    """Yield one table, with the rows of all tables of the page."""
    yield Table("", _Page().rows(document, _encoding(head)))


def _encoding(head: bytes) -> str:
    """Return the encoding that a page tells, unless it cannot be: its name stands there in ASCII (so it is not UTF-16)."""
    told = _CHARSET.search(head)
    name = told[1].decode().lower() if told else ""
    if name in NAMES_OF_GB18030:
        return "gb18030"
    with suppress(LookupError, UnicodeError):  # nobody's encoding, one of no text (zlib), one that skips nothing (idna)
        if told and told[1].decode(name, "replace").lower() == name:
            return name
    return encoding_of(head)


class _Page:
    """Reads a page row by row; what was read is let go, so that memory stays the same."""

    def __init__(self) -> None:
        self._line = 0
        self._hanging: dict[int, tuple[int, str]] = {}
        """Cells that go on downwards: column → (rows left, text)."""

    def rows(self, document: "Document", encoding: str) -> "Iterator[TableRow]":
        decoder = codecs.getincrementaldecoder(encoding)("replace")
        parser = etree.HTMLPullParser(("end",), tag=("tr", "table"), remove_comments=True, remove_pis=True)
        pending = 0
        with document.open() as stream:
            while block := stream.read(_BLOCK_BYTES):
                parser.feed(decoder.decode(block).replace("\0", ""))
                pending += len(block)
                for row in self._ended(parser):
                    pending = 0
                    yield row
                if pending > MAX_ROW_CHARACTERS:
                    raise BrokenTableError("too-large", "网页表格里有一行超过 4 MiB，不像一条记录；请重新下载。")
        # The parser gives up silently where elements are nested too deeply, and so it does where a page ends within a tag
        # or a comment. A row of our own at the end tells whether it got there.
        parser.feed(f"\n<tr><td>{_END}</td></tr>")
        with suppress(etree.XMLSyntaxError):
            parser.close()
        for row in self._ended(parser):
            if row.cells and row.cells[0] == _END:
                return
            yield row
        raise BrokenTableError(
            "bad-html", f"网页表格只读到第 {self._line} 行：后面不完整，或标签嵌套过深；请从来源重新下载。"
        )

    def _ended(self, parser: etree.HTMLPullParser) -> "Iterator[TableRow]":
        """Yield the rows whose end was read."""
        for _, element in parser.read_events():
            if not isinstance(element, etree._Element):  # noqa: SLF001 - the library's name for its only class of nodes
                continue
            if element.tag == "tr":
                yield self._row(element)
                _let_go(element)
            else:
                self._hanging.clear()

    def _row(self, element: etree._Element) -> TableRow:
        self._line += 1
        cells: list[str] = []
        for cell in element:
            if cell.tag not in {"td", "th"}:
                continue
            self._hung(cells)
            text = _text(cell)
            if (down := _span(cell, "rowspan")) > 1 and len(cells) < MAX_COLUMNS:
                self._hanging[len(cells)] = (down - 1, text)
            cells += [text, *[""] * (min(_span(cell, "colspan"), MAX_COLUMNS) - 1)]
        self._hung(cells)
        del cells[MAX_COLUMNS:]
        if any(_UNDECODED in text for text in cells):
            return TableRow(self._line, cells, problem="bad-encoding")
        return TableRow(self._line, cells)

    def _hung(self, cells: list[str]) -> None:
        """Put in what hangs down from rows above."""
        while hanging := self._hanging.get(len(cells)):
            left, text = hanging
            if left > 1:
                self._hanging[len(cells)] = (left - 1, text)
            else:
                del self._hanging[len(cells)]
            cells.append(text)


def _text(cell: etree._Element) -> str:
    parts = [cell.text or ""]
    for inner in cell.iterdescendants():
        parts += ["\n" if inner.tag in _NEW_LINES else "", inner.text or "", inner.tail or ""]
    return "".join(parts).strip()


def _span(cell: etree._Element, name: str) -> int:
    told = str(cell.get(name, "")).strip()
    return min(int(told), _MAX_SPAN) if told.isascii() and told.isdigit() and len(told) < len("1000000") else 1


def _let_go(element: etree._Element) -> None:
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]
