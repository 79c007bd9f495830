"""Unpacks the 7z archive on standard input to standard output; a process of its own, run as a script.

py7zr takes as much memory as an archive tells it to. Here that ends at a limit, and so does time; a crash in one of its
extension modules ends this process and no other.

What is written: frames of a letter, a length (four bytes, little endian) and so many bytes. ``N`` name of a file, ``D`` a piece
of its content, ``E`` its end; ``L`` a link that is left out; ``P`` a password is needed; ``X`` what went wrong; ``Z`` all is told.
"""

import os
import resource
import struct
import sys
from typing import Any

_MEMORY_BYTES = 1024**3
_SECONDS = 2
_SECONDS_PER_MIB = 4
FRAME = struct.Struct("<cI")
LARGEST_FRAME_BYTES = 1024**2


def _tell(letter: bytes, content: bytes = b"") -> None:
    sys.stdout.buffer.write(FRAME.pack(letter, len(content)) + content)


def _limit() -> None:
    seconds = _SECONDS + _SECONDS_PER_MIB * os.fstat(0).st_size // 1024**2
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _unpack() -> None:
    from py7zr import SevenZipFile  # noqa: PLC0415 - under the limits
    from py7zr.io import Py7zIO, WriterFactory  # noqa: PLC0415 - under the limits

    class Told(Py7zIO):
        def write(self, s: bytes | bytearray) -> int:
            return _tell_pieces(s)

        def read(self, size: int | None = None) -> bytes:  # noqa: ARG002 - the library's
            return b""

        def seek(self, offset: int, whence: int = 0) -> int:  # noqa: ARG002 - the library's
            return 0

        def flush(self) -> None:
            pass

        def size(self) -> int:
            return 0

        def close(self) -> None:
            _tell(b"E")

    class Telling(WriterFactory):
        def create(self, filename: str) -> Py7zIO:
            _tell(b"N", names[int(filename.rpartition("/")[2])].encode("utf-8", "replace"))
            return Told()

    # A file object keeps py7zr from unpacking with several threads, whose frames would mix.
    with SevenZipFile(sys.stdin.buffer) as archive:
        if archive.needs_password():
            _tell(b"P")
            return
        names, wanted = _numbered(archive)
        archive.extract(targets=wanted, factory=Telling())


def _tell_pieces(content: bytes | bytearray) -> int:
    for start in range(0, len(content), LARGEST_FRAME_BYTES):
        _tell(b"D", bytes(content[start : start + LARGEST_FRAME_BYTES]))
    return len(content)


def _numbered(archive: Any) -> tuple[list[str], list[str]]:  # noqa: ANN401 - the library is imported later
    """Give every file a number for its name: py7zr refuses a whole archive for one name that climbs.

    Returns:
        The names, and the numbers of those that are files.
    """
    names = [file.filename for file in archive.files]
    wanted = []
    for number, file in enumerate(archive.files):
        if file.is_symlink or file.is_junction:
            _tell(b"L")
        elif not file.is_directory:
            wanted.append(str(number))
        archive.header.files_info.files[number]["filename"] = str(number)
    return names, wanted


def main() -> None:
    """Unpack, and tell how it ended."""
    _limit()
    try:
        _unpack()
    except BaseException as error:  # noqa: BLE001 - whatever it is, the parent is told
        password = type(error).__name__ == "PasswordRequired"
        _tell(b"P" if password else b"X", f"{type(error).__name__}: {error}".encode("utf-8", "replace")[:500])
    _tell(b"Z")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
