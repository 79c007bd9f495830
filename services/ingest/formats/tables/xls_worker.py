"""Reads a workbook of an old or binary kind in a process of its own and writes its rows to standard output.

Started by path (``python -I xls_worker.py FILE``), with nothing of Zhitui imported: it starts in some 30 ms. One JSON
array a line: ``["sheet", name, count of sheets, first row, [[first row, last row, column], …]]`` (all from 0), then the sheet's rows as
``["row", cell, …]``, in the end ``["end", ""]`` or ``["end", what went wrong]``.
"""

import json
import resource
import sys
from datetime import date, datetime, time
from math import isfinite


def main(path: str, memory_bytes: int, seconds: int) -> None:
    """Write the rows of all sheets."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    import python_calamine  # noqa: PLC0415 - within the limits

    try:
        book = python_calamine.load_workbook(path)
        for name in book.sheet_names:
            sheet = book.get_sheet_by_name(name)
            merged = [
                [top, bottom, column] for (top, column), (bottom, _) in sheet.merged_cell_ranges or () if bottom > top
            ]
            first_row, first_column = sheet.start or (0, 0)
            _tell(["sheet", name, len(book.sheet_names), first_row, merged])
            margin: list[object] = [""] * first_column
            for cells in sheet.iter_rows():
                _tell(["row", *margin, *cells])
        _tell(["end", ""])
    except Exception as error:  # noqa: BLE001 - whatever it is, the other side must hear of it
        _tell(["end", f"{type(error).__name__}: {error}"])
    sys.stdout.flush()


def _text(value: object) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    return value.isoformat() if isinstance(value, (date, time)) else str(value)


_encode = json.JSONEncoder(default=_text, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode


def _tell(what: list[object]) -> None:
    try:
        line = _encode(what)
    except ValueError:  # JSON has no word for what is no number (NaN), or is without end
        line = _encode([str(one) if isinstance(one, float) and not isfinite(one) else one for one in what])
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
