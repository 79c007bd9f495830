"""Unsubscribe tokens: short, hard to guess, the same at every start; only their hash is stored."""

import base64
import hashlib
import hmac
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shared.secret_box import SecretBox

TOKENS_APART = "."
MOST_SECTIONS = 10
"""Subscriptions that one address leaves, which fits into one line of a mail's header, and so of one message; who has more that tell
something at one moment gets further pages."""

TOKEN_BYTES = 16
"""128 bits: 22 characters of base64url, which keeps a one-click address within one line of a mail's header."""


class Unsubscriber:
    """Makes the addresses under which people leave a subscription."""

    def __init__(self, secrets: "SecretBox", public_url: str | None) -> None:
        self._key = secrets.derive("unsubscribe")
        self._base = public_url.rstrip("/") if public_url else None

    def __repr__(self) -> str:
        return f"Unsubscriber({self._base!r})"

    @property
    def is_public(self) -> bool:
        """Whether anybody outside can reach this server."""
        return self._base is not None

    def token(self, subscription_id: str, destination_id: str) -> str:
        """Return the token of one subscription at one destination: 22 characters."""
        said = f"{len(subscription_id)}:{subscription_id}{destination_id}".encode()
        digest = hmac.digest(self._key, said, hashlib.sha256)[:TOKEN_BYTES]
        return base64.urlsafe_b64encode(digest).decode("ascii").rstrip("=")

    def url(self, subscription_id: str, destination_id: str, *others: str) -> str | None:
        """Return the address of the page, ``None`` when nobody outside can reach this server.

        With ``others``, further subscriptions of the destination, one page and one click are for all of them.
        """
        if self._base is None:
            return None
        tokens = [self.token(one, destination_id) for one in (subscription_id, *others)]
        return f"{self._base}/u/{TOKENS_APART.join(tokens)}"


def token_hash(token: str) -> str:
    """Return what is stored of a token: 64 hexadecimal digits of SHA-256."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
