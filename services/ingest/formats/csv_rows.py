"""Rows of a CSV file with their real line numbers and their bytes; one bad row never takes others with it.

Most lines are plain: readable in one encoding, without quote and NUL. They are handed out many at a time, as a `Stretch`,
for whoever can work on them by columns; only the others are read with care, one by one.
"""

import csv
from bisect import bisect_left
from collections import deque
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, cast

import msgspec

from services.ingest.formats.lines import decode_block, decode_lines, read_blocks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import BinaryIO

MAX_ROW_LINES = 50
"""A quoted cell may hold line breaks; a row over more lines is a quote that somebody forgot to close."""

PROBLEMS = {
    "line-too-long": "这一行超过 1 MiB，不像一条记录；请检查文件是否损坏。",
    "bad-encoding": "这一行既不是 UTF-8 也不是 GB18030 编码；请从来源重新下载文件。",
    "nul-bytes": "这一行含有 NUL 字节，文件可能已损坏；请从来源重新下载。",
    "unclosed-quote": "这一行的引号没有闭合；请补上引号后重放。",
}
"""Why a row cannot be read: reason code → sentence for people."""


def replayable(raw: bytes, context: "Mapping[str, str]") -> bytes:
    """Return a file of one row, with the ``header`` it came under, in the ``encoding`` of its bytes."""
    return context["header"].encode(context.get("encoding", "utf-8"), "replace") + b"\n" + raw


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


class Stretch:
    """Plain lines, one behind the other.

    Attributes:
        line: number of the first, from 1.
    """

    def __init__(self, block: "_Block", start: int, end: int, delimiter: str) -> None:
        self.line = block.line + start
        self._block, self._delimiter, self._newline = block, delimiter, block.newline.decode()
        if block.plain is not None and not block.has_returns:
            self._text = block.plain.split(self._newline, start)[start]
        else:  # what cannot be read is no plain line
            lines = cast("list[str]", block.texts[start:end])
            self._text = self._newline.join([line.rstrip("\r") for line in lines])

    @cached_property
    def _texts(self) -> list[str]:
        return self._text.split(self._newline)

    @cached_property
    def widths(self) -> list[int]:
        """How many cells each line has."""
        return [text.count(self._delimiter) + 1 for text in self._texts]

    def has_line_over(self, characters: int) -> bool:
        """Whether a line has more characters."""
        text, newline = self._text, self._newline
        begins = 0
        while len(text) - begins > characters:
            begins = text.rfind(newline, begins, begins + characters + 1) + 1
            if not begins:
                return True
        return False

    def all_columns(self, width: int) -> list[list[str]] | None:
        """Return the cells of all lines, by column; ``None`` when a line has another width."""
        # One list of all cells, not one a line: what is never made need not be kept track of. Where a line ends, a cell says so.
        end = self._newline
        cells = self._text.replace(end, f"{self._delimiter}{end}{self._delimiter}").split(self._delimiter)
        ends = cells[width :: width + 1]
        lines = len(ends) + 1
        if len(cells) != lines * (width + 1) - 1 or ends.count(end) < len(ends):
            return None
        return [cells[place :: width + 1] for place in range(width)]

    def columns(self, width: int) -> list[list[str]]:
        """Return the cells of all lines of this width, by column; no column when there is no such line."""
        texts = [text for text, cells in zip(self._texts, self.widths, strict=True) if cells == width]
        cells = self._delimiter.join(texts).split(self._delimiter) if texts else []
        return [cells[place::width] for place in range(width)] if texts else []

    def row(self, line: int) -> Row | None:
        """Return the line of this number as a row; ``None`` when it is blank."""
        text = self._texts[line - self.line]
        if not (text[:1] > " " or text.strip()):
            return None
        return Row(line, self._block.raws[line - self._block.line], text.split(self._delimiter))

    def rows(self) -> "Iterator[Row]":
        """Yield the lines one by one; blank ones are left out."""
        return filter(None, map(self.row, range(self.line, self.line + len(self._texts))))


