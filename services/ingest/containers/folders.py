"""A folder as an input of several files."""

from typing import TYPE_CHECKING

from services.ingest.containers.inventory import Inventory, companion
from services.ingest.containers.volumes import is_volume
from services.ingest.records import shown_name

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_MAGIC_BYTES = 16


def files_in(folder: "Path", inventory: Inventory) -> "Iterator[tuple[Path, str]]":
    """Yield (file, its name for people) in the order of names; hidden files and symbolic links are left out.

    Images, schemas and their like are counted, as in an archive.
    """
    for file in sorted(folder.rglob("*")):
        inner = file.relative_to(folder)
        if not file.is_file() or file.is_symlink() or any(part.startswith(".") for part in inner.parts):
            continue
        if is_volume(file) and file.with_suffix(".zip").exists():
            continue  # read with the last one
        name = shown_name(inner)
        if (left_out := companion(_beginning(file), name)) is not None:
            inventory.left_out[left_out] += 1
            continue
        inventory.meet(name)
        yield file, name


def _beginning(file: "Path") -> bytes:
    try:
        with file.open("rb") as stream:
            return stream.read(_MAGIC_BYTES)
    except OSError:
        return b""  # whoever reads it tells
