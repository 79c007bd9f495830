"""Which quarantined items hold a text, a person's name say: in what is known of them, in their content, in archives inside."""

import asyncio
import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import msgspec

from services.ingest.containers import UNREADABLE, documents
from services.ingest.records import Document, Rejected
from shared.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from shared.store.intake import Quarantine
    from shared.store.quarantined import QuarantineItem, Wanted

_ENCODINGS = ("utf-8", "gb18030", "big5", "utf-16-le", "utf-16-be")
_BLOCK_BYTES = 1024 * 1024


async def holding(quarantine: "Quarantine", wanted: "Wanted", text: str) -> "AsyncIterator[QuarantineItem]":
    """Yield the items that hold the text, of those that are wanted, in any writing that is usual for it."""
    spellings = _spellings(text)
    async for batch in quarantine.walk(wanted):
        for item in batch:
            if any(spelling in msgspec.json.encode(item) for spelling in spellings):
                yield item
                continue
            try:
                async with quarantine.open(item.id) as content:
                    found = await asyncio.to_thread(_holds, content, spellings)
            except NotFoundError:  # gone meanwhile
                continue
            if found:
                yield item


def _spellings(text: str) -> list[bytes]:
    """Return the bytes that the text may be written with, as references of XML and JSON too."""
    found = [text.encode("ascii", "xmlcharrefreplace"), json.dumps(text)[1:-1].encode()]
    found.append("".join(c if c.isascii() else f"&#x{ord(c):x};" for c in text).encode())
    for encoding in _ENCODINGS:
        try:
            found.append(text.encode(encoding))
        except UnicodeEncodeError:
            continue
    return list(dict.fromkeys(found))


def _holds(path: Path, spellings: list[bytes]) -> bool:
    with path.open("rb") as file:
        if _in_stream(file, spellings):
            return True
    with tempfile.TemporaryDirectory(prefix="zhitui-") as spool:
        found = documents(path, Path(spool))
        return any(_in_document(one, spellings) for one in found if not _is_whole(one, path))


def _is_whole(found: "Document | Rejected", path: Path) -> bool:
    """Whether it is the file itself, which was looked through already."""
    if isinstance(found, Rejected):
        return found.raw == path
    return found.broken is None and found.raw() == path


def _in_document(found: "Document | Rejected", spellings: list[bytes]) -> bool:
    try:
        if not isinstance(found, Rejected):
            with found.open() as stream:
                return _in_stream(stream, spellings)
        if isinstance(found.raw, Path):
            with found.raw.open("rb") as stream:
                return _in_stream(stream, spellings)
    except (OSError, *UNREADABLE):  # a torn archive: what is written in it in the clear was looked at already
        return False
    return any(spelling in found.raw for spelling in spellings)


def _in_stream(stream: BinaryIO, spellings: list[bytes]) -> bool:
    overlap = max(map(len, spellings)) - 1
    rest = b""
    while block := stream.read(_BLOCK_BYTES):
        data = rest + block
        if any(spelling in data for spelling in spellings):
            return True
        rest = data[-overlap:] if overlap else b""
    return False
