"""What a kind of archive offers, and what it tells of itself."""

import lzma
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from services.ingest.containers.contents import Content
from services.ingest.containers.limits import Budget

UNREADABLE = (
    *(zipfile.BadZipFile, zipfile.LargeZipFile, tarfile.TarError, zlib.error, lzma.LZMAError),
    *(EOFError, RuntimeError, ValueError, ArithmeticError, LookupError, struct.error),
)
"""What libraries raise over archives that are torn, forged or of an unknown kind; with `OSError` for streams."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One file in an archive.

    Attributes:
        name: for people.
        open: gives a stream of its content; where ``again`` is false only once, and before the next member is asked for.
        again: whether it may be opened again while the archive is being read.
        packed_bytes: what it takes in the archive, where that is known; it must not be more than the truth.
        size_bytes: what it declares to unpack to.
    """

    name: str
    open: Callable[[], BinaryIO]
    again: bool = False
    packed_bytes: int | None = None
    size_bytes: int | None = None


@dataclass(slots=True)
class Troubles:
    """What could not be read of one archive; told once, for the archive whole.

    Attributes:
        torn: why reading stopped before its end.
        broken: names of members that cannot be read, each with the reason.
        encrypted: names of members that need a password.
    """

    torn: str | None = None
    broken: list[str] = field(default_factory=list)
    encrypted: list[str] = field(default_factory=list)


Members = Iterator[Member]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of archive.

    Attributes:
        name: ``zip``, ``tar`` …
        called: its name for people.
        recognises: judges by the first bytes, or by the whole content where that is at hand.
        members: yields what is inside, one after the other; notes what cannot be read. May raise what its library
            raises (`UNREADABLE`): the rest of the archive is lost then.
    """

    name: str
    called: str
    recognises: Callable[[bytes, Content | None], bool]
    members: Callable[[Content, Budget, Troubles], Members]


class UnusableError(ValueError):
    """An archive as a whole cannot be read here.

    Attributes:
        code: reason code for the quarantine; the message is for people.
    """

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
