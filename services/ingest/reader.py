"""One input, read: its documents found, recognised by their content, and parsed one after the other."""

import errno
import os
from pathlib import Path
from typing import TYPE_CHECKING

from services.ingest.containers import UNREADABLE, documents
from services.ingest.formats import sniff
from services.ingest.formats.tables.layout import Written
from services.ingest.formats.unrecognised import explain
from services.ingest.records import FILE, HEAD_BYTES, Document, Rejected
from shared.errors import StorageFullError
from shared.logs import get_logger

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from services.ingest.records import Item, Items

log = get_logger("ingest")

_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS})


class Reading:
    """The items of one input; iterate once.

    Attributes:
        formats: names of the formats that were recognised so far, in order.
        written: tables that people wrote down; set it before iterating.
    """

    def __init__(self, found: "Iterable[Document | Rejected]") -> None:
        self.formats: list[str] = []
        self.written = Written()
        self._found = found

    @classmethod
    def of_path(cls, path: Path, spool: Path, location: str = "") -> "Reading":
        """Read a file, an archive or a folder; ``location`` is a file's place when it was part of something larger."""
        return cls(documents(path, spool, location))

    def __iter__(self) -> "Iterator[Item]":
        """Yield every record, and what was refused.

        Raises:
            StorageFullError: the spool folder has no room.
        """
        empty = True
        for document in self._found:
            empty = False
            if isinstance(document, Rejected):
                yield document
            else:
                yield from self._read(document)
        if empty:
            yield Rejected(
                raw=b"", location="", reason_code="empty", reason="文件夹里没有可以读取的文件；请检查路径。", kind=FILE
            )

    def _read(self, document: Document) -> "Items":
        name = None
        try:
            with document.open() as stream:
                head = stream.read(HEAD_BYTES)
            recognised = sniff(head, document, self.written)
            if recognised is None:
                yield document.refuse(*explain(head))
                return
            name = recognised.name
            if name not in self.formats:
                self.formats.append(name)
            items = recognised.read(document, head)
            first = next(items, None)
            if first is None:
                yield document.refuse(
                    "no-records", "文件里没有任何记录（只有表头？）；请确认来源已写完，再重新放入。", format_name=name
                )
                return
            yield first
            yield from items
        except OSError as error:
            if error.errno in _NO_ROOM:
                raise StorageFullError(f"临时文件夹没有空间了：{error}") from error
            yield from _unreadable(document, error, name)
        except UNREADABLE as error:
            yield from _unreadable(document, error, name)
        except Exception as error:
            log.exception("reader_failed", location=document.location, format=name)
            yield from _unreadable(document, error, name)


def _unreadable(document: Document, error: Exception, format_name: str | None) -> "Items":
    """Refuse a document that cannot be read to its end; an entry of an archive by way of the archive."""
    if document.broken is not None:
        document.broken.append(f"{document.location}（{error}）")
        return
    reason = f"文件读不出来（{type(error).__name__}: {error}）；请检查磁盘、权限，或重新下载。"
    raw = document.raw()
    if isinstance(raw, Path) and not os.access(raw, os.R_OK):
        raw = b""
    yield Rejected(
        raw=raw, location=document.location, reason_code="unreadable", reason=reason, kind=FILE, format=format_name
    )
