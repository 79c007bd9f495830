"""A folder on another machine, as the source sees it; one adapter a protocol.

Exceptions of libraries are translated where they are called: `RetryLaterError` for what may go by itself,
`SourceProblemError` for what needs somebody, `VanishedError` for a file that is not there any more.
"""

from typing import TYPE_CHECKING, NamedTuple, Protocol, Self

from shared.errors import ZhituiError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from types import TracebackType

MAX_FILES = 100_000
"""So many files of a folder are looked at in one visit."""

MAX_DEPTH = 16
MAX_PATH_CHARACTERS = 1000


class VanishedError(ZhituiError):
    """The file was there a moment ago."""


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


class RemoteFolder(Protocol):
    """An open connection to a folder."""

    is_atomic: bool
    """Whether a file appears only when all of it is there."""

    async def __aenter__(self) -> Self:
        """Connect."""
        ...

    async def __aexit__(
        self,
        kind: "type[BaseException] | None",
        error: "BaseException | None",
        trace: "TracebackType | None",
    ) -> None:
        """Let go."""
        ...

    def files(self) -> "AsyncIterator[RemoteFile]":
        """Walk over regular files in the folder and below; links are not followed."""
        ...

    async def look(self, path: str) -> RemoteFile:
        """Return how a file is now."""
        ...

    async def read(self, path: str, offset: int, size: int) -> bytes:
        """Return bytes of a file, fewer at its end."""
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
