"""How a member shows that its process lives: it holds a lock that the kernel takes away when the process dies."""

import fcntl
import os
import uuid
from contextlib import suppress
from typing import TYPE_CHECKING

from shared.sqlite.failures import storage_full

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = "members"


class MemberLock:
    """A locked file of the member's own; ``flock`` ends with the process, however that ends."""

    def __init__(self, folder: "Path") -> None:
        self.name = uuid.uuid4().hex
        self._path = folder / self.name
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise storage_full(error.strerror or str(error), folder.parent) from error
        fcntl.flock(self._descriptor, fcntl.LOCK_EX)

    def release(self) -> None:
        """Let go of the lock and remove its file."""
        with suppress(OSError):  # a file left behind is harmless: nobody holds it, whoever looks removes it
            self._path.unlink()
        os.close(self._descriptor)


def is_alive(folder: "Path", name: str) -> bool:
    """Whether the process that made this lock still holds it; a dead one's file is removed."""
    path = folder / name
    try:
        descriptor = os.open(path, os.O_RDWR)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    else:
        path.unlink(missing_ok=True)
        return False
    finally:
        os.close(descriptor)
