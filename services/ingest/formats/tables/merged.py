"""Merged cells: the text stands in the first cell only, and is meant for all of them downwards."""

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from services.ingest.formats.tables.model import TableRow

MAX_MERGED = 200_000


class Merged(NamedTuple):
    """Cells of one column that are one; rows from 1, the column from 0."""

    first_row: int
    last_row: int
    column: int


def filled(rows: "Iterable[TableRow]", merged: "Iterable[Merged]") -> "Iterator[TableRow]":
    """Yield the rows with the text of merged cells in each row that they cover."""
    beginning: dict[int, list[Merged]] = defaultdict(list)
    for one in merged:
        beginning[one.first_row].append(one)
    open_ones: list[tuple[Merged, str]] = []
    for row in rows:
        cells = row.cells
        if cells is not None and open_ones:
            open_ones = [one for one in open_ones if one[0].last_row >= row.line]
            for one, text in open_ones:
                cells.extend([""] * (one.column + 1 - len(cells)))
                cells[one.column] = cells[one.column] or text
        if cells is not None and row.line in beginning:
            open_ones += [(one, cells[one.column]) for one in beginning[row.line] if one.column < len(cells)]
        yield row
