"""Rows cut out of a sheet's XML, by one expression where a row is written as all programs write it, else by a parser."""

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from services.ingest.formats.tables.cells import cell_text, number_text
from services.ingest.formats.tables.model import MAX_COLUMNS, BrokenTableError, TableRow
from services.ingest.formats.tables.xlsx_cells import (
    Cell,
    any_pattern,
    column_of,
    inline_pattern,
    parsed_cells,
    placing,
    shared_pattern,
)
from services.ingest.formats.tables.xlsx_text import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from services.ingest.formats.tables.xlsx_text import Part, Strings

_ROW_NUMBER = re.compile(r'[^>]*?\sr="([0-9]{1,9})"')
_LAST_DAY = 2_958_465
_EPOCHS = {False: datetime(1899, 12, 30), True: datetime(1904, 1, 1)}  # noqa: DTZ001 - days of a calendar, without a zone

_Way = tuple["re.Pattern[str]", "Callable[[int, Any], TableRow | None]"]
"""What finds the cells of a row, and what makes a row of what it found."""


class SheetRows:
    """Reads the rows of one sheet.

    Args:
        part: the sheet.
        strings: of the workbook.
        date_styles: styles that show a number as a date.
        counts_from_1904: whether days are counted from 1904, as on old Macintoshes.
    """

    def __init__(
        self, part: "Part", strings: "Strings", date_styles: frozenset[str], *, counts_from_1904: bool
    ) -> None:
        self._part = part
        self._strings = strings
        self._date_styles = date_styles
        self._epoch = _EPOCHS[counts_from_1904]
        self._string = strings.__getitem__
        # Rows of one sheet are mostly written alike: what fitted the last row is tried first.
        self._ways: list[_Way] = [
            (shared_pattern(part.prefix), self._shared),
            (inline_pattern(part.prefix), self._inline),
            (any_pattern(part.prefix), self._mixed),
        ]

    def __iter__(self) -> "Iterator[TableRow]":
        """Yield the rows."""
        opening, cell = f"<{self._part.prefix}row", f"<{self._part.prefix}c"
        line = 0
        for block in self._part.blocks(opening):
            for piece in block.split(opening)[1:]:
                told = _ROW_NUMBER.match(piece)
                line = int(told[1]) if told else line + 1
                begun = piece.count(cell)
                yield self._row(line, piece, begun) if begun else TableRow(line, [])

    def _row(self, line: int, piece: str, begun: int) -> TableRow:
        for at, (pattern, row_of) in enumerate(self._ways):
            found = pattern.findall(piece)
            if len(found) == begun and (row := row_of(line, found)) is not None:
                if at:
                    self._ways.insert(0, self._ways.pop(at))
                return row
        return self._unusual(line, piece)

    def _unusual(self, line: int, piece: str) -> TableRow:
        """Read a row through a parser; behind the last one of a sheet stands what follows its rows."""
        prefix = self._part.prefix
        if not (end := piece.find(f"</{prefix}row>")) >= 0:
            return TableRow(line, [])
        row = f"<{prefix}row{piece[:end]}</{prefix}row>"
        try:
            return self._mixed(line, list(parsed_cells(row, prefix)))
        except BrokenTableError:
            return TableRow(line, None, row.encode(), "bad-cells")

    def _shared(self, line: int, found: "list[tuple[str, str]]") -> TableRow | None:
        """Return a row whose cells all name a shared string; ``None`` when one makes no sense."""
        return _placed(line, found, self._string)

    def _inline(self, line: int, found: "list[tuple[str, str]]") -> TableRow | None:
        """Return a row whose cells all hold their text."""
        return _placed(line, found, plain)

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
        if style in self._date_styles and 0 < number < _LAST_DAY:
            return cell_text(self._epoch + timedelta(seconds=round(number * 86400)))
        return number_text(number)


def _placed(line: int, found: "list[tuple[str, str]]", text_of: "Callable[[str], str]") -> TableRow | None:
    letters, values = zip(*found, strict=True)
    places = placing(letters)
    try:
        return TableRow(line, list(places([*map(text_of, values), ""]))) if places else None
    except (ValueError, KeyError):
        return None
