"""The processes that read xls workbooks: started when the first is asked for, kept for the next, never trusted.

One that ended, or was left before it had told all, is not asked again.
"""

import atexit
import os
import subprocess
import sys
from typing import TYPE_CHECKING

from services.ingest.formats.tables import xls_worker
from services.ingest.frames import read_frame

if TYPE_CHECKING:
    from pathlib import Path

_ROOM_BYTES = 248 * 1024**2
_SECONDS = 30
_KEPT = 1
"""So many wait for the next workbook; two are read at the same time only now and then."""


class Worker:
    """A process that reads workbooks, one at a time; it ends with the process that started it."""

    def __init__(self) -> None:
        command = [sys.executable, "-I", xls_worker.__file__, str(_ROOM_BYTES), str(_SECONDS)]
        self._owner = os.getpid()
        self._process = subprocess.Popen(  # noqa: S603 - our own file
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )

    @property
    def is_ready(self) -> bool:
        """Whether it runs and is this process's own, not one that was there when this process was forked."""
        return self._owner == os.getpid() and self._process.poll() is None

    def takes(self, path: "Path") -> bool:
        """Let it read a workbook, and return whether it began; otherwise it has ended."""
        name = os.fsencode(path.absolute())
        try:
            if self._process.stdin:
                self._process.stdin.write(xls_worker.FRAME.pack(b"P", len(name)) + name)
                self._process.stdin.flush()
        except BrokenPipeError:
            return False
        return self.frame() == (b"A", b"")

    def frame(self) -> tuple[bytes, bytes] | None:
        """Return the next thing it tells (see `xls_worker`); ``None`` when it has ended."""
        out = self._process.stdout
        return read_frame(out, xls_worker.FRAME, xls_worker.LARGEST_FRAME_BYTES) if out else None

    def end(self) -> None:
        """End it, whatever it is doing."""
        if self._owner != os.getpid():
            return
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                pipe.close()
        self._process.wait()


_waiting: list[Worker] = []


def asked(path: "Path") -> Worker:
    """Return a process that reads this workbook now."""
    while _waiting:
        worker = _waiting.pop()
        if worker.is_ready and worker.takes(path):
            return worker
        worker.end()
    worker = Worker()
    worker.takes(path)  # one that does not even start tells nothing, as one that a workbook ends
    return worker


def keep(worker: Worker) -> None:
    """Let a process that has told all, and reads on, wait for the next workbook."""
    if len(_waiting) < _KEPT:
        _waiting.append(worker)
    else:
        worker.end()


@atexit.register
def end_waiting() -> None:
    """End the processes that wait for a workbook."""
    while _waiting:
        _waiting.pop().end()
