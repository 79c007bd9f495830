"""Names that say that a file is still on its way, or none of ours to read."""

from pathlib import PurePath

UNFINISHED_SUFFIXES = frozenset({".part", ".tmp", ".temp", ".crdownload", ".filepart", ".partial", ".download", ".swp"})


def is_unfinished(name: str) -> bool:
    """Whether a file or folder of this name is left alone."""
    return name.startswith(".") or name.endswith("~") or PurePath(name).suffix.lower() in UNFINISHED_SUFFIXES
