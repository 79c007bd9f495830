"""Codes by which the other end of a destination proves that it reads what is sent there, before the first alert is.

Nothing is stored: a code is a function of the installation's key, the destination with its address, and the hour.
"""

import base64
import hashlib
import hmac
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from shared.secret_box import SecretBox
    from shared.wire.subscription import Destination

VALID_SECONDS = 3600
"""A code is good for at least so long, and for less than twice as long."""

CODE_BYTES = 5
"""40 bits: eight letters for people, who get few tries."""

TOKEN_BYTES = 16


class Verifier:
    """Makes and checks codes (for people to type) and tokens (for a link in a mail)."""

    def __init__(self, secrets: "SecretBox") -> None:
        self._key = secrets.derive("verification")

    def code(self, destination: "Destination", now: "datetime") -> str:
        """Return the code, ``ABCD-2345``: letters and the digits 2 to 7."""
        text = base64.b32encode(self._mac("code", destination, _hour(now))[:CODE_BYTES]).decode()
        return f"{text[:4]}-{text[4:]}"

    def token(self, destination: "Destination", now: "datetime") -> str:
        """Return the last part of a link: the destination's id and 128 bits that nobody guesses."""
        mac = self._mac("link", destination, _hour(now))[:TOKEN_BYTES]
        return f"{_letters(destination.id.encode())}.{_letters(mac)}"

    def accepts_code(self, destination: "Destination", code: str, now: "datetime") -> bool:
        """Whether a code is this destination's and not too old; letters may be small, and the dash missing."""
        given = "".join(code.split()).replace("-", "").upper()
        good = (self.code(destination, at).replace("-", "") for at in _moments(now))
        return any(_same(given, one) for one in good)

    def accepts_token(self, destination: "Destination", token: str, now: "datetime") -> bool:
        """Whether a token is this destination's and not too old."""
        return any(_same(token, self.token(destination, at)) for at in _moments(now))

    def _mac(self, purpose: str, destination: "Destination", hour: int) -> bytes:
        said = "\n".join([purpose, destination.id, destination.channel, destination.address, str(hour)])
        return hmac.digest(self._key, said.encode(), hashlib.sha256)


def destination_in(token: str) -> str | None:
    """Return whose token it says it is, ``None`` when it is none."""
    letters = token.partition(".")[0]
    try:
        return base64.urlsafe_b64decode(letters + "=" * (-len(letters) % 4)).decode()
    except ValueError:
        return None


def _letters(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode("ascii").rstrip("=")


def _hour(now: "datetime") -> int:
    return int(now.timestamp()) // VALID_SECONDS


def _moments(now: "datetime") -> "tuple[datetime, datetime]":
    return now, now - timedelta(seconds=VALID_SECONDS)


def _same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode())
