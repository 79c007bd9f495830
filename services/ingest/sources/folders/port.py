"""A folder on another machine, as the source sees it; one adapter a protocol.

Exceptions of libraries are translated where they are called: `RetryLaterError` for what may go by itself,
`SourceProblemError` for what needs somebody, `VanishedError` for a file that is not there any more.
"""

from typing import TYPE_CHECKING, NamedTuple, Protocol, Self

from shared.errors import ZhituiError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

MAX_FILES = 100_000
"""So many files of a folder are looked at in one visit."""

ANSWER_SECONDS = 60.0
"""So long is waited for one answer of the other machine."""

MAX_DEPTH = 16
MAX_PATH_CHARACTERS = 1000


class VanishedError(ZhituiError):
    """The file was there a moment ago."""

    def __init__(self, message: str = "文件或文件夹不在了") -> None:
        super().__init__(message)


class RemoteFile(NamedTuple):
    """A file as the other machine lists it.

    Attributes:
        path: within the folder, parts separated by ``/``.
        size: in bytes.
        stamp: changes when the content does: time of change, entity tag.
    """

    path: str
    size: int
    stamp: str


class RemoteFiles(Protocol):
    """What reading a file takes."""

    async def look(self, path: str) -> RemoteFile:
        """Return how a file is now."""
        ...

    async def read(self, path: str, offset: int, size: int) -> bytes:
        """Return bytes of a file, fewer at its end."""
        ...


class RemoteFolder(RemoteFiles, Protocol):
    """An open connection to a folder."""

    is_atomic: bool
    """Whether a file appears only when all of it is there."""

    async def __aenter__(self) -> Self:
        """Connect."""
        ...

    async def __aexit__(self, *_: object) -> None:
        """Let go."""
        ...

    def files(self) -> "AsyncIterator[RemoteFile]":
        """Walk over regular files in the folder and below; links are not followed."""
        ...

    async def move(self, path: str, target: str) -> None:
        """Move a file within the folder, to a place that is free; folders on the way are made."""
        ...

    async def exists(self, path: str) -> bool:
        """Whether something is at a place."""
        ...


def is_safe(path: str) -> bool:
    """Whether a path that the other machine names stays inside the folder and can be shown."""
    parts = path.split("/")
    return (
        0 < len(path) <= MAX_PATH_CHARACTERS
        and len(parts) <= MAX_DEPTH
        and path.isprintable()
        and "\\" not in path
        and not any(part in {"", ".", ".."} for part in parts)
    )
