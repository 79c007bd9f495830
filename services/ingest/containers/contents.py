"""Content that is read more than once: bytes while it is small, else a file of the spool folder."""

import errno
import io
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, BinaryIO, TypeAlias

from services.ingest.containers.volumes import joined
from shared.errors import StorageFullError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from _typeshed import WriteableBuffer

IN_MEMORY_BYTES = 1024**2
BLOCK_BYTES = 256 * 1024
LARGEST_READ_BYTES = 32 * 1024**2

_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS})

Content: TypeAlias = bytes | Path
Several: TypeAlias = tuple[Path, ...]
"""Volumes of one archive, in their order."""


class _BoundedFile(io.BufferedReader):
    """A file of which nobody reads more than 32 MiB at once, whatever size an archive declares for a part of itself."""

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > LARGEST_READ_BYTES:
            raise ValueError(f"a part of {size} bytes")
        return super().read(size)


def open_content(content: Content | Several) -> BinaryIO:
    """Return a fresh stream that can seek."""
    if isinstance(content, tuple):
        return joined(content)
    return io.BytesIO(content) if isinstance(content, bytes) else content.open("rb")


def open_bounded(content: Content) -> BinaryIO:
    """Return a fresh stream that can seek and reads at most 32 MiB at once, with a `ValueError` beyond."""
    return io.BytesIO(content) if isinstance(content, bytes) else _BoundedFile(io.FileIO(content))


def size_of(content: Content | Several) -> int:
    """Return the size in bytes."""
    if isinstance(content, tuple):
        return sum(map(size_of, content))
    return len(content) if isinstance(content, bytes) else content.stat().st_size


def head_of(content: Content, count: int) -> bytes:
    """Return the first bytes."""
    if isinstance(content, bytes):
        return content[:count]
    with content.open("rb") as file:
        return file.read(count)


def keep(stream: BinaryIO, spool: Path) -> Content:
    """Read a stream to its end.

    Raises:
        StorageFullError: the spool folder has no room.
    """
    start = stream.read(IN_MEMORY_BYTES + 1)
    if len(start) <= IN_MEMORY_BYTES:
        return start
    with _new_file(spool) as out:
        while start:
            out.write(start)
            start = stream.read(BLOCK_BYTES)
    return Path(out.name)


def spooled(content: Content, spool: Path) -> Path:
    """Return a file of the content, for those who need one.

    Raises:
        StorageFullError: the spool folder has no room.
    """
    if isinstance(content, Path):
        return content
    with _new_file(spool) as out:
        out.write(content)
    return Path(out.name)


@contextmanager
def _new_file(spool: Path) -> "Iterator[IO[bytes]]":
    """Make a file of the spool folder; it is gone again when it could not be written to its end."""
    try:
        with tempfile.NamedTemporaryFile(dir=spool, delete=False) as out:
            try:
                yield out.file
                out.flush()
            except BaseException:
                discard(Path(out.name))
                raise
    except OSError as error:
        raise_when_full(error)
        raise


def raise_when_full(error: OSError) -> None:
    """Raise what more room would mend as what it is.

    Raises:
        StorageFullError: the spool folder has no room.
    """
    if error.errno in _NO_ROOM:
        raise StorageFullError(f"临时文件夹没有空间了：{error}") from error


def discard(content: Content) -> None:
    """Remove content that nobody needs any more."""
    if isinstance(content, Path):
        content.unlink(missing_ok=True)


class _Chunks(io.RawIOBase):
    def __init__(self, chunks: "Iterator[bytes]") -> None:
        super().__init__()
        self._chunks = chunks
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        while not self._rest:
            chunk = next(self._chunks, None)
            if chunk is None:
                return 0
            self._rest = memoryview(chunk)
        view = memoryview(buffer)
        count = min(len(view), len(self._rest))
        view[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count


def stream_of(chunks: "Iterable[bytes]") -> BinaryIO:
    """Return pieces as a stream."""
    return io.BufferedReader(_Chunks(iter(chunks)), BLOCK_BYTES)
