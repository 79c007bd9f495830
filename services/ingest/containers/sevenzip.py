"""7z archives: unpacked by py7zr in a process of its own (`sevenzip_child`)."""

import subprocess
import sys
from pathlib import Path
from typing import IO, TYPE_CHECKING

from services.ingest.containers import sevenzip_child
from services.ingest.containers.contents import Content, discard, spooled, stream_of
from services.ingest.containers.kinds import Kind, Member, Members, Troubles
from services.ingest.containers.sevenzip_child import FRAME, LARGEST_FRAME_BYTES
from services.ingest.frames import read_frame
from services.ingest.normalise.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from services.ingest.containers.limits import Budget

_MAGIC = b"7z\xbc\xaf\x27\x1c"


def recognises(head: bytes, _content: Content | None) -> bool:
    """Whether it begins as a 7z archive."""
    return head.startswith(_MAGIC)


def members(content: Content, budget: "Budget", troubles: Troubles) -> Members:
    """Yield the files.

    Raises:
        ValueError: the archive is torn, or takes more memory or time than it may.
    """
    file = spooled(content, budget.walk.spool)
    try:
        with (
            file.open("rb") as stdin,
            subprocess.Popen(  # noqa: S603 - this interpreter, a script of ours
                [sys.executable, "-I", str(Path(sevenzip_child.__file__))],
                stdin=stdin,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            ) as child,
        ):
            try:
                if child.stdout is not None:
                    yield from _members(child.stdout, budget, troubles)
            finally:
                child.kill()
    finally:
        if file != content:
            discard(file)


def _members(pipe: IO[bytes], budget: "Budget", troubles: Troubles) -> Members:
    while True:
        letter, content = _frame(pipe)
        match letter:
            case b"N":
                pieces = _pieces(pipe)
                yield Member(name=clean(content.decode("utf-8", "replace")), open=lambda: stream_of(pieces))  # noqa: B023 - opened before the next
                for _ in pieces:
                    pass
            case b"L":
                budget.walk.inventory.left_out["link"] += 1
            case b"P":
                troubles.encrypted.append("")
            case b"Z":
                return
            case _:
                raise ValueError(content.decode("utf-8", "replace"))


def _pieces(pipe: IO[bytes]) -> "Iterator[bytes]":
    """Yield the content of one file."""
    while True:
        letter, content = _frame(pipe)
        if letter == b"E":
            return
        if letter != b"D":
            raise ValueError(content.decode("utf-8", "replace"))
        yield content


def _frame(pipe: IO[bytes]) -> tuple[bytes, bytes]:
    frame = read_frame(pipe, FRAME, LARGEST_FRAME_BYTES)
    if frame is None:
        raise ValueError("解包进程中断：压缩包损坏，或需要的内存、时间太多")
    return frame


KIND = Kind(name="7z", called="7z 压缩包", recognises=recognises, members=members)
