"""Rows of CSV and TSV, in UTF-8, GB18030 or UTF-16 (which spreadsheets call "Unicode text")."""

import codecs
from typing import TYPE_CHECKING, BinaryIO, cast

from services.ingest.formats.csv_rows import Row, read_rows
from services.ingest.formats.lines import UTF8_BOM, encoding_of, newline_of
from services.ingest.formats.tables.model import BrokenTableError, Table, TableRow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from services.ingest.records import Document

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_LINES = 60


def delimited_tables(document: "Document", head: bytes) -> "Iterator[Table]":
    """Yield the one table of a text file."""
    with document.open() as stream:
        text = stream
        if head.startswith(_UTF16):
            text = cast("BinaryIO", codecs.EncodedFile(stream, "utf-8", "utf-16"))
            head = head.decode("utf-16", "ignore").encode()
        encoding, newline = encoding_of(head), newline_of(head)
        delimiter = delimiter_of(head, newline)
        rows = read_rows(text, document.spool, encoding, newline, delimiter)
        yield Table("", _rows(rows), place="line", is_ragged=False, encoding=encoding, delimiter=delimiter)


def _rows(rows: "Iterator[Row]") -> "Iterator[TableRow]":
    try:
        for row in rows:
            yield TableRow(row.line, row.cells, row.raw, row.problem)
    except UnicodeDecodeError as error:
        raise BrokenTableError(
            "bad-encoding",
            f"文件声明是 UTF-16，却有读不出来的字节（{error.reason}）；请从来源重新下载，或另存为 UTF-8。",
        ) from error


def is_delimited(head: bytes) -> bool:
    """Whether a file may be a text table: it has lines, cells, no zeros where characters should be, and no markup."""
    if head.startswith(_UTF16):
        return True
    if head[:64].removeprefix(UTF8_BOM).lstrip().startswith(b"<"):
        return False
    has_lines = b"\n" in head or b"\r" in head
    return has_lines and b"\0" not in head and any(mark in head for mark in (b",", b"\t", b";"))


def delimiter_of(head: bytes, newline: bytes = b"\n") -> str:
    """Return what parts the cells: tabs where two of them stand in one of the first lines, else commas or semicolons."""
    lines = head.removeprefix(UTF8_BOM).split(newline, _LINES)[:_LINES]
    if any(line.count(b"\t") > 1 for line in lines):
        return "\t"
    commas, semicolons = (max(line.count(mark) for line in lines) for mark in (b",", b";"))
    return ";" if semicolons > commas == 0 else ","
