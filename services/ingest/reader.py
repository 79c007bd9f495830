"""One input, read: its documents found, recognised by their content, and parsed one after the other."""

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from services.ingest.containers import UNREADABLE, Inventory, documents, shown
from services.ingest.containers.contents import raise_when_full
from services.ingest.formats import sniff
from services.ingest.formats.tables.layout import NOTHING_WRITTEN
from services.ingest.formats.unrecognised import explain
from services.ingest.packages.held import Package
from services.ingest.records import FILE, HEAD_BYTES, Document, Parsed, Rejected, shown_name
from shared.errors import StorageFullError
from shared.logs import get_logger

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from services.ingest.records import Item, Items

log = get_logger("ingest")


class Reading:
    """The items of one input; iterate once.

    Attributes:
        formats: names of the formats that were recognised so far, in order.
        written: tables that people wrote down; set it before iterating.
        name: what the input is called; set it before iterating where its path does not say.
        inventory: what else is in it, counted while reading.
    """

    def __init__(
        self, found: "Iterable[Document | Rejected]", inventory: Inventory | None = None, whole: Path | None = None
    ) -> None:
        self.formats: list[str] = []
        self.inventory = inventory or Inventory()
        self._package = Package(self.inventory)
        self._whole: Path | bytes = whole or b""
        self.written = NOTHING_WRITTEN
        self.name = ""
        self._found = found

    @classmethod
    def of_path(cls, path: Path, spool: Path, location: str = "") -> "Reading":
        """Read a file, an archive or a folder; ``location`` is a file's place when it was part of something larger."""
        inventory = Inventory()
        reading = cls(documents(path, spool, location, inventory), inventory, path if path.is_file() else None)
        reading.name = shown_name(Path(path.name))
        return reading

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
                yield from self._read(replace(document, input_name=self.name))
        yield from self._package.missing()
        left_out = self.inventory.left_out
        if left_out:
            log.info("files_left_out", **left_out)
        if empty:
            what = f"里面只有{shown(left_out)}，没有数据" if left_out else "文件夹里没有可以读取的文件"
            yield Rejected(
                raw=self._whole, location="", reason_code="empty", reason=f"{what}；请检查路径或来源。", kind=FILE
            )

    def _read(self, document: Document) -> "Items":
        name = None
        try:
            with document.open() as stream:
                head = stream.read(HEAD_BYTES)
            recognised = sniff(head, document, self.written)
            if recognised is None:
                yield from self._unrecognised(document, head)
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
            if document.location and isinstance(first, Parsed):
                self._package.read(first.publication.publication_number)
            yield first
            yield from items
        except StorageFullError:
            raise
        except OSError as error:
            raise_when_full(error)
            yield from _unreadable(document, error, name)
        except Exception as error:
            torn_archive = document.broken is not None and isinstance(error, UNREADABLE)
            if not torn_archive:  # but a mistake of the format's module
                log.exception("reader_failed", location=document.location, format=name)
            yield from _unreadable(document, error, name)

    def _unrecognised(self, document: Document, head: bytes) -> "Items":
        """Take an index of a package; refuse everything else."""
        if not self._package.take_index(document, head):
            yield document.refuse(*explain(head))
        elif not document.location:
            yield document.refuse(
                "index-alone", "这是数据包的索引，里面没有专利数据；请放入索引所属的数据包（整个 zip）。"
            )


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
