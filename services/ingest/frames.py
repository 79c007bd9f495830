"""Frames from a process that was started to read what may end it: a letter, a length, and so many bytes."""

from struct import Struct
from typing import IO


def read_frame(pipe: IO[bytes], form: Struct, largest_bytes: int) -> tuple[bytes, bytes] | None:
    """Return (letter, content) of the next frame.

    Args:
        pipe: what the process writes to.
        form: of what stands before the content: the letter, and how many bytes follow.
        largest_bytes: no frame has more.

    Returns:
        The frame; ``None`` when there is no whole one: the process has ended.
    """
    raw = pipe.read(form.size)
    if len(raw) < form.size:
        return None
    letter, size = form.unpack(raw)
    if size > largest_bytes:
        return None
    content = pipe.read(size)
    return (letter, content) if len(content) == size else None
