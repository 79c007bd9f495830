"""What ``zhitui parse --explain`` tells: for each record, which raw value became what, by which rule."""

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from services.ingest.formats.tables.layout import NOTHING_WRITTEN, Written
from services.ingest.normalise.explain import NOTHING, Step, explained, letters_and_digits
from services.ingest.normalise.record import RawRecord, listening
from services.ingest.reader import Reading
from services.ingest.records import Rejected, shown_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from services.ingest.records import Item

MAX_SHOWN = 120
"""Characters of a value in the table."""

_HEADER = Step("字段", "原值", "结果", "规则")


def explain_files(
    paths: "Sequence[Path]", out: TextIO, number: str | None = None, *, written: Written = NOTHING_WRITTEN
) -> tuple[int, int]:
    """Write a table for each record that is read.

    Args:
        paths: files, archives, folders.
        out: where the tables go.
        number: tell of this publication number only, in whatever form; also of a record that says it and is refused.
        written: tables that people wrote down.

    Returns:
        How many records could be read (0: nothing was recognised), and how many were told of.
    """
    heard: list[RawRecord] = []
    wanted = letters_and_digits(number) if number else None
    read = told = 0
    with tempfile.TemporaryDirectory(prefix="zhitui-") as spool, listening(heard.append):
        for path in paths:
            reading = Reading.of_path(path, Path(spool))
            reading.written = written
            for item in reading:
                records, heard[:] = list(heard), []
                place = f"{shown_name(Path(path.name))} {item.location}".strip()
                read += not isinstance(item, Rejected)
                if isinstance(item, Rejected) and not records and wanted is None:
                    out.write(f"{place}：拒绝（{item.reason_code}）：{item.reason}\n\n")
                for record in records:
                    if wanted is None or wanted in _numbers(record, item):
                        out.write(_table(place, explained(record)))
                        told += 1
    return read, told


def _numbers(record: RawRecord, item: "Item") -> set[str]:
    """Return the numbers under which somebody may look for a record."""
    written = {
        letters_and_digits(record.publication_number),
        letters_and_digits(record.publication_number + record.kind),
    }
    return written if isinstance(item, Rejected) else {*written, item.publication.publication_number}


def _table(place: str, steps: list[Step]) -> str:
    lines = [place, *(" | ".join(_shown(value) for value in step) for step in (_HEADER, *steps))]
    return "\n".join(lines) + "\n\n"


def _shown(value: str) -> str:
    text = " ".join(value.split()).replace("|", "｜")
    return (text[: MAX_SHOWN - 1] + "…" if len(text) > MAX_SHOWN else text) or NOTHING
