"""Contents of the quarantine that are too large for a table: files beside the database, whole and safe or not there."""

import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from shared.sqlite.failures import storage_full

if TYPE_CHECKING:
    from collections.abc import Sequence

FOLDER = "quarantine"
LARGEST_IN_TABLE_BYTES = 64 * 1024


class QuarantineFiles:
    """The folder of large contents.

    Args:
        data: the data folder.
    """

    def __init__(self, data: Path) -> None:
        self._folder = data / FOLDER

    def path(self, item_id: str) -> Path:
        """Return where an item's content lies, if it is a file."""
        return self._folder / item_id

    def keep(self, item_id: str, raw: bytes | Path) -> bytes | None:
        """Return what goes into the table; ``None`` when the content is in a file, whole and safe.

        Raises:
            StorageFullError: there is no room, or the content cannot be read.
        """
        try:
            return self._keep(item_id, raw)
        except OSError as error:
            raise storage_full(error.strerror or str(error), self._folder) from error

    def remove(self, item_ids: "Sequence[str]") -> None:
        """Remove contents, those that are files.

        Raises:
            StorageFullError: the folder cannot be written.
        """
        try:
            for item_id in item_ids:
                self.path(item_id).unlink(missing_ok=True)
            if self._folder.exists():
                sync_folder(self._folder)
        except OSError as error:
            raise storage_full(error.strerror or str(error), self._folder) from error

    def _keep(self, item_id: str, raw: bytes | Path) -> bytes | None:
        if isinstance(raw, Path) and raw.stat().st_size <= LARGEST_IN_TABLE_BYTES:
            raw = raw.read_bytes()
        if isinstance(raw, bytes) and len(raw) <= LARGEST_IN_TABLE_BYTES:
            return raw
        self._folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=self._folder, prefix=".", delete=False) as file:
            fresh = Path(file.name)
            try:
                if isinstance(raw, Path):
                    with raw.open("rb") as source:
                        shutil.copyfileobj(source, file)
                else:
                    file.write(raw)
                file.flush()
                os.fsync(file.fileno())
                fresh.replace(self.path(item_id))
            except BaseException:
                fresh.unlink(missing_ok=True)
                raise
        sync_folder(self._folder)
        return None


def sync_folder(folder: Path) -> None:
    """Make a rename in the folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
