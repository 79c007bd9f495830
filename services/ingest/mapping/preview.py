"""What a table becomes by a mapping, before it counts for anything."""

import tempfile
from collections import Counter
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from services.ingest.formats.tables.headers import HEADER_WITHIN_ROWS, tables_of
from services.ingest.formats.tables.layout import Written, column_name
from services.ingest.formats.tables.model import BrokenTableError
from services.ingest.mapping.guess import one_document
from services.ingest.reader import Reading
from services.ingest.records import HEAD_BYTES, Rejected

if TYPE_CHECKING:
    from services.ingest.formats.tables.layout import Layout
    from services.ingest.records import Item

SHOWN_ROWS = 10


@dataclass(frozen=True, slots=True)
class Preview:
    """What was read.

    Attributes:
        first: the first records, as they came.
        read: all of them, and how many were refused for which reason (code → (count, first sentence)).
    """

    first: "list[Item]"
    read: int
    refused: dict[str, tuple[int, str]] = field(default_factory=dict)


def preview(path: Path, layout: "Layout", *, whole: bool = True) -> Preview:
    """Read a table by a layout alone; only its first records unless ``whole``."""
    with tempfile.TemporaryDirectory(prefix="zhitui-") as spool:
        reading = Reading.of_path(path, Path(spool))
        reading.written = Written((layout,), is_only=True)
        items = iter(reading)
        first = list(islice(items, SHOWN_ROWS))
        read, counts = 0, Counter[str]()
        sentences: dict[str, str] = {}
        for item in (*first, *(items if whole else ())):
            read += 1
            if isinstance(item, Rejected):
                counts[item.reason_code] += 1
                sentences.setdefault(item.reason_code, f"{item.location}：{item.reason}")
    return Preview(first, read, {code: (count, sentences[code]) for code, count in counts.items()})


def missing_columns(path: Path, layout: "Layout") -> list[str]:
    """Return the columns of a mapping that the table lacks, judged by the row that has most of them.

    Raises:
        InvalidInputError: the file cannot be opened, or is an archive or a folder.
    """
    wanted = {column_name(name): name for names in layout.columns.values() for name in names}
    found: set[str] = set()
    with tempfile.TemporaryDirectory(prefix="zhitui-") as spool:
        document = one_document(path, Path(spool))
        with document.open() as stream:
            head = stream.read(HEAD_BYTES)
        try:
            for table in tables_of(document, head):
                for row in islice(table.rows, HEADER_WITHIN_ROWS):
                    here = wanted.keys() & set(map(column_name, row.cells or ()))
                    if len(here) > len(found) and layout.may_begin(table.name, row.line):
                        found = here
        except BrokenTableError:
            return list(wanted.values())
    return [name for told, name in wanted.items() if told not in found]
