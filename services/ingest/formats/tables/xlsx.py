"""Rows of an xlsx workbook, streamed: memory stays the same however many rows there are.

A library that holds a whole sheet takes 3 KiB a row of a patent export, and one cell in the last corner of a sheet makes
it ask for all cells before it and end the process. So rows are cut out of the sheet's XML one by one.
"""

import re
from contextlib import closing
from functools import cached_property
from io import BytesIO
from itertools import islice
from typing import IO, TYPE_CHECKING

from services.ingest.formats.tables.merged import MAX_MERGED, Merged, filled
from services.ingest.formats.tables.model import Table, TableRow
from services.ingest.formats.tables.xlsx_cells import column_of
from services.ingest.formats.tables.xlsx_package import Package
from services.ingest.formats.tables.xlsx_rows import SheetRows
from services.ingest.formats.tables.xlsx_text import Part, Strings, shared_strings, whole

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_MERGED_UP_TO_BYTES = 16 * 1024**2
"""Merged cells are told behind the rows, so such a sheet is unpacked whole; nobody merges cells in larger ones."""

_MERGED = re.compile(rb'mergeCell ref="\$?([A-Z]+)\$?([0-9]+):\$?([A-Z]+)\$?([0-9]+)"')


def xlsx_tables(file: "Path | IO[bytes]", spool: "Path") -> "Iterator[Table]":
    """Yield the sheets of a workbook, hidden ones too.

    Raises:
        BrokenTableError: it cannot be read.
    """
    with closing(Package(file)) as package, closing(_Reader(package, spool)) as reader:
        for sheet in package.sheets:
            yield Table(sheet.name, reader.rows(sheet.part), is_only=len(package.sheets) == 1)


class _Reader:
    """Reads the sheets of one workbook; their common strings are read when the first of them is."""

    def __init__(self, package: Package, spool: "Path") -> None:
        self._package = package
        self._spool = spool

    def rows(self, name: str) -> "Iterator[TableRow]":
        """Yield the rows of the sheet in the part of this name."""
        with self._package.open(name) as stream:
            if self._package.size(name) > _MERGED_UP_TO_BYTES:
                yield from self._rows(Part(stream, "worksheet"))
            else:
                content = whole(stream)
                yield from filled(self._rows(Part(BytesIO(content), "worksheet")), _merged(content))

    def close(self) -> None:
        """Forget the common strings."""
        if "_strings" in self.__dict__:
            self._strings.close()

    @cached_property
    def _strings(self) -> Strings:
        return shared_strings(self._package, self._spool)

    def _rows(self, part: Part) -> "Iterator[TableRow]":
        package = self._package
        return iter(SheetRows(part, self._strings, package.date_styles, counts_from_1904=package.counts_from_1904))


def _merged(content: bytes) -> "Iterator[Merged]":
    """Yield the cells of a sheet that are one downwards; they are told behind the rows."""
    for first, top, _, bottom in islice(_MERGED.findall(content, max(content.rfind(b"sheetData>"), 0)), MAX_MERGED):
        if bottom != top and len(top) <= len(bottom) < len("10000000"):
            yield Merged(int(top), int(bottom), column_of(first.decode()))