class _Block:
    """Whole lines, as they were read together.

    Attributes:
        count: how many.
        plain: all of them, where all are plain.
    """

    def __init__(self, line: int, count: int, content: bytes, encoding: str, newline: bytes) -> None:
        self.line = line
        self.count = count
        self.newline = newline
        self.has_returns = b"\r" in content
        self._content, self._encoding = content, encoding
        self.plain = decode_block(content, encoding) if b'"' not in content and b"\0" not in content else None

    @cached_property
    def texts(self) -> list[str | None]:
        """The lines; ``None`` for those that no encoding can read."""
        if self.plain is not None:
            return list(self.plain.split(self.newline.decode()))
        return decode_lines(self._content, self._encoding, self.newline)

    @cached_property
    def raws(self) -> list[bytes]:
        """The bytes of each line; mostly nobody asks for them."""
        return self._content.split(self.newline)

    def plain_until(self, at: int) -> int:
        """Return where the plain lines end that begin here."""
        following = bisect_left(self._odd, at)
        return self._odd[following] if following < len(self._odd) else self.count

    @cached_property
    def _odd(self) -> list[int]:
        if self.plain is not None:
            return []
        return [at for at, text in enumerate(self.texts) if text is None or '"' in text or "\0" in text]


_Line = tuple[int, "bytes | Path", "str | None"]


class Rows:
    """The rows of a stream, in their order, whichever way they are taken. Blank lines are left out."""

    def __init__(self, stream: "BinaryIO", spool: Path, encoding: str, newline: bytes, delimiter: str = ",") -> None:
        self._read = read_blocks(stream, spool, newline)
        self._encoding, self._newline, self._delimiter = encoding, newline, delimiter
        self._block: _Block | None = None
        self._at = 0
        self._pushed: deque[_Line] = deque()

    def pieces(self) -> "Iterator[Row | Stretch]":
        """Yield everything that is left."""
        while True:
            block = self._present()
            end = block.plain_until(self._at) if block else 0
            if block and end > self._at:
                start, self._at = self._at, end
                yield Stretch(block, start, end, self._delimiter)
            elif (row := self.take()) is not None:
                yield row
            else:
                return

    def take(self) -> Row | None:
        """Return the next row; ``None`` at the end."""
        while (line := self._line()) is not None:
            number, raw, text = line
            if text is None:
                return Row(number, raw, None, "line-too-long" if isinstance(raw, Path) else "bad-encoding")
            if "\0" in text:
                return Row(number, raw, None, "nul-bytes")
            if '"' in text:
                return self._quoted(line, text)
            text = text.rstrip("\r")
            if text[:1] > " " or text.strip():
                return Row(number, raw, text.split(self._delimiter))
        return None

    def _quoted(self, line: _Line, text: str) -> Row:
        """Read a row that may go on over following lines; give those back when its quote never closes."""
        taken = [line]
        while (cells := _split(text, self._delimiter)) is None:
            following = self._line()
            if following is not None:
                taken.append(following)
            if following is None or len(taken) > MAX_ROW_LINES or not isinstance(following[2], str):
                self._pushed.extendleft(reversed(taken[1:]))
                return Row(line[0], line[1], None, "unclosed-quote")
            text += "\n" + following[2]
        return Row(line[0], self._newline.join(part for _, part, _ in taken if isinstance(part, bytes)), cells)

    def _line(self) -> _Line | None:
        """Return the next line, first of all one that was given back; ``None`` at the end."""
        block = self._present()
        if block is None:
            return self._pushed.popleft() if self._pushed else None
        self._at += 1
        return block.line + self._at - 1, block.raws[self._at - 1], block.texts[self._at - 1]

    def _present(self) -> _Block | None:
        """Return the block whose line is next; ``None`` when a line given back, an overlong one, or none is."""
        if self._pushed:
            return None
        if self._block is None or self._at == self._block.count:
            line, count, content = next(self._read, (0, 0, None))
            self._at = 0
            self._block = (
                _Block(line, count, content, self._encoding, self._newline) if isinstance(content, bytes) else None
            )
            if isinstance(content, Path):
                self._pushed.append((line, content, None))
        return self._block


def read_rows(stream: "BinaryIO", spool: Path, encoding: str, newline: bytes, delimiter: str = ",") -> "Iterator[Row]":
    """Yield the rows of a stream one by one."""
    for piece in Rows(stream, spool, encoding, newline, delimiter).pieces():
        if isinstance(piece, Row):
            yield piece
        else:
            yield from piece.rows()


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
