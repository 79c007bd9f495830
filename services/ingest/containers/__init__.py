"""What holds documents: a folder, an archive (with archives inside), or nothing but the file itself.

Each kind of archive is a module here and a line in `KINDS`. Nothing is ever written under a name from an archive.
"""

from typing import TYPE_CHECKING

from services.ingest.containers import packed, sevenzip, tars, zips
from services.ingest.containers.contents import head_of
from services.ingest.containers.folders import files_in
from services.ingest.containers.inventory import Inventory, shown
from services.ingest.containers.kinds import UNREADABLE
from services.ingest.containers.limits import Walk
from services.ingest.containers.walking import HEAD_BYTES, documents_in
from services.ingest.records import FILE, Document, Rejected

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["KINDS", "UNREADABLE", "Inventory", "documents", "shown"]

KINDS = (zips.KIND, sevenzip.KIND, tars.KIND, packed.KIND)
"""In the order of asking: a packed tar is a tar."""


def documents(
    path: "Path", spool: "Path", location: str = "", inventory: Inventory | None = None
) -> "Iterator[Document | Rejected]":
    """Yield every document of an input, one at a time; what a document needs is gone when the next one is asked for.

    Args:
        path: a file, an archive or a folder.
        spool: a folder for what is too large for memory.
        location: a file's place when it was part of something larger.
        inventory: is told what else was met.
    """
    inventory = Inventory() if inventory is None else inventory
    if path.is_dir():
        for file, name in files_in(path, inventory):
            yield from _of_file(file, name, spool, inventory)
    else:
        yield from _of_file(path, location, spool, inventory)


def _of_file(path: "Path", location: str, spool: "Path", inventory: Inventory) -> "Iterator[Document | Rejected]":
    try:
        head = head_of(path, HEAD_BYTES)
    except OSError as error:
        yield Rejected(
            raw=b"",
            location=location,
            reason_code="unreadable",
            reason=f"文件打不开（{error.strerror or error}）；请检查文件是否存在、是否有读取权限。",
            kind=FILE,
        )
        return
    yield from documents_in(path, location, Walk(spool, inventory), KINDS, head)
