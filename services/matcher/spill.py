"""Where workers leave what they found, for the process that hands it on: files without a name, each used again and again.

A pipe between two processes takes longer than matching, and so does a new file for each chunk: three quarters of what its bytes
cost is memory that the system finds, and takes back. What is usual is written where it is read, and copied by nobody.
"""

import mmap
import os
import tempfile
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from services.matcher.engine.index import Bytes

KEPT_BYTES = 32 << 20
"""So much of a spill is memory of all processes, and kept for its next use."""


class Spill:
    """A file without a name, which forked processes share; one at a time may use it.

    Args:
        descriptor: of the file, see `open_spills`.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        os.ftruncate(descriptor, KEPT_BYTES)
        self._memory = np.frombuffer(mmap.mmap(descriptor, KEPT_BYTES), np.uint8)

    def room(self, at: int) -> "Bytes":
        """Return what there is of memory from this place on."""
        return self._memory[at:]

    def write(self, data: bytes | memoryview, at: int) -> None:
        """Write bytes from this place on, over what was there; nothing is done where they were written into its `room`."""
        if len(data) and _address(np.frombuffer(data, np.uint8)) == _address(self._memory) + at:
            return
        left = memoryview(data)
        while left:
            written = os.pwrite(self._descriptor, left, at)
            left, at = left[written:], at + written

    def read(self, size: int, at: int) -> bytes | memoryview:
        """Return so many bytes from this place on; they may change when the spill is written again."""
        if at + size <= len(self._memory):
            return self._memory[at : at + size].data
        data = os.pread(self._descriptor, size, at)
        while len(data) < size:  # more than two gigabytes are not read at once
            data += os.pread(self._descriptor, size - len(data), at + len(data))
        return data

    def trim(self) -> None:
        """Give back what only something unusually large needed."""
        if os.fstat(self._descriptor).st_size > KEPT_BYTES:
            os.ftruncate(self._descriptor, KEPT_BYTES)

    def close(self) -> None:
        """Give all of it back, once every process has closed it or ended, and nobody holds what was read."""
        os.close(self._descriptor)


def _address(memory: "Bytes") -> int:
    return int(memory.ctypes.data)


def _nameless() -> int:
    """Return the descriptor of a new file, in memory where the system can do that."""
    if hasattr(os, "memfd_create"):
        return os.memfd_create("zhitui-spill")
    with tempfile.TemporaryFile(buffering=0) as file:
        return os.dup(file.fileno())


@contextmanager
def open_spills(count: int) -> "Iterator[list[Spill]]":
    """Open some, and close them in the end."""
    with ExitStack() as opened:
        spills = []
        for _ in range(count):
            spills.append(spill := Spill(_nameless()))
            opened.callback(spill.close)
        yield list(spills)
