"""Quarantined inputs in a backup: large ones in parts, so that none is ever whole in memory."""

import os
from typing import TYPE_CHECKING

from shared.logs import get_logger
from shared.sqlite.failures import storage_full
from shared.store.archived import QUARANTINE_PART_BYTES, QuarantinePart
from shared.store.embedded.quarantine import UPSERT, columns
from shared.store.embedded.quarantine_files import LARGEST_IN_TABLE_BYTES, sync_folder

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from shared.store.quarantined import QuarantineItem

ALL = "SELECT doc, content FROM quarantine_items ORDER BY rowid"


def parts(item: "QuarantineItem", content: bytes | None, folder: "Path") -> "Iterator[QuarantinePart]":
    """Cut an input into parts; a content that is not in the table is read from its file in ``folder``."""
    if content is not None:
        yield QuarantinePart(id=item.id, offset=0, content=content, item=item)
        return
    try:
        with (folder / item.id).open("rb") as file:
            offset, block = 0, file.read(QUARANTINE_PART_BYTES)
            while following := file.read(QUARANTINE_PART_BYTES):
                yield QuarantinePart(id=item.id, offset=offset, content=block)
                offset, block = offset + len(block), following
            yield QuarantinePart(id=item.id, offset=offset, content=block, item=item)
    except FileNotFoundError:  # somebody removed it by hand: what is known of it is worth keeping all the same
        get_logger("archive").warning("quarantine_content_missing", item=item.id)
        yield QuarantinePart(id=item.id, offset=0, content=b"", item=item)


def save_parts(received: "Sequence[QuarantinePart]", folder: "Path") -> "list[tuple[object, ...]]":
    """Put large contents into files, whole and safe, and return the rows of the items that are complete."""
    rows: list[tuple[object, ...]] = []
    try:
        for part in received:
            content: bytes | None = part.content
            if part.offset or part.item is None or len(part.content) > LARGEST_IN_TABLE_BYTES:
                _write_part(part, folder)
                content = None
            if part.item is not None:
                rows.append((part.id, *columns(part.item), content))
    except OSError as error:
        raise storage_full(error.strerror or str(error), folder) from error
    return rows


def upsert(connection: "sqlite3.Connection", rows: "Sequence[tuple[object, ...]]") -> None:
    """Add or replace items."""
    connection.executemany(UPSERT, rows)


def _write_part(part: QuarantinePart, folder: "Path") -> None:
    """Add a part to a hidden file, which gets its name with the last one; the first part begins it anew."""
    folder.mkdir(parents=True, exist_ok=True)
    growing = folder / f".{part.id}.restored"
    with growing.open("r+b" if part.offset else "wb") as file:
        file.seek(part.offset)
        file.write(part.content)
        if part.item is None:
            return
        file.truncate()
        file.flush()
        os.fsync(file.fileno())
    growing.replace(folder / part.id)
    sync_folder(folder)
