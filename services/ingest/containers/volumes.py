"""Zips in several volumes: ``day.z01``, ``day.z02`` …, and ``day.zip``, which is the last one and ends in the directory.

CNIPA's days come like this. The other volumes are looked for beside the last one, by its own name on this disk; nothing
inside an archive says where to look.
"""

import io
import re
import struct
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from services.ingest.containers.zip_records import END, END64_LOCATOR, END_RECORD

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

MAX_VOLUMES = 999

_NAME = re.compile(r"\.z(\d{2,3})", re.IGNORECASE)
_LOCATOR = struct.Struct("<4sIQI")
_LONGEST_COMMENT_BYTES = 65_535
_IN_LOCATOR = 0xFFFF


def is_volume(path: Path) -> bool:
    """Whether a file is called as a volume that is not the last."""
    return _NAME.fullmatch(path.suffix) is not None


def volumes_before(path: Path) -> int:
    """Return how many volumes come before this file, by its end record; 0 for a zip in one piece, and for all else."""
    with path.open("rb") as file:
        size = file.seek(0, io.SEEK_END)
        file.seek(max(0, size - _LONGEST_COMMENT_BYTES - END_RECORD.size - _LOCATOR.size))
        tail = file.read()
    at = tail.rfind(END)
    if at < 0 or at + END_RECORD.size > len(tail):
        return 0
    disk = int(END_RECORD.unpack_from(tail, at)[1])
    if disk == _IN_LOCATOR and tail[at - _LOCATOR.size : at].startswith(END64_LOCATOR):
        disk = int(_LOCATOR.unpack_from(tail, at - _LOCATOR.size)[3]) - 1
    return disk if disk <= MAX_VOLUMES else 0


def names_before(path: Path, count: int) -> list[str]:
    """Return what the volumes before this one are called, in lower case."""
    return [f"{path.stem}.z{number:02}".lower() for number in range(1, count + 1)]


def beside(path: Path) -> dict[str, Path]:
    """Return the volumes that lie beside this file, by their name in lower case."""
    stem = path.stem.lower()
    return {
        other.name.lower(): other
        for other in path.parent.iterdir()
        if is_volume(other) and other.stem.lower() == stem and other.is_file() and not other.is_symlink()
    }


class _Joined(io.RawIOBase):
    """Several files as one."""

    def __init__(self, paths: tuple[Path, ...]) -> None:
        super().__init__()
        self._open = ExitStack()
        self._files = [self._open.enter_context(path.open("rb")) for path in paths]
        self._ends: list[int] = []
        for file in self._files:
            self._ends.append((self._ends[-1] if self._ends else 0) + file.seek(0, io.SEEK_END))
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, position: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._ends[-1]}[whence]
        self._position = start + position
        return self._position

    def readinto(self, buffer: "WriteableBuffer") -> int:
        start = 0
        for file, end in zip(self._files, self._ends, strict=True):
            if self._position < end:
                file.seek(self._position - start)
                count = file.readinto(memoryview(buffer)[: end - self._position])
                self._position += count
                return count
            start = end
        return 0

    def close(self) -> None:
        self._open.close()
        super().close()


def joined(paths: tuple[Path, ...]) -> BinaryIO:
    """Return a stream of several files, one behind the other."""
    return cast("BinaryIO", io.BufferedReader(_Joined(paths)))
