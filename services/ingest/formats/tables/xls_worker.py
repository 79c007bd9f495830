"""Reads workbooks of an old or binary kind in a process of its own and writes their rows to standard output.

Started by path (``python -I xls_worker.py ROOM_BYTES SECONDS``), with nothing of Zhitui imported: it starts in some 30 ms and
then reads one workbook after the other, until its standard input closes.

Both ways go frames of a letter, a length (four bytes, little endian) and so many bytes. In: ``P`` a path. Out, counted from 0:

* ``A`` that the path has come, before anything is done with it: what ends the process later is the workbook's doing;
* ``S`` a sheet, in JSON: ``[name, count of sheets, first row, columns, [[first row, last row, column], …]]``;
* ``N`` which cells of the rows that come next were numbers, counted through all of them, four bytes each;
* ``R`` rows, in UTF-16 (little endian): `BETWEEN_ROWS` in between, and `BETWEEN` in between their cells;
* ``E`` the end, in JSON: ``[what went wrong or "", whether another workbook can be read]``.
"""

import json
import os
import resource
import signal
import struct
import sys
import time
from array import array
from collections.abc import Iterable
from datetime import date, datetime
from datetime import time as time_of_day
from math import isfinite
from pathlib import Path
from typing import Any

FRAME = struct.Struct("<cI")
LARGEST_FRAME_BYTES = 64 * 1024**2
BETWEEN, BETWEEN_ROWS = "\x1f", "\x1e"
"""The control characters for this; in a cell they say nothing, and normalisation takes all of them out."""

NUMBERS = "I"
"""How an `array` holds the places of numbers."""

_FRAME_CHARACTERS = 32 * 1024
_READS_ON_BELOW_BYTES = 48 * 1024**2
"""Of resident memory, behind a workbook: a process that keeps more ends."""


def main(room_bytes: int, seconds: int) -> None:
    """Read what is asked for.

    Args:
        room_bytes: of address space that a workbook may take, beyond what the process has already.
        seconds: of the processor that it may take.
    """
    import python_calamine  # noqa: PLC0415 - who imports this module for its constants needs no library

    # Who stops the service means no file that is being read: this process ends when nobody asks any more.
    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, signal.SIG_IGN)
    _limit(resource.RLIMIT_CORE, 0)
    reads_on = True
    while reads_on and (path := _asked()):
        _tell(b"A", b"")
        sys.stdout.buffer.flush()
        mapped_bytes, _ = _memory()
        _limit(resource.RLIMIT_AS, mapped_bytes + room_bytes)
        _limit(resource.RLIMIT_CPU, int(time.process_time()) + 1 + seconds)
        problem = ""
        try:
            _tell_sheets(python_calamine.load_workbook(path))
        except BaseException as error:  # noqa: BLE001 - whatever it is (a panic, too), the other side must hear of it
            problem = f"{type(error).__name__}: {error}"
        _, resident_bytes = _memory()
        reads_on = not problem and resident_bytes < _READS_ON_BELOW_BYTES
        _tell(b"E", _json([problem, reads_on]))
        sys.stdout.buffer.flush()


def _asked() -> str:
    """Return the path of the next workbook; ``""`` when nobody asks any more."""
    head = sys.stdin.buffer.read(FRAME.size)
    return os.fsdecode(sys.stdin.buffer.read(FRAME.unpack(head)[1])) if len(head) == FRAME.size else ""


def _memory() -> tuple[int, int]:
    """Return (address space, resident memory) in bytes."""
    mapped, resident = Path("/proc/self/statm").read_text().split()[:2]
    return int(mapped) * resource.getpagesize(), int(resident) * resource.getpagesize()


def _limit(kind: int, wanted: int) -> None:
    """Set a limit so that it can be set anew."""
    _, most = resource.getrlimit(kind)
    resource.setrlimit(kind, (wanted if most == resource.RLIM_INFINITY else min(wanted, most), most))


def _tell_sheets(book: Any) -> None:  # noqa: ANN401 - the library is imported later
    for name in book.sheet_names:
        sheet = book.get_sheet_by_name(name)
        merged = [
            [top, bottom, column] for (top, column), (bottom, _) in sheet.merged_cell_ranges or () if bottom > top
        ]
        first_row, first_column = sheet.start or (0, 0)
        columns = first_column + sheet.width
        _tell(b"S", _json([name, len(book.sheet_names), first_row, columns, merged]))
        margin: list[object] = [""] * first_column
        if columns:
            _tell_rows(([*margin, *cells] for cells in sheet.iter_rows()) if margin else sheet.iter_rows(), columns)


def _tell_rows(rows: Iterable[list[Any]], columns: int) -> None:
    """Write the rows of a sheet, many in a frame."""
    told: list[str] = []
    numbers = array(NUMBERS)
    characters = 0
    for cells in rows:
        try:
            text = BETWEEN.join(cells)
        except TypeError:  # not all of them are texts
            before = len(told) * columns
            numbers.extend(at for at, cell in enumerate(cells, before) if _is_number(cell))
            text = BETWEEN.join(map(_text, cells))
        if text.count(BETWEEN) != columns - 1 or BETWEEN_ROWS in text:
            text = BETWEEN.join([_text(cell).replace(BETWEEN, "").replace(BETWEEN_ROWS, "") for cell in cells])
        told.append(text)
        characters += len(text)
        if characters > _FRAME_CHARACTERS:
            _tell_some(told, numbers)
            told, numbers, characters = [], array(NUMBERS), 0
    if told:
        _tell_some(told, numbers)


def _tell_some(rows: list[str], numbers: "array[int]") -> None:
    if numbers:
        _tell(b"N", numbers.tobytes())
    _tell(b"R", BETWEEN_ROWS.join(rows).encode("utf-16-le", "replace"))


def _is_number(cell: object) -> bool:
    return type(cell) in {int, float} and isfinite(cell)  # type: ignore[arg-type]


def _text(cell: object) -> str:
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time_of_day() else cell.isoformat(" ")
    return cell.isoformat() if isinstance(cell, (date, time_of_day)) else str(cell)


def _json(what: list[object]) -> bytes:
    return json.dumps(what, ensure_ascii=False).encode("utf-8", "replace")


def _tell(letter: bytes, content: bytes) -> None:
    sys.stdout.buffer.write(FRAME.pack(letter, len(content)) + content)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
