"""The file that a backup is: JSON Lines in zstd frames, each behind a skippable frame that says what follows.

Tools that know nothing of Zhitui read it (``zstd -dc FILE`` prints the lines), for they pass over skippable frames
(https://www.rfc-editor.org/rfc/rfc8878#section-3.1.2). Zhitui reads block by block, and knows of each, before it looks
inside, which section it belongs to, how long it is and what it must hash to; so damage is found where it is.
"""

import hashlib
import struct
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, BinaryIO

import cramjam
import msgspec

from shared.errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Iterator

_MAGIC = 0x184D2A5A
_FRAME = struct.Struct("<II")
_LEVEL = 3
_MAX_HEAD_BYTES = 4096
_MAX_BLOCK_BYTES = 256 * 1024 * 1024
"""Nothing that is written comes near; a damaged length must not make a reader ask for all of the memory."""


class BlockKind(StrEnum):
    """What a block is: the first, the beginning of a section, lines of a section, the last."""

    MANIFEST = "manifest"
    SECTION = "section"
    LINES = "lines"
    END = "end"


class _Head(msgspec.Struct, frozen=True, kw_only=True):
    """What stands before a block: its sizes in bytes, in the file and unpacked, and the hash of what is unpacked."""

    kind: BlockKind
    section: str
    stored: int
    size: int
    blake2b: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A block as it was before it was packed."""

    kind: BlockKind
    section: str
    content: bytes


class DamagedBackupError(InvalidInputError):
    """The file is not what was once written.

    Attributes:
        section: the section that is damaged or missing, as far as it can be told.
    """

    def __init__(self, what: str, section: str) -> None:
        where = f"“{section}”这一段" if section else "开头"
        super().__init__(f"备份文件在{where}损坏：{what}。请换一份备份，或重新复制这个文件。")
        self.section = section


_decode_head = msgspec.json.Decoder(_Head).decode


def pack(block: Block) -> bytes:
    """Return a block as it lies in the file."""
    frame = bytes(cramjam.zstd.compress(block.content, level=_LEVEL))
    head = msgspec.json.encode(
        _Head(
            kind=block.kind,
            section=block.section,
            stored=len(frame),
            size=len(block.content),
            blake2b=_hash(block.content),
        )
    )
    return _FRAME.pack(_MAGIC, len(head)) + head + frame


def read_blocks(file: BinaryIO) -> "Iterator[Block]":
    """Read block after block up to the end, which must be an ``END`` block with nothing behind it.

    Raises:
        InvalidInputError: the file is no backup.
        DamagedBackupError: it is one, but cut off or changed.
    """
    section = ""
    kind = None
    while (start := file.read(_FRAME.size)) or kind is not BlockKind.END:
        if kind is None and start[:4] != _FRAME.pack(_MAGIC, 0)[:4]:
            raise InvalidInputError("这不是知推的备份文件；zhitui backup 写出的文件才能恢复。")
        if kind is BlockKind.END:
            raise DamagedBackupError("结尾之后还有别的内容", section)
        head = _read_head(file, start, section)
        section = head.section or section
        kind = head.kind
        yield Block(kind=kind, section=head.section, content=_read_content(file, head, section))


def _read_head(file: BinaryIO, start: bytes, section: str) -> _Head:
    if len(start) < _FRAME.size:
        raise _cut_off(section)
    magic, length = _FRAME.unpack(start)
    if magic != _MAGIC or length > _MAX_HEAD_BYTES:
        raise DamagedBackupError("读到的不是一个块的开头", section)
    raw = file.read(length)
    if len(raw) < length:
        raise _cut_off(section)
    try:
        head = _decode_head(raw)
    except msgspec.MsgspecError:
        raise DamagedBackupError("一个块的说明读不懂", section) from None
    if max(head.stored, head.size) > _MAX_BLOCK_BYTES:
        raise DamagedBackupError("一个块的长度不对", head.section or section)
    return head


def _read_content(file: BinaryIO, head: _Head, section: str) -> bytes:
    frame = file.read(head.stored)
    if len(frame) < head.stored:
        raise _cut_off(section)
    content = bytearray(head.size)
    try:
        written = cramjam.zstd.decompress_into(frame, content)
    except cramjam.DecompressionError:
        raise DamagedBackupError("一个块解不开", section) from None
    if written != head.size or _hash(content) != head.blake2b:
        raise DamagedBackupError("一个块的校验和不符", section)
    return bytes(content)


def _cut_off(section: str) -> DamagedBackupError:
    return DamagedBackupError("文件不完整，到这里就断了", section)


def _hash(content: bytes | bytearray) -> str:
    return hashlib.blake2b(content, digest_size=16).hexdigest()
