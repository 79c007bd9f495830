"""What goes to quarantine: refused content as the store keeps it."""

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from shared.ids import stable_id
from shared.store.quarantined import QuarantineItem

if TYPE_CHECKING:
    from datetime import datetime

    from services.ingest.records import Rejected

HEAD_BYTES = 1024 * 1024
"""So much is kept of a content that is too large to be kept whole."""


def quarantined(
    rejected: "Rejected", *, source: str, name: str, now: "datetime", limit_bytes: int
) -> tuple[QuarantineItem, bytes | Path]:
    """Return the store's item for something that was refused, and its content.

    Args:
        rejected: what was refused.
        source: where the input came from.
        name: of the input.
        now: when it was refused.
        limit_bytes: a larger content keeps its beginning and its digest only, and the item says so.
    """
    raw = rejected.raw
    size, digest = _measure(raw)
    reason, kept_bytes = rejected.reason, None
    if size > limit_bytes:
        raw = _head(raw, min(HEAD_BYTES, limit_bytes))
        kept_bytes = len(raw)
        reason = f"{reason}（原文 {size} 字节，超过 ZHITUI_QUARANTINE_ITEM_BYTES，只保留了开头 {kept_bytes} 字节和摘要值；请留好原来的文件。）"
    item = QuarantineItem(
        id=stable_id("q", name, rejected.location, digest),
        kind=rejected.kind,
        source=source,
        name=name,
        location=rejected.location,
        reason_code=rejected.reason_code,
        reason=reason,
        size_bytes=size,
        format=rejected.format,
        context=rejected.context,
        quarantined_at=now,
        digest=digest,
        kept_bytes=kept_bytes,
    )
    return item, raw


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


def _head(raw: bytes | Path, size: int) -> bytes:
    if isinstance(raw, bytes):
        return raw[:size]
    with raw.open("rb") as file:
        return file.read(size)
