"""Rows of xls workbooks (and of xlsb and ods), read by python-calamine in a process of its own.

The library holds a sheet whole, and gives up by ending its process where a damaged file makes it ask for more memory than
there is (github.com/tafia/calamine, issues 550 and 693). In a process with limits that costs one file, not the service.
"""

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from services.ingest.formats.tables.cells import cell_text
from services.ingest.formats.tables.merged import MAX_MERGED, Merged, filled
from services.ingest.formats.tables.model import MAX_COLUMNS, BrokenTableError, Table, TableRow

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MAX_FILE_BYTES = 96 * 1024**2
_MEMORY_BYTES = 288 * 1024**2
"""Of address space; some 40 MiB of it are the interpreter's mappings."""

_SECONDS = 30
_WORKER = Path(__file__).with_name("xls_worker.py")
_TOO_LARGE = "这个工作簿过大或已损坏：读它需要的内存或时间超过上限；请在 Excel 里打开，另存为 xlsx 或 CSV 后再放入。"

_decoder = msgspec.json.Decoder(list[object])


def xls_tables(path: Path) -> "Iterator[Table]":
    """Yield the workbook's sheets, hidden ones too.

    Raises:
        BrokenTableError: it cannot be read, or is too large.
    """
    if path.stat().st_size > MAX_FILE_BYTES:
        raise BrokenTableError("too-large", _TOO_LARGE)
    command = [sys.executable, "-I", str(_WORKER), str(path.absolute()), str(_MEMORY_BYTES), str(_SECONDS)]
    with subprocess.Popen(  # noqa: S603 - our own file
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as worker:
        try:
            told = _Told(worker.stdout or ())
            told.step()
            while told.sheet is not None:
                name, count, first_row, merged = told.sheet
                yield Table(name, filled(told.rows(first_row), merged), is_only=count == 1)
                told.skip()
        finally:
            worker.kill()


class _Told:
    """What the worker tells, line by line.

    Attributes:
        sheet: name, count of all sheets, first row and merged cells of the sheet that comes now; ``None`` when there is none left.
    """

    def __init__(self, lines: "Iterable[bytes]") -> None:
        self._lines = iter(lines)
        self.sheet: tuple[str, int, int, list[Merged]] | None = None
        self._row: list[object] | None = None

    def step(self) -> None:
        """Take one message."""
        line = next(self._lines, None)
        if line is None:
            raise BrokenTableError("too-large", _TOO_LARGE)
        kind, *rest = _decoder.decode(line)
        self._row = rest if kind == "row" else None
        if kind == "sheet":
            name, count, first_row, merged = msgspec.convert(rest, tuple[str, int, int, list[tuple[int, int, int]]])
            ranges = [Merged(top + 1, bottom + 1, column) for top, bottom, column in merged[:MAX_MERGED]]
            self.sheet = name, count, first_row, ranges
        elif kind == "end":
            self.sheet = None
            if rest[0]:
                raise _torn(str(rest[0]))

    def rows(self, first_row: int) -> "Iterator[TableRow]":
        """Yield the rows of the sheet that comes now."""
        self.step()
        line = first_row
        while self._row is not None:
            line += 1
            cells = [cell if type(cell) is str else cell_text(cell) for cell in self._row[:MAX_COLUMNS]]
            while cells and not cells[-1]:
                cells.pop()
            yield TableRow(line, cells)
            self.step()

    def skip(self) -> None:
        """Leave what was not read of a sheet behind."""
        while self._row is not None:
            self.step()


def _torn(error: str) -> BrokenTableError:
    if "Password" in error:
        return BrokenTableError("encrypted-workbook", "这个工作簿加了密码；请取消密码后另存，再放入。")
    return BrokenTableError(
        "torn-workbook", f"工作簿读不出来（{error[:200]}）；请从来源重新下载，或在 Excel 里打开后另存为 xlsx。"
    )
