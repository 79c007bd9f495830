"""Rows of xls workbooks (and of xlsb and ods), read by python-calamine in a process of its own.

The library holds a sheet whole, and gives up by ending its process where a damaged file makes it ask for more memory than
there is: counts that a file states are reserved before they are checked (github.com/tafia/calamine, issues 684, 693 and
714, open with its release 0.36.1). In a process with limits that costs one file, not the service.
"""

from array import array
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from services.ingest.formats.tables import xls_process
from services.ingest.formats.tables.cells import number_text
from services.ingest.formats.tables.merged import MAX_MERGED, Merged, filled
from services.ingest.formats.tables.model import MAX_COLUMNS, BrokenTableError, Table, TableRow
from services.ingest.formats.tables.xls_worker import BETWEEN, BETWEEN_ROWS, NUMBERS

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_FILE_BYTES = 96 * 1024**2
_TOO_LARGE = "这个工作簿过大或已损坏：读它需要的内存或时间超过上限；请在 Excel 里打开，另存为 xlsx 或 CSV 后再放入。"

_sheet = msgspec.json.Decoder(tuple[str, int, int, int, list[tuple[int, int, int]]])
_end = msgspec.json.Decoder(tuple[str, bool])


def xls_tables(path: Path) -> "Iterator[Table]":
    """Yield the workbook's sheets, hidden ones too.

    Raises:
        BrokenTableError: it cannot be read, or is too large.
    """
    if path.stat().st_size > MAX_FILE_BYTES:
        raise BrokenTableError("too-large", _TOO_LARGE)
    worker = xls_process.asked(path)
    told = _Told(worker)
    try:
        told.step()
        while told.sheet is not None:
            name, count, first_row, columns, merged = told.sheet
            told.step()
            rows = told.rows(first_row, columns)
            if merged:
                ranges = [Merged(top + 1, bottom + 1, column) for top, bottom, column in merged[:MAX_MERGED]]
                rows = filled(rows, ranges)
            yield Table(name, rows, is_only=count == 1)
            told.skip()
    finally:
        if told.reads_on:
            xls_process.keep(worker)
        else:
            worker.end()


class _Told:
    """What the process tells, frame by frame.

    Attributes:
        sheet: name, count of all sheets, first row, columns and merged cells of the sheet that comes now; ``None`` when
            there is none left.
        reads_on: whether all is told, and the process is ready for another workbook.
    """

    def __init__(self, worker: xls_process.Worker) -> None:
        self._worker = worker
        self._rows: bytes | None = None
        self._numbers = b""
        self.sheet: tuple[str, int, int, int, list[tuple[int, int, int]]] | None = None
        self.reads_on = False

    def step(self) -> None:
        """Take some rows, the next sheet, or the end."""
        self._numbers, self._rows = b"", None
        match self._worker.frame():
            case (b"N", numbers):
                self.step()
                self._numbers = numbers
            case (b"R", rows):
                self._rows = rows
            case (b"S", sheet):
                self.sheet = _sheet.decode(sheet)
            case (b"E", end):
                self.sheet = None
                problem, self.reads_on = _end.decode(end)
                if problem:
                    raise _torn(problem)
            case _:
                raise BrokenTableError("too-large", _TOO_LARGE)

    def rows(self, first_row: int, columns: int) -> "Iterator[TableRow]":
        """Yield the rows that come now."""
        line = first_row
        while self._rows is not None:
            rows = [row.split(BETWEEN) for row in self._rows.decode("utf-16-le").split(BETWEEN_ROWS)]
            for at in array(NUMBERS, self._numbers):
                row, column = divmod(at, columns)
                rows[row][column] = number_text(float(rows[row][column]))
            for cells in rows:
                if columns > MAX_COLUMNS:
                    del cells[MAX_COLUMNS:]
                while cells and not cells[-1]:
                    cells.pop()
                line += 1
                yield TableRow(line, cells)
            self.step()

    def skip(self) -> None:
        """Leave what was not read of a sheet behind."""
        while self._rows is not None:
            self.step()


def _torn(error: str) -> BrokenTableError:
    if "Password" in error:
        return BrokenTableError("encrypted-workbook", "这个工作簿加了密码；请取消密码后另存，再放入。")
    return BrokenTableError(
        "torn-workbook", f"工作簿读不出来（{error[:200]}）；请从来源重新下载，或在 Excel 里打开后另存为 xlsx。"
    )
