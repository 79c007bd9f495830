"""Where workers leave what they found, for the process that hands it on: files without a name, each used again and again.

A pipe between two processes takes longer than matching, and so does a new file for each chunk: three quarters of what its bytes
cost is memory that the system finds, and takes back.
"""

import os
import tempfile
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

KEPT_BYTES = 32 << 20
"""So much of a spill's memory is kept for its next use."""


class Spill:
    """A file without a name, in memory where the system can do that, which forked processes share; one at a time may use it."""

    def __init__(self) -> None:
        if hasattr(os, "memfd_create"):
            self._descriptor = os.memfd_create("zhitui-spill")
        else:
            with tempfile.TemporaryFile(buffering=0) as file:
                self._descriptor = os.dup(file.fileno())

    def write(self, data: bytes, at: int) -> None:
        """Write bytes from this place on, over what was there."""
        left = memoryview(data)
        while left:
            written = os.pwrite(self._descriptor, left, at)
            left, at = left[written:], at + written

    def read(self, size: int, at: int) -> bytes:
        """Return so many bytes from this place on."""
        data = os.pread(self._descriptor, size, at)
        while len(data) < size:  # more than two gigabytes are not read at once
            data += os.pread(self._descriptor, size - len(data), at + len(data))
        return data

    def trim(self) -> None:
        """Give back memory that only something unusually large needed."""
        if os.fstat(self._descriptor).st_size > KEPT_BYTES:
            os.ftruncate(self._descriptor, KEPT_BYTES)

    def close(self) -> None:
        """Give all of its memory back, once every process has closed it or ended."""
        os.close(self._descriptor)


@contextmanager
def open_spills(count: int) -> "Iterator[list[Spill]]":
    """Open some, and close them in the end."""
    with ExitStack() as opened:
        spills = []
        for _ in range(count):
            spills.append(spill := Spill())
            opened.callback(spill.close)
        yield list(spills)
