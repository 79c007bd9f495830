"""The proof in a mail's Message-ID, by which an answer to it is known to come from somebody who saw the mail.

A delivery's id can be guessed by who knows the subscription; whoever could report a failed delivery of a mail that he
never saw could cut others off.
"""

import hashlib
import hmac
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shared.secret_box import SecretBox

_NAMED = re.compile(r"\b(d-[0-9a-f]{24})\.([0-9a-f]{16})\b", re.IGNORECASE)


class Proof:
    """Makes and checks proofs; 64 bits of HMAC-SHA256, with a key of this installation."""

    def __init__(self, secrets: "SecretBox") -> None:
        self._key = secrets.derive("bounce")

    def of(self, delivery_id: str) -> str:
        """Return the proof of a delivery: 16 hexadecimal digits."""
        return hmac.digest(self._key, delivery_id.encode(), hashlib.sha256).hex()[:16]

    def named(self, text: str) -> "Iterator[str]":
        """Yield the deliveries that a text names with their proof."""
        for found in _NAMED.finditer(text):
            delivery_id, proof = found.group(1).lower(), found.group(2).lower()
            if hmac.compare_digest(proof, self.of(delivery_id)):
                yield delivery_id
