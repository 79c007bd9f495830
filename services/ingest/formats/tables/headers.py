"""The tables of a file, whatever kind it is, each with the header that a layout knows."""

from dataclasses import dataclass
from io import BytesIO
from itertools import chain, islice
from pathlib import Path
from typing import IO, TYPE_CHECKING

from services.ingest.formats.tables.delimited import delimited_tables, is_delimited
from services.ingest.formats.tables.html import html_tables, is_html_table
from services.ingest.formats.tables.layout import best_bound
from services.ingest.formats.tables.model import Table, TableRow
from services.ingest.formats.tables.xls import xls_tables
from services.ingest.formats.tables.xlsx import xlsx_tables

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from services.ingest.formats.tables.layout import Bound, Layout
    from services.ingest.records import Document

HEADER_WITHIN_ROWS = 60
"""Above a header may stand a title, the query, the time of the search."""

_MANY_COLUMNS = 3
"""A sheet with fewer is no table of publications but a note."""

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def is_workbook(head: bytes) -> bool:
    """Whether a file begins as an xlsx or xls file does (an archive is none: it never comes here)."""
    return head.startswith((_ZIP, _OLE))


def is_table(head: bytes) -> bool:
    """Whether a file may hold a table at all."""
    return is_workbook(head) or is_html_table(head) or is_delimited(head)


def tables_of(document: "Document", head: bytes) -> "Iterator[Table]":
    """Yield a file's tables, whatever kind it is; each is read before the next one is asked for.

    Raises:
        BrokenTableError: the file cannot be read.
    """
    if head.startswith(_ZIP):
        yield from xlsx_tables(_file(document), document.spool)
    elif head.startswith(_OLE):
        yield from xls_tables(_on_disk(document))
    elif is_html_table(head):
        yield from html_tables(document, head)
    else:
        yield from delimited_tables(document, head)


@dataclass(frozen=True, slots=True)
class Headed:
    """A table whose header was found.

    Attributes:
        rows: those below the header.
        bound: how they are read; ``None`` when no layout knows the header.
        header: its cells; of an unknown table the longest of its first rows.
    """

    table: Table
    rows: "Iterator[TableRow]"
    bound: "Bound | None"
    header: list[str]


def headed_tables(document: "Document", head: bytes, layouts: "Sequence[Layout]") -> "Iterator[Headed]":
    """Yield the tables of a file with their headers; sheets that hold no table at all are left out.

    Raises:
        BrokenTableError: the file cannot be read.
    """
    for table in tables_of(document, head):
        first = list(islice(table.rows, HEADER_WITHIN_ROWS))
        best: tuple[Bound, int] | None = None
        for at, row in enumerate(first):
            here = (layout for layout in layouts if layout.may_begin(table.name, row.line))
            bound = best_bound(here, row.cells) if row.cells else None
            if bound is not None and (best is None or bound.rank > best[0].rank):
                best = bound, at
        if best is not None:
            bound, at = best
            yield Headed(table, chain(first[at + 1 :], table.rows), bound, first[at].cells or [])
            continue
        longest = max((row.cells or [] for row in first), key=lambda cells: sum(map(bool, cells)), default=[])
        if sum(map(bool, longest)) >= _MANY_COLUMNS:
            yield Headed(table, chain(first, table.rows), None, longest)


def _file(document: "Document") -> "Path | IO[bytes]":
    content = document.raw()
    return content if isinstance(content, Path) else BytesIO(content)


def _on_disk(document: "Document") -> Path:
    content = document.raw()
    if isinstance(content, Path):
        return content
    path = document.spool / "workbook"
    path.write_bytes(content)
    return path
