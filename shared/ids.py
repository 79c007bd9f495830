"""Identifiers that are the same on every try, so that doing a thing twice changes nothing."""

import hashlib
import secrets


def stable_id(prefix: str, *parts: str) -> str:
    """Derive an id from what it names.

    Args:
        prefix: a short word that says what kind of thing it is (``"d"`` for a delivery).
        parts: what identifies the thing; order matters, their borders are kept apart.

    Returns:
        ``prefix-`` and 24 hexadecimal digits (96 bits of SHA-256).
    """
    digest = hashlib.sha256()
    for part in parts:
        raw = part.encode("utf-8", "surrogatepass")
        digest.update(len(raw).to_bytes(8, "big"))
        digest.update(raw)
    return f"{prefix}-{digest.hexdigest()[:24]}"


def fresh_id(prefix: str) -> str:
    """Return an id that nothing had before: ``prefix-`` and 24 random hexadecimal digits (96 bits)."""
    return f"{prefix}-{secrets.token_hex(12)}"
