"""Reads a backup: first all of it, to know that it is whole; then section by section."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import msgspec

from shared.archive.blocks import Block, BlockKind, DamagedBackupError, read_blocks
from shared.archive.digest import Digest
from shared.archive.manifest import FORMAT, VERSION, End, Manifest
from shared.archive.sections import FILE_PREFIX, SECTIONS
from shared.errors import FutureSchemaError, InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

T = TypeVar("T")


class _Version(msgspec.Struct):
    version: int
    format: str = ""
    program: str = ""


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that has been read to its end, and is whole."""

    path: "Path"
    manifest: Manifest
    end: End

    def lines(self, *, without: "frozenset[str]" = frozenset()) -> "Iterator[tuple[str, list[bytes]]]":
        """Return (section, lines) over and over; a section begins with no lines, and may have no more than that."""
        with self.path.open("rb") as file:
            for block in read_blocks(file):
                if block.section in without or block.kind in (BlockKind.MANIFEST, BlockKind.END):
                    continue
                yield block.section, block.content.splitlines() if block.kind is BlockKind.LINES else []


def check_backup(path: "Path") -> Backup:
    """Read all of a backup and hold it to what it says of itself.

    Raises:
        FutureSchemaError: it was written by a newer version.
        InvalidInputError: it is no backup; a `DamagedBackupError` when it is a damaged one.
        OSError: it cannot be read.
    """
    digests: dict[str, Digest] = {}
    manifest: Manifest | None = None
    last: Block | None = None
    with path.open("rb") as file:
        for block in read_blocks(file):
            if manifest is None:
                manifest = _manifest(block)
            elif block.kind is BlockKind.SECTION:
                digests[block.section] = Digest()
            elif block.kind is BlockKind.LINES:
                _count(digests, block)
            last = block
    if manifest is None or last is None:
        raise DamagedBackupError("文件是空的", "")
    end = _decoded(last, End)
    for section in manifest.sections:
        digest, told = digests.get(section), end.sections.get(section)
        if digest is None or told is None or (digest.documents, digest.text) != (told.documents, told.digest):
            raise DamagedBackupError("这一段缺失，或者条数、校验和与文件结尾所记的不符", section)
    return Backup(path, manifest, end)


def _count(digests: dict[str, Digest], block: Block) -> None:
    digest = digests.get(block.section)
    if digest is None:
        raise DamagedBackupError("这一段没有开头", block.section)
    for line in block.content.splitlines():
        digest.add(line)


def _manifest(block: Block) -> Manifest:
    if block.kind is not BlockKind.MANIFEST:
        raise DamagedBackupError("缺少文件说明", "")
    said = _decoded(block, _Version)
    if said.format != FORMAT:
        raise InvalidInputError("这不是知推的备份文件；zhitui backup 写出的文件才能恢复。")
    if said.version > VERSION:
        raise FutureSchemaError(
            f"备份由更新版本的知推（{said.program}）写成，格式版本 {said.version}，本程序只认识到 {VERSION}。请升级知推后再恢复。"
        )
    manifest = _decoded(block, Manifest)
    unknown = [s for s in manifest.sections if s not in SECTIONS and not s.startswith(FILE_PREFIX)]
    if unknown:
        raise FutureSchemaError(f"备份里有本程序不认识的内容：{'、'.join(unknown)}。请升级知推后再恢复。")
    return manifest


def _decoded(block: Block, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(block.content, type=kind)
    except msgspec.MsgspecError:
        raise DamagedBackupError("说明读不懂", block.section) from None
