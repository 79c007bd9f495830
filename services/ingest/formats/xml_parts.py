"""Files that are several XML documents one after the other, as the USPTO's weekly files are."""

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from services.ingest.formats.xml_reading import MAX_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator

_DECLARATION = b"<?xml "
_BEFORE = b"\n\r>"
"""Another document begins behind one of these; ``<?xml`` amid a text is none."""

_BLOCK_BYTES = 1024 * 1024


def parts(stream: BinaryIO, spool: Path) -> "Iterator[tuple[int, bytes | Path]]":
    """Yield (number of its first line, content) of each document; one that is too large to be read as a file.

    Line numbers start at 1.
    """
    line, held, searched = 1, b"", 1
    while block := stream.read(_BLOCK_BYTES):
        held += block
        while (at := _next(held, searched)) > 0:
            yield line, held[:at]
            line += held.count(b"\n", 0, at)
            held, searched = held[at:], 1
        searched = max(1, len(held) - len(_DECLARATION))
        if len(held) > MAX_BYTES:
            path, lines, held = _spooled(held, stream, spool)
            yield line, path
            line, searched = line + lines, 1
    if held.strip():
        yield line, held


def another(content: bytes) -> bool:
    """Whether a second document begins in this content."""
    return _next(content, 1) > 0


def _next(held: bytes, start: int) -> int:
    """Return where the next document begins, ``-1`` when none does."""
    at = held.find(_DECLARATION, start)
    while at > 0 and held[at - 1] not in _BEFORE:
        at = held.find(_DECLARATION, at + 1)
    return at


def _spooled(start: bytes, stream: BinaryIO, spool: Path) -> tuple[Path, int, bytes]:
    """Write a document out to its end; return the file, its line ends, and what was read beyond its end."""
    lines, held = 0, start
    with tempfile.NamedTemporaryFile(dir=spool, delete=False) as out:
        while (at := _next(held, 1)) < 0:
            kept = len(held) - len(_DECLARATION)
            lines += held.count(b"\n", 0, kept)
            out.write(held[:kept])
            block = stream.read(_BLOCK_BYTES)
            held = held[kept:] + block
            if not block:
                at = len(held)
                break
        out.write(held[:at])
        return Path(out.name), lines + held.count(b"\n", 0, at), held[at:]
