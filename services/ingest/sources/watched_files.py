"""Files of a watched folder: found, looked at, moved out of the way."""

import errno
import fcntl
import os
import shutil
from pathlib import Path
from typing import NamedTuple

from services.ingest.sources.put_away import DONE, FAILED, names_in_turn
from services.ingest.sources.unfinished import is_unfinished


class Signature(NamedTuple):
    """What tells that a file changed, or is another one."""

    size: int
    modified_ns: int
    inode: int


class Found(NamedTuple):
    """What lies in a folder and below.

    Attributes:
        files: path and signature; texts, for there may be very many.
        closed: subfolders that may not be looked into.
    """

    files: list[tuple[str, Signature]]
    closed: list[str]


def find(folder: Path) -> Found:
    """Return the files of a folder that are neither unfinished by name nor done with; links are not followed.

    Raises:
        OSError: the folder itself cannot be looked into.
    """
    found = Found([], [])
    top = str(folder)
    waiting = [top]
    while waiting:
        one = waiting.pop()
        try:
            with os.scandir(one) as entries:
                for entry in entries:
                    if is_unfinished(entry.name) or (one == top and entry.name in {DONE, FAILED}):
                        continue
                    _sort(entry, found, waiting)
        except FileNotFoundError:
            if one == top:
                raise
        except OSError:
            if one == top:
                raise
            found.closed.append(one)
    return found


def _sort(entry: "os.DirEntry[str]", found: Found, waiting: list[str]) -> None:
    try:
        if entry.is_dir(follow_symlinks=False):
            waiting.append(entry.path)
        elif entry.is_file(follow_symlinks=False):
            found.files.append((entry.path, _signature(entry.stat(follow_symlinks=False))))
    except OSError:
        # It went away, or may not be looked at, between two calls: the next poll sees.
        pass


def signature_of(path: Path) -> Signature | None:
    """Return how a file is now, ``None`` when it is not there."""
    try:
        return _signature(path.lstat())
    except OSError:
        return None


def _signature(stat: os.stat_result) -> Signature:
    return Signature(stat.st_size, stat.st_mtime_ns, stat.st_ino)


def is_being_written(path: Path) -> bool | None:
    """Whether somebody has the file open for writing: the kernel grants a read lease only when nobody has.

    ``None`` where it does not tell: on file systems without leases (NFS, SMB), and of files of another user's.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except BlockingIOError:
        return True
    except OSError:
        return None
    finally:
        os.close(descriptor)
    return False


def move(path: Path, signature: Signature, folder: Path, into: str) -> bool:
    """Move a file that was read below ``folder/into``; false when another one has taken its place, which stays.

    Raises:
        OSError: it cannot be moved.
    """
    if signature_of(path) != signature:
        return False
    target = _free(folder / into / path.relative_to(folder))
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        path.rename(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        shutil.move(path, target)  # done/ lies on another disk
        return True
    if signature_of(target) == signature:
        return True
    target.rename(_free(path))  # it was replaced in the last moment: the next poll reads it
    return False


def _free(path: Path) -> Path:
    return next(one for one in names_in_turn(path) if not os.path.lexists(one))
