"""Identifiers that are the same on every try, so that doing a thing twice changes nothing."""

import hashlib
import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_LENGTHS = ["\0" * 7 + chr(length) for length in range(128)]
"""Of short ASCII parts, as text: most parts are such, and are joined, encoded and hashed as one."""

_LONG = "…"
"""Stands for parts of which one has no such length."""


def stable_id(prefix: str, *parts: str) -> str:
    """Derive an id from what it names.

    Args:
        prefix: a short word that says what kind of thing it is (``"d"`` for a delivery).
        parts: what identifies the thing; order matters, their borders are kept apart.

    Returns:
        ``prefix-`` and 24 hexadecimal digits (96 bits of SHA-256).
    """
    return f"{prefix}-{hashlib.sha256(_written(parts)).hexdigest()[:24]}"


def stable_ids(prefix: str, first: "Sequence[str]", rests: "Iterable[Sequence[str]]") -> list[str]:
    """Return the ids of things that are named alike at first: ``stable_id(prefix, *first, *rest)`` of each of the rests."""
    begun = hashlib.sha256(_written(first))
    ids = []
    for rest in rests:
        digest = begun.copy()
        digest.update(_written(rest))
        ids.append(f"{prefix}-{digest.hexdigest()[:24]}")
    return ids


def fresh_id(prefix: str) -> str:
    """Return an id that nothing had before: ``prefix-`` and 24 random hexadecimal digits (96 bits)."""
    return f"{prefix}-{secrets.token_hex(12)}"


def _written(parts: "Sequence[str]") -> bytes:
    """Return each part behind its length, 8 bytes."""
    try:
        written = "".join([f"{_LENGTHS[len(part)]}{part}" for part in parts])
    except IndexError:
        written = _LONG
    if written.isascii():
        return written.encode()
    raws = [part.encode("utf-8", "surrogatepass") for part in parts]
    return b"".join([len(raw).to_bytes(8, "big") + raw for raw in raws])
