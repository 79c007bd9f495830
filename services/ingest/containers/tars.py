"""Tar archives, plain or packed with gzip, bzip2, xz or zstd."""

import io
import tarfile
from typing import TYPE_CHECKING, BinaryIO, cast

from services.ingest.containers.contents import Content, head_of, open_content
from services.ingest.containers.decompressing import unpacker
from services.ingest.containers.kinds import UNREADABLE, Kind, Member, Members, Troubles
from services.ingest.containers.limits import BombError, allowed_bytes
from services.ingest.normalise.text import clean
from services.ingest.records import decoded_name

if TYPE_CHECKING:
    from services.ingest.containers.limits import Budget

_BLOCK_BYTES = 512
_LARGEST_PART_BYTES = 1024**2
"""Names and other extensions of a header are read whole; nobody's are longer."""


def recognises(head: bytes, content: Content | None) -> bool:
    """Whether it is a tar, or unpacks to what begins as one."""
    unpack = unpacker(head)
    if unpack is None:
        return _begins_as_tar(head[:_BLOCK_BYTES])
    try:
        stream = unpack(io.BytesIO(head) if content is None else open_content(content))
        with stream:
            return _begins_as_tar(stream.read(_BLOCK_BYTES))
    except (*UNREADABLE, OSError):
        return False


def _begins_as_tar(block: bytes) -> bool:
    """Whether a first header's checksum is right."""
    try:
        return bool(tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape").name)
    except (tarfile.TarError, ValueError):
        return False


class _Forward:
    """A stream that only goes forward, as tarfile wants one; no part of a header may be large.

    What tarfile steps over counts as well: it is unpacked like the rest.
    """

    def __init__(self, stream: BinaryIO, allowed_bytes: int) -> None:
        self._stream = stream
        self._allowed_bytes = allowed_bytes
        self._position = 0

    def read(self, size: int = -1) -> bytes:
        if not 0 <= size <= _LARGEST_PART_BYTES:
            raise ValueError("文件头太大")
        data = self._stream.read(size)
        self._position += len(data)
        if self._position > self._allowed_bytes:
            raise BombError("压缩包解开后比压缩时大得多")
        return data

    def tell(self) -> int:
        return self._position

    def seek(self, position: int, _whence: int = 0) -> int:
        if position < self._position:
            raise ValueError("文件头的长度不对")
        while self._position < position:
            if not self.read(min(_LARGEST_PART_BYTES, position - self._position)):
                break
        return self._position


def members(content: Content, budget: "Budget", _troubles: Troubles) -> Members:
    """Yield the files; links, devices and the like are counted and left out."""
    unpack = unpacker(head_of(content, _BLOCK_BYTES))
    raw = open_content(content)
    with raw if unpack is None else unpack(raw) as stream:
        archive = tarfile.TarFile(
            fileobj=cast("BinaryIO", _Forward(stream, allowed_bytes(budget.packed_bytes))), errors="surrogateescape"
        )
        while (info := archive.next()) is not None:
            archive.members = []  # type: ignore[attr-defined]  # tarfile keeps all of them, for ever
            if info.isfile():
                yield Member(name=_shown(info.name), open=lambda info=info: _opened(archive, info))  # type: ignore[misc]
            elif not info.isdir():
                budget.walk.inventory.left_out["link"] += 1


def _opened(archive: tarfile.TarFile, info: tarfile.TarInfo) -> BinaryIO:
    stream = archive.extractfile(info)
    if stream is None:
        raise ValueError("不是文件")
    return cast("BinaryIO", stream)


def _shown(name: str) -> str:
    return clean(decoded_name(name.encode("utf-8", "surrogateescape")))


KIND = Kind(name="tar", called="tar 包", recognises=recognises, members=members)
