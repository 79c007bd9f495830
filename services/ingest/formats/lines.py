"""Files of lines, read in blocks: memory stays bounded whatever the file holds."""

import codecs
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_LINE_BYTES = 1024 * 1024
"""A longer line is no record. It goes to quarantine whole, by way of a file."""

BLOCK_BYTES = 32 * 1024
"""What is read at once stays in the processor's cache until it is a publication: blocks of twice the size take a twentieth longer."""

UTF8_BOM = codecs.BOM_UTF8

NAMES_OF_GB18030 = ("gb2312", "gb_2312-80", "gbk", "x-gbk", "cp936", "gb18030")
"""How documents call their encoding that hold GB18030: it has all characters of the older ones, and they often more than those."""

_CHINESE = rb"[\xe3-\xe9][\x80-\xbf][\x80-\xbf]" * 4

# A cell that begins with four Chinese characters of UTF-8: in GB18030 text such byte sequences are very rare. The comma
# before it makes the search quick, for no byte of a Chinese character is one; so does writing it without repetitions.
_UTF8_CHINESE = re.compile(rb",(?:\"" + _CHINESE + rb"|" + _CHINESE + rb")")


_QUICKEST_FIRST = {"gb18030": ("gbk", "gb18030")}
"""GBK is the part of GB18030 that most text keeps to; what it can read it reads alike, in four fifths of the time."""


def read_blocks(stream: BinaryIO, spool: Path, newline: bytes) -> "Iterator[tuple[int, int, bytes | Path]]":
    """Yield (number of its first line, how many lines, whole lines without the last line end); an overlong line as a file.

    Line numbers start at 1.
    """
    line = 1
    carry = b""
    while chunk := stream.read(BLOCK_BYTES):
        data = carry + chunk
        cut = data.rfind(newline)
        if cut >= 0:
            block = data[:cut]
            lines = block.count(newline) + 1
            yield line, lines, block
            line += lines
            carry = data[cut + 1 :]
        elif len(data) > MAX_LINE_BYTES:
            path, carry = _spool_line(data, stream, spool, newline)
            yield line, 1, path
            line += 1
        else:
            carry = data
    if carry:
        yield line, carry.count(newline) + 1, carry


def _spool_line(start: bytes, stream: BinaryIO, spool: Path, newline: bytes) -> tuple[Path, bytes]:
    """Write a line out to its end; return the file, and what was read beyond the end."""
    with tempfile.NamedTemporaryFile(dir=spool, delete=False) as out:
        out.write(start)
        while chunk := stream.read(BLOCK_BYTES):
            cut = chunk.find(newline)
            if cut >= 0:
                out.write(chunk[:cut])
                return Path(out.name), chunk[cut + 1 :]
            out.write(chunk)
    return Path(out.name), b""


def newline_of(head: bytes) -> bytes:
    """Return the byte that ends lines: a lone CR only where there is no LF at all."""
    return b"\r" if b"\n" not in head and b"\r" in head else b"\n"


def encoding_of(head: bytes) -> str:
    """Return ``utf-8`` or ``gb18030``, judged from the beginning of a file (which may end inside a character)."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8"


def decode_block(block: bytes, encoding: str) -> str | None:
    """Decode a block; ``None`` when its lines must be decoded one by one."""
    if encoding != "utf-8" and _UTF8_CHINESE.search(block):
        return None
    for name in _QUICKEST_FIRST.get(encoding, (encoding,)):
        try:
            return block.decode(name)
        except UnicodeDecodeError:
            continue
    return None


def decode_lines(block: bytes, encoding: str, newline: bytes) -> list[str | None]:
    """Decode a block; lines in the other encoding are read in that, ``None`` stands for lines that neither can read."""
    text = decode_block(block, encoding)
    if text is not None:
        return list(text.split(newline.decode()))
    return [_decode_line(line) for line in block.split(newline)]


def _decode_line(line: bytes) -> str | None:
    # UTF-8 first: it refuses what is not its own, GB18030 takes nearly everything.
    for encoding in ("utf-8", "gb18030"):
        try:
            return line.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None
