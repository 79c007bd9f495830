"""Rows of an xlsx workbook, streamed: memory stays the same however many rows there are.

A library that holds a whole sheet takes 3 KiB a row of a patent export, and one cell in the last corner of a sheet makes
it ask for all cells before it. So rows are cut out of the sheet's XML one by one: by one expression where a row is
written as all programs write it (which is twice as quick as walking a tree), else through lxml.
"""

import re
from contextlib import closing
from datetime import datetime, timedelta
from functools import cached_property
from typing import IO, TYPE_CHECKING

from services.ingest.formats.tables.cells import cell_text, number_text
from services.ingest.formats.tables.merged import MAX_MERGED, Merged, filled
from services.ingest.formats.tables.model import MAX_COLUMNS, BrokenTableError, Table, TableRow
from services.ingest.formats.tables.xlsx_cells import (
    Cell,
    any_pattern,
    column_of,
    inline_pattern,
    parsed_cells,
    placing,
    shared_pattern,
)
from services.ingest.formats.tables.xlsx_package import Package
from services.ingest.formats.tables.xlsx_text import Strings, blocks, plain, prefix_of, shared_strings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_MERGED_UP_TO_BYTES = 16 * 1024**2
"""Merged cells are told behind the rows, so the sheet is run through once before; nobody merges cells in larger ones."""

_MERGED = re.compile(rb'mergeCell ref="\$?([A-Z]+)\$?([0-9]+):\$?([A-Z]+)\$?([0-9]+)"')
_END_OF_ROWS = re.compile(rb"</(?:\w{1,20}:)?sheetData>")
_END_OF_ROWS_BYTES = 40
_ROW_NUMBER = re.compile(r'\sr="([0-9]{1,9})"')
_LAST_DAY = 2_958_465
_EPOCHS = {False: datetime(1899, 12, 30), True: datetime(1904, 1, 1)}  # noqa: DTZ001 - days of a calendar, without a zone


def xlsx_tables(file: "Path | IO[bytes]", spool: "Path") -> "Iterator[Table]":
    """Yield the sheets of a workbook, hidden ones too.

    Raises:
        BrokenTableError: it cannot be read.
    """
    with closing(Package(file)) as package:
        reader = _Reader(package, spool)
        for sheet in package.sheets:
            yield Table(sheet.name, reader.rows(sheet.part), is_only=len(package.sheets) == 1)


class _Reader:
    """Reads the sheets of one workbook; their common strings are read when the first of them is."""

    def __init__(self, package: Package, spool: "Path") -> None:
        self._package = package
        self._spool = spool
        self._epoch = _EPOCHS[package.counts_from_1904]

    def rows(self, part: str) -> "Iterator[TableRow]":
        rows = self._rows(part)
        merged = self._merged(part)
        return filled(rows, merged) if merged else rows

    @cached_property
    def _strings(self) -> Strings:
        return shared_strings(self._package, self._spool)

    def _rows(self, part: str) -> "Iterator[TableRow]":
        prefix = prefix_of(self._package, part, "worksheet")
        opening, end, begin, cell = f"<{prefix}row", f"</{prefix}row>", f"<{prefix}c", any_pattern(prefix)
        ways: list[tuple[re.Pattern[str], Callable[[str], str]]] = [
            (shared_pattern(prefix), self._strings.__getitem__),
            (inline_pattern(prefix), plain),
        ]
        line = 0
        for block in blocks(self._package, part, end):
            for piece in block.split(end):
                at = piece.rfind(opening)
                if at < 0:
                    continue
                tag_end = piece.find(">", at)
                told = _ROW_NUMBER.search(piece, at, tag_end)
                line = int(told[1]) if told else line + 1
                begun = piece.count(begin, tag_end)
                if not begun or piece[tag_end - 1] == "/":
                    yield TableRow(line, [])
                    continue
                uniform, resolve = ways[0]
                found = uniform.findall(piece, tag_end)
                if len(found) != begun:
                    ways.reverse()
                    uniform, resolve = ways[0]
                    found = uniform.findall(piece, tag_end)
                row = self._uniform(line, found, resolve) if len(found) == begun else None
                yield row or self._any(line, piece[at:], cell, begun, prefix)

    def _uniform(self, line: int, found: "list[tuple[str, str]]", resolve: "Callable[[str], str]") -> TableRow | None:
        """Return a row whose cells are all of one kind, as most are; ``None`` when one makes no sense."""
        letters, values = zip(*found, strict=True)
        places = placing(letters)
        try:
            return TableRow(line, list(places([*map(resolve, values), ""]))) if places else None
        except (ValueError, KeyError):
            return None

    def _any(self, line: int, row: str, cell: "re.Pattern[str]", begun: int, prefix: str) -> TableRow:
        found = cell.findall(row)
        if len(found) != begun:
            try:
                found = list(parsed_cells(row, prefix))
            except BrokenTableError:
                return TableRow(line, None, row.encode(), "bad-cells")
        return self._mixed(line, found)

    def _mixed(self, line: int, found: list[Cell]) -> TableRow:
        """Return a row's texts, each at its place; a cell that makes no sense stays as it is, and the row says so."""
        cells: list[str] = []
        problem = ""
        for letters, style, kind, value, inline in found:
            if not value and not inline:
                continue
            try:
                if kind == "s":
                    text = self._strings[value]
                elif kind in {"inlineStr", "str"}:
                    text = plain(value or inline)
                else:
                    text = self._other(kind, style, value)
            except (ValueError, KeyError, OverflowError):
                text, problem = value, "bad-cells"
            index = column_of(letters)
            if index == len(cells):
                cells.append(text)
            elif index < len(cells):
                problem = "bad-cells"
            elif index < MAX_COLUMNS and text:
                cells += [""] * (index - len(cells))
                cells.append(text)
        return TableRow(line, cells, problem=problem)

    def _other(self, kind: str, style: str, value: str) -> str:
        if kind == "b":
            return cell_text(value == "1")
        if kind == "e":
            return ""
        if kind == "d":
            return value.removesuffix("T00:00:00")
        number = float(value)
        if style in self._package.date_styles and 0 < number < _LAST_DAY:
            return cell_text(self._epoch + timedelta(seconds=round(number * 86400)))
        return number_text(number)

    def _merged(self, part: str) -> list[Merged]:
        if self._package.size(part) > _MERGED_UP_TO_BYTES:
            return []
        merged: list[Merged] = []
        for first, top, _, bottom in _MERGED.findall(self._behind_rows(part)):
            if bottom != top and len(merged) < MAX_MERGED and len(bottom) < len("10000000"):
                merged.append(Merged(int(top), int(bottom), column_of(first.decode())))
        return merged

    def _behind_rows(self, part: str) -> bytes:
        tail, is_behind = b"", False
        with self._package.open(part) as stream:
            while (block := stream.read(1024 * 1024)) and len(tail) < _MERGED_UP_TO_BYTES:
                tail += block
                if not is_behind:
                    end = _END_OF_ROWS.search(tail)
                    is_behind = end is not None
                    tail = tail[end.end() :] if end else tail[-_END_OF_ROWS_BYTES:]
        return tail if is_behind else b""
