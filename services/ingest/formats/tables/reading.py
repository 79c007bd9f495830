"""From a file with tables to publications: the header found, each row read by the layout it belongs to."""

from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from services.ingest.formats.csv_rows import PROBLEMS
from services.ingest.formats.tables.cells import as_csv
from services.ingest.formats.tables.headers import Headed, headed_tables, is_table, is_workbook
from services.ingest.formats.tables.model import BrokenTableError, Table, TableRow
from services.ingest.normalise.numbers import WrongRecordError
from services.ingest.normalise.record import publication_of
from services.ingest.records import FILE, Document, Parsed, Rejected

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from services.ingest.formats.tables.layout import Bound, Layout
    from services.ingest.records import Item, Items

_TOLD_NAMES = 12
UNKNOWN_TABLE = "unknown-table"
NO_HEADER = "找不到认识的表头；请检查文件是否完整，或用“zhitui mapping guess 文件”生成映射文件。"
_EMPTY = "工作簿里没有表格；请检查是否放错了文件，或来源没有写完。"

_LOST = "\ufffd".encode()
"""Stands for bytes that are no character; no encoding that is read has the byte that replaces it."""

_PROBLEMS = {
    **PROBLEMS,
    "bad-encoding": "这一行有字符读不出来，编码与文件声明的不同；请从来源重新下载文件。",
    "bad-cells": "这一行里有读不出来的单元格；请在 Excel 里打开文件检查这一行，另存后重新放入。",
}


class Recognised(NamedTuple):
    """What a file with tables is, and what is in it.

    Attributes:
        layout: of its first table; ``None`` when it cannot be read at all.
    """

    layout: "Layout | None"
    items: "Items"


def recognise(document: Document, head: bytes, layouts: "Sequence[Layout]") -> Recognised | None:
    """Find out which export a file is, by the header of its first table that has a known one.

    Returns:
        What it is; ``None`` when it is no table, or a text or page whose header nobody knows: others may know it.
    """
    if not is_table(head):
        return None
    headed = headed_tables(document, head, layouts)
    unknown: list[Headed] = []
    try:
        for one in headed:
            if one.bound is not None:
                return Recognised(one.bound.layout, _items(document, chain(unknown, (one,), headed)))
            unknown.append(one)
    except BrokenTableError as error:
        return Recognised(None, iter([document.refuse(error.code, str(error))]))
    if not is_workbook(head):
        return None
    refused = refused_header(document, unknown[0]) if unknown else document.refuse("empty", _EMPTY)
    return Recognised(None, iter([refused]))


def _items(document: Document, headed: "Iterator[Headed]") -> "Items":
    """Yield the publications of the tables, and what was refused."""
    try:
        for one in headed:
            yield from _Rows(document, one, one.bound).items() if one.bound else (refused_header(document, one),)
    except BrokenTableError as error:
        yield document.refuse(error.code, str(error))


def refused_header(document: Document, one: Headed) -> Rejected:
    """Refuse a file because of a sheet whose header is not known."""
    names = "、".join(cell.strip()[:20] for cell in one.header if cell.strip()[:20])
    shown = "、".join(names.split("、")[:_TOLD_NAMES])
    return Rejected(
        raw=document.raw(),
        location=_place(document, one.table),
        reason_code=UNKNOWN_TABLE,
        reason=f"认不出这个表格的表头（{shown}）；请用“zhitui mapping guess 文件”生成映射文件，放进映射文件夹后重放。",
        kind=FILE,
    )


def _place(document: Document, table: Table) -> str:
    """Return where a sheet lies; it keeps its place when the file is read again because of it."""
    is_known = table.is_only or document.location.split(" ")[-1:] == [table.name]
    return document.location if is_known else document.at(table.name)


class _Rows:
    """Turns the rows under one header into publications."""

    def __init__(self, document: Document, headed: Headed, bound: "Bound") -> None:
        self._document = document
        self._table = headed.table
        self._rows = headed.rows
        self._bound = bound
        self._format = bound.layout.format_name or bound.layout.name
        self._width = len(headed.header)
        self._header = headed.header
        self._prefix = document.at(headed.table.at(0))[:-1]
        # Names are compared without their blanks; over many lines they would be no header of a CSV file.
        self._names = [" ".join(name.split()) for name in headed.header]
        self._context = {
            "header": as_csv(self._names, headed.table.delimiter),
            "encoding": headed.table.encoding,
        }

    def items(self) -> "Iterator[Item]":
        """Yield what the rows hold; empty ones, and the header said again, are no records."""
        for row in self._rows:
            cells = row.cells
            if cells is None or row.problem:
                yield self._refuse(row, row.problem, _PROBLEMS[row.problem])
            elif not any(cells) or cells == self._header:
                continue
            elif not self._table.is_ragged and self._is_shifted(cells):
                yield self._refuse(
                    row,
                    "wrong-cell-count",
                    f"这一行有 {len(cells)} 列，表头有 {self._width} 列；请检查是否缺列或单元格里有未加引号的分隔符。",
                )
            else:
                yield from self._read(row, cells)

    def _read(self, row: TableRow, cells: list[str]) -> "Iterator[Item]":
        location = f"{self._prefix}{row.line}"
        try:
            parsed = [Parsed(publication_of(raw), location) for raw in self._bound.records(cells)]
        except WrongRecordError as error:
            yield self._refuse(row, error.code, str(error))
        else:
            yield from parsed

    def _is_shifted(self, cells: list[str]) -> bool:
        return len(cells) < self._width or any(map(str.strip, cells[self._width :]))

    def _refuse(self, row: TableRow, code: str, reason: str) -> Rejected:
        raw, context = row.raw, self._context
        if not raw:
            # As CSV, a row has as many cells as its header.
            cells = row.cells or []
            width = max(self._width, len(cells))
            raw = as_csv(cells + [""] * (width - len(cells))).encode("utf-8", "replace")
            if code == "bad-encoding":  # read again, it must not pass as if the lost characters had stood there
                raw = raw.replace(_LOST, b"\xff")
            context = context | {"header": as_csv(self._names + [""] * (width - self._width))}
        return Rejected(
            raw=raw,
            location=f"{self._prefix}{row.line}",
            reason_code=code,
            reason=reason,
            format=self._format,
            context=context,
        )
