"""Files that come in piece by piece, on the disk for temporary files."""

from typing import TYPE_CHECKING

from shared.errors import StorageFullError

if TYPE_CHECKING:
    from pathlib import Path


def append(path: "Path", piece: bytes) -> None:
    """Add a piece at the end of a file, which is made where it is not there yet.

    Raises:
        StorageFullError: it cannot be written.
    """
    try:
        with path.open("ab") as file:
            file.write(piece)
    except OSError as error:
        raise StorageFullError(f"临时文件夹写不下了：{error}") from error
