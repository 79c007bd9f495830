"""What holds documents: a folder, a zip (with zips inside), or nothing but the file itself."""

from pathlib import Path
from typing import TYPE_CHECKING

from services.ingest.containers.zips import Walk, is_zip, zip_documents
from services.ingest.records import Document, Rejected, shown_name

if TYPE_CHECKING:
    from collections.abc import Iterator


def documents(path: Path, spool: Path, location: str = "") -> "Iterator[Document | Rejected]":
    """Yield every document of an input, one at a time; what a document needs is gone when the next one is asked for.

    A folder is walked in the order of names; hidden files and symbolic links are left out.
    """
    if path.is_dir():
        for file in sorted(path.rglob("*")):
            inner = file.relative_to(path)
            if file.is_file() and not file.is_symlink() and not any(part.startswith(".") for part in inner.parts):
                yield from _of_file(file, shown_name(inner), spool)
    else:
        yield from _of_file(path, location, spool)


def _of_file(path: Path, location: str, spool: Path) -> "Iterator[Document | Rejected]":
    try:
        packed = is_zip(path)
    except OSError as error:
        yield Rejected(
            raw=b"",
            location=location,
            reason_code="unreadable",
            reason=f"文件打不开（{error.strerror or error}）；请检查文件是否存在、是否有读取权限。",
            kind="file",
        )
        return
    if packed:
        yield from zip_documents(path, location, Walk(spool))
    else:
        yield Document(location=location, open=lambda: path.open("rb"), raw=lambda: path, spool=spool)
