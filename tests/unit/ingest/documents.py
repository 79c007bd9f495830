"""Documents that lie in memory, and what a format makes of them."""

import io
from pathlib import Path

from services.ingest.formats import sniff
from services.ingest.records import HEAD_BYTES, Document, Item


def document(raw: bytes) -> Document:
    """Return a document with this content; it has no folder for what is too large for memory."""
    return Document(location="", open=lambda: io.BytesIO(raw), raw=lambda: raw, spool=Path("/nowhere"))


def items(raw: bytes) -> list[Item]:
    """Return what the format that recognises the content reads in it."""
    head = raw[:HEAD_BYTES]
    recognised = sniff(head)
    assert recognised is not None
    return list(recognised.read(document(raw), head))
