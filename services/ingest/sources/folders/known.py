"""What is remembered of the files of a remote folder: a short digest each, only of those that are still there."""

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from services.ingest.sources.folders.port import RemoteFile

_CHARACTERS = 16
READ, FAILED, WAITING = "read", "failed", "waiting"


def mark(file: "RemoteFile") -> str:
    """Return the digest of a file's path, size and stamp: another content has another one."""
    told = "\x00".join((file.path, str(file.size), file.stamp))
    return hashlib.blake2b(told.encode("utf-8", "surrogatepass"), digest_size=_CHARACTERS // 2).hexdigest()


class Known:
    """The cursor, unpacked.

    Attributes:
        read: marks of files that were read and lie there still.
        failed: likewise, of files that could not be read.
        waiting: marks of files as they were at the last visit, not yet read.
    """

    def __init__(self, cursor: "Mapping[str, str]") -> None:
        self.read = _unpacked(cursor.get(READ, ""))
        self.failed = _unpacked(cursor.get(FAILED, ""))
        self.waiting = _unpacked(cursor.get(WAITING, ""))

    def cursor(self) -> dict[str, str]:
        """Return it packed."""
        sets = {READ: self.read, FAILED: self.failed, WAITING: self.waiting}
        return {name: "".join(sorted(marks)) for name, marks in sets.items() if marks}

    def keep(self, there: "Iterable[str]") -> None:
        """Forget what is not there any more."""
        there = set(there)
        self.read &= there
        self.failed &= there


def _unpacked(text: str) -> set[str]:
    return {text[at : at + _CHARACTERS] for at in range(0, len(text), _CHARACTERS)}
