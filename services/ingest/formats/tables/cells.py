"""Cells as text; a text that stood in the file as a number remembers that."""

import csv
import io
from datetime import date, datetime, time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_EXACT_BELOW = 10**15
"""Spreadsheets keep fifteen digits of a number; what is longer has lost its end."""


class NumberText(str):
    """A number's text. What ought to be text and was made a number may have lost zeros and digits."""

    __slots__ = ()


def number_text(value: float) -> NumberText:
    """Return a number as people write it: ``518057``, not ``518057.0``; one beyond fifteen digits as ``2.01785E+15``."""
    if abs(value) >= _EXACT_BELOW or value != value:  # noqa: PLR0124 - the test for NaN
        return NumberText(f"{value:.14E}")
    return NumberText(int(value)) if value == int(value) else NumberText(repr(float(value)))


def cell_text(value: object) -> str:
    """Return a value of a library as text: dates as ``2019-07-12``, with their time where it is not midnight."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (int, float)):
        return number_text(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    return value.isoformat() if isinstance(value, (date, time)) else str(value)


_LINE_END = "\r\n"


def as_csv(cells: "Iterable[str]", delimiter: str = ",") -> str:
    """Return cells as one CSV row without its line end; numbers so that nobody takes them for what was typed."""
    out = io.StringIO()
    # The module quotes what holds a character of the line end, and no other line break.
    csv.writer(out, lineterminator=_LINE_END, delimiter=delimiter).writerow([_kept(cell) for cell in cells])
    return out.getvalue().removesuffix(_LINE_END)


def _kept(cell: str) -> str:
    # Twelve digits that were a number may be 2.01785E+11 written out; a CSV row cannot say so but in that form.
    return f"{float(cell):.14E}" if isinstance(cell, NumberText) and len(cell) > len("20190712") else cell
