"""Zips in several volumes among watched files: they are one input, read by way of the last volume once all are there."""

from pathlib import Path
from typing import TYPE_CHECKING

from services.ingest.containers.volumes import beside, is_volume, names_before, volumes_before

if TYPE_CHECKING:
    from collections.abc import Mapping

PATIENCE_SECONDS = 600.0
"""So long volumes that are quiet wait for those that are not there yet; then they are read, and refused as what they are."""


def waits_for_volumes(path: str, quiet_seconds: "Mapping[str, float]") -> bool:
    """Whether a file is not to be read yet, or not by itself.

    Args:
        path: a quiet file.
        quiet_seconds: how long each file of the folder that is quiet has been so.
    """
    if path[-4:-2].lower() != ".z":  # nearly all files
        return False
    file = Path(path)
    if is_volume(file):
        return file.with_suffix(".zip").exists() or quiet_seconds[path] < PATIENCE_SECONDS
    try:
        names = names_before(file, volumes_before(file))
        there = beside(file) if names else {}
    except OSError:
        return False
    is_complete = all(name in there and str(there[name]) in quiet_seconds for name in names)
    return not is_complete and quiet_seconds[path] < PATIENCE_SECONDS


def volumes_of(path: Path) -> list[Path]:
    """Return the other volumes of a zip that has several."""
    if path.suffix.lower() != ".zip":
        return []
    there = beside(path) if (count := volumes_before(path)) else {}
    return [there[name] for name in names_before(path, count) if name in there]
