"""A file into which a process writes without asking the kernel, and which outlives it.

Its pages are the process's memory and the kernel's cache at once: a line costs a microsecond, and stays whatever becomes of the
process. Nothing waits for a disk, so a power cut may take it. The room is reserved first, so that a full disk is met then.

While it lives, a process holds the lock of its file, which the kernel drops when it dies, however it dies.
"""

import fcntl
import mmap
import os
import uuid
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ROOM_BYTES = 64 * 1024
_ENDING = ".lines"


class AnswerFile:
    """Lines of a process that lives.

    Args:
        folder: it is made when there is none.
        lines: how the file begins, in whole lines.

    Raises:
        OSError: there is no room, or no access.
    """

    def __init__(self, folder: "Path", lines: bytes) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / f"{uuid.uuid4().hex}{_ENDING}"
        self._descriptor = _locked(self.path, os.O_RDWR | os.O_CREAT)
        try:
            os.posix_fallocate(self._descriptor, 0, len(lines) + ROOM_BYTES)
            self._memory = mmap.mmap(self._descriptor, len(lines) + ROOM_BYTES)
        except OSError:
            self._path_and_lock_go()
            raise
        self._end = 0
        self.append(lines)

    def append(self, line: bytes) -> bool:
        """Write a line, which ends in a line feed; return False when there is no room for it."""
        end = self._end + len(line)
        if end > len(self._memory):
            return False
        self._memory[self._end : end] = line
        self._end = end
        return True

    def close(self, *, keep: bool) -> None:
        """Let go of it.

        Args:
            keep: leave it to whoever looks for what was left.
        """
        self._memory.close()
        if keep:
            os.close(self._descriptor)
        else:
            self._path_and_lock_go()

    def _path_and_lock_go(self) -> None:
        with suppress(OSError):  # it is read again then, which changes nothing
            self.path.unlink()
        os.close(self._descriptor)


class LeftFile:
    """Lines of a process that died."""

    def __init__(self, path: "Path", descriptor: int) -> None:
        self._path = path
        self._descriptor = descriptor

    def lines(self) -> list[bytes]:
        """Return them; the last one may be cut off."""
        with open(self._descriptor, "rb", closefd=False) as file:
            return file.read().rstrip(b"\0").splitlines()

    def remove(self) -> None:
        """Remove the file."""
        with suppress(OSError):
            self._path.unlink()


def left_in(folder: "Path") -> "Iterator[LeftFile]":
    """Give the files of dead processes, one after another, each held until the next is asked for.

    Raises:
        OSError: the folder cannot be read.
    """
    for path in sorted(folder.glob(f"*{_ENDING}")):
        try:
            descriptor = _locked(path, os.O_RDONLY)
        except OSError:
            continue  # somebody lives who writes it, or reads it
        try:
            yield LeftFile(path, descriptor)
        finally:
            os.close(descriptor)


def _locked(path: "Path", flags: int) -> int:
    """Open a file and lock it; raises `OSError` where another holds it."""
    descriptor = os.open(path, flags | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor
