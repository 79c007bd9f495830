"""What goes to quarantine: refused content as the store keeps it."""

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from shared.ids import stable_id
from shared.store.records import IngestRun, QuarantineItem

if TYPE_CHECKING:
    from datetime import datetime

    from services.ingest.records import Rejected


def quarantined(rejected: "Rejected", run: IngestRun, now: "datetime") -> tuple[QuarantineItem, bytes | Path]:
    """Return the store's item for something that was refused, and its content."""
    size, digest = _measure(rejected.raw)
    item = QuarantineItem(
        id=stable_id("q", run.name, rejected.location, digest),
        kind=rejected.kind,
        source=run.source,
        name=run.name,
        location=rejected.location,
        reason_code=rejected.reason_code,
        reason=rejected.reason,
        size_bytes=size,
        format=rejected.format,
        context=rejected.context,
        quarantined_at=now,
    )
    return item, rejected.raw


def _measure(raw: bytes | Path) -> tuple[int, str]:
    """Return (size in bytes, hexadecimal digest)."""
    digest = hashlib.blake2b(digest_size=16)
    if isinstance(raw, bytes):
        digest.update(raw)
        return len(raw), digest.hexdigest()
    size = 0
    with raw.open("rb") as file:
        while block := file.read(1024 * 1024):
            digest.update(block)
            size += len(block)
    return size, digest.hexdigest()
