"""Rows of a CSV file with their real line numbers and their bytes; one bad row never takes others with it."""

import csv
from collections import deque
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from services.ingest.formats.lines import decode_lines, read_blocks

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

MAX_ROW_LINES = 50
"""A quoted cell may hold line breaks; a row over more lines is a quote that somebody forgot to close."""


class Row(msgspec.Struct, frozen=True, gc=False):
    """One row.

    Attributes:
        line: where it begins, from 1.
        cells: ``None`` when it cannot be read; ``problem`` then says why (a reason code).
    """

    line: int
    raw: bytes | Path
    cells: list[str] | None
    problem: str = ""


_Line = tuple[int, "bytes | Path", "str | None"]


def read_rows(stream: "BinaryIO", spool: Path, encoding: str, newline: bytes, delimiter: str = ",") -> "Iterator[Row]":
    """Yield the rows of a stream; blank lines are left out."""
    lines = _lines(stream, spool, encoding, newline)
    pushed: deque[_Line] = deque()
    while True:
        line = pushed.popleft() if pushed else next(lines, None)
        if line is None:
            return
        number, raw, text = line
        if text and '"' not in text and "\0" not in text:
            if text[-1] == "\r":
                text = text.rstrip("\r")
            if text[:1] > " " or text.strip():
                yield Row(number, raw, text.split(delimiter))
        elif text is None:
            yield Row(number, raw, None, "line-too-long" if isinstance(raw, Path) else "bad-encoding")
        elif "\0" in text:
            yield Row(number, raw, None, "nul-bytes")
        elif text:
            yield _quoted_row(line, lines, pushed, newline, delimiter)


def _lines(stream: "BinaryIO", spool: Path, encoding: str, newline: bytes) -> "Iterator[_Line]":
    for first, block in read_blocks(stream, spool, newline):
        if isinstance(block, Path):
            yield first, block, None
        else:
            yield from zip(count(first), block.split(newline), decode_lines(block, encoding, newline), strict=False)


def _quoted_row(line: _Line, lines: "Iterator[_Line]", pushed: deque[_Line], newline: bytes, delimiter: str) -> Row:
    """Read a row that may go on over following lines; give those back when its quote never closes."""
    taken = [line]
    number, raw, text = line
    text = str(text)
    while (cells := _split(text, delimiter)) is None:
        following = pushed.popleft() if pushed else next(lines, None)
        if following is not None:
            taken.append(following)
        if following is None or len(taken) > MAX_ROW_LINES or not isinstance(following[2], str):
            pushed.extendleft(reversed(taken[1:]))
            return Row(number, raw, None, "unclosed-quote")
        text += "\n" + following[2]
    return Row(number, newline.join(part for _, part, _ in taken if isinstance(part, bytes)), cells)


def _split(text: str, delimiter: str) -> list[str] | None:
    """Split a row with quotes; ``None`` when a quote is still open at its end."""
    try:
        return next(csv.reader([text.rstrip("\r")], strict=True, delimiter=delimiter))
    except csv.Error as error:
        if "unexpected end" in str(error):
            return None
    try:
        return next(csv.reader([text.rstrip("\r")], delimiter=delimiter))
    except csv.Error:
        return []
