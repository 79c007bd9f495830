"""What every reader of tables gives: tables, each with a name and rows of text cells."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

MAX_COLUMNS = 1024
"""Cells beyond are left out; exports of patents have some 150 columns at most."""

MAX_ROW_CHARACTERS = 4 * 1024 * 1024
"""A row with more text is no record."""


class TableRow(msgspec.Struct, gc=False):
    """One row.

    Attributes:
        line: its number in the sheet or file, from 1.
        cells: as many as the row has, empty ones at its end may lack; ``None`` when it cannot be read.
        raw: its bytes in the file, where a row has such (CSV); else it is written anew when it is refused.
        problem: why it cannot be read: a reason code.
    """

    line: int
    cells: list[str] | None
    raw: bytes | Path = b""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet, or a file that is one table.

    Attributes:
        name: of the sheet, ``""`` where tables have none.
        rows: the rows from the first on, to be read once, before the next table is asked for; may raise
            `BrokenTableError`.
        is_only: whether there is no other, so that a place needs no name.
        place: what a row's number counts: ``row`` or ``line``.
        is_ragged: whether rows may be shorter than the header (sheets keep no empty cells; in CSV a cell is missing).
        encoding: of the rows' bytes, and what parts the cells in them.
    """

    name: str
    rows: Iterator[TableRow]
    is_only: bool = True
    place: str = "row"
    is_ragged: bool = True
    encoding: str = "utf-8"
    delimiter: str = ","

    def at(self, line: int) -> str:
        """Return a row's place: ``Sheet1 row 17``."""
        return f"{self.place} {line}" if self.is_only else f"{self.name} {self.place} {line}"


class BrokenTableError(Exception):
    """The file cannot be read on.

    Attributes:
        code: reason code for the quarantine; the message is for people.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
