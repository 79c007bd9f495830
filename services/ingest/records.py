"""What reading an input yields: publications and what was refused, each with its place."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import msgspec

from shared.wire.publication import Publication

HEAD_BYTES = 64 * 1024
"""So much of a document is looked at to recognise its format."""

_USUAL_BYTES = 256 * 1024

RECORD = "record"
FILE = "file"


class Parsed(msgspec.Struct, frozen=True, gc=False):
    """A publication that was read.

    Attributes:
        location: line or entry within the input (``line 17``, ``inner/CN1.XML``), ``""`` for a file of one record.
    """

    publication: Publication
    location: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """Something that could not be read, whole.

    Attributes:
        raw: the bytes, or a file that holds them (which lives as long as the spool folder).
        kind: ``record`` or ``file``.
        reason_code: short and stable; ``reason`` is the sentence for people.
        context: what is needed to read it again on its own.
    """

    raw: bytes | Path
    location: str
    reason_code: str
    reason: str
    kind: str = RECORD
    format: str | None = None
    context: dict[str, str] = field(default_factory=dict)


Item = Parsed | Rejected


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One file, or one entry of a container, to be read by one format.

    Attributes:
        location: the entry within the container, ``""`` for the input itself.
        open: gives a fresh stream from the beginning.
        raw: gives the whole content, for the quarantine.
        spool: a folder for what is too large for memory.
        input_name: what the input that it lies in is called, for people; ``""`` where nobody says.
        broken: where to note that the content cannot be read; the archive it lies in is then refused whole.
            ``None`` for a document that is a file itself.
    """

    location: str
    open: Callable[[], BinaryIO]
    raw: Callable[[], bytes | Path]
    spool: Path
    input_name: str = ""
    broken: list[str] | None = None

    def read(self, head: bytes, limit_bytes: int) -> bytes:
        """Return the content, at most one byte more than the limit; a head that holds all of it is not read again."""
        if len(head) < HEAD_BYTES:
            return head
        with self.open() as stream:
            # Asked for so much at once, a buffer of that size would be made ready for a file of a few pages.
            content = stream.read(_USUAL_BYTES)
            return content if len(content) < _USUAL_BYTES else content + stream.read(limit_bytes + 1 - len(content))

    def at(self, place: str) -> str:
        """Return the location of a place within this document."""
        return f"{self.location} {place}".strip()

    def refuse(self, code: str, reason: str, *, format_name: str | None = None) -> Rejected:
        """Refuse the document as a whole."""
        return Rejected(
            raw=self.raw(), location=self.location, reason_code=code, reason=reason, kind=FILE, format=format_name
        )


def shown_name(path: Path) -> str:
    """Return a path as text that can be stored and shown: Linux keeps names as bytes."""
    return decoded_name(os.fsencode(path))


def decoded_name(raw: bytes) -> str:
    """Return a file's name as text: UTF-8, else GB18030, which Chinese Windows writes."""
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("utf-8", "backslashreplace")


Items = Iterator[Item]
