"""Addresses of feeds: unguessable; whoever has one reads the feed, and only its hash is stored."""

import base64
import binascii
import secrets
from typing import NamedTuple

SECRET_BYTES = 24
"""192 bits: 32 characters of base64url. What follows them says whose feed it is, so that it is found without a search."""

_SECRET_CHARACTERS = SECRET_BYTES * 4 // 3


class FeedUrls(NamedTuple):
    """A feed in both of its forms."""

    atom: str
    json: str


def new_token(destination_id: str) -> str:
    """Return a fresh token of a destination; no two are the same."""
    owner = base64.urlsafe_b64encode(destination_id.encode()).decode("ascii").rstrip("=")
    return secrets.token_urlsafe(SECRET_BYTES) + owner


def destination_of(token: str) -> str | None:
    """Return whose token it claims to be, ``None`` when it is none; only its hash says whether that is true."""
    owner = token[_SECRET_CHARACTERS:]
    try:
        return base64.urlsafe_b64decode(owner + "=" * (-len(owner) % 4)).decode() or None
    except (binascii.Error, ValueError):
        return None


def feed_urls(base: str, token: str) -> FeedUrls:
    """Return where the feed is.

    Args:
        base: how people reach the portal, with or without a slash at its end.
        token: of the feed.
    """
    address = f"{base.rstrip('/')}/feeds/{token}"
    return FeedUrls(f"{address}.atom", f"{address}.json")
