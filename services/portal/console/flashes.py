"""What is said on the next page: kept in a signed cookie between the POST and the page that it sends on to."""

import base64
import hmac
from enum import StrEnum
from hashlib import sha256
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from shared.secret_box import SecretBox

COOKIE = "flash"
KEEP_SECONDS = 60
_MAC_BYTES = 32


class Tone(StrEnum):
    """How it is meant."""

    GOOD = "good"
    WARN = "warn"
    BAD = "bad"


class Flash(msgspec.Struct, frozen=True):
    """One sentence."""

    tone: Tone
    text: str


class Flashes:
    """Writes and reads the cookie; what was not written here is not shown, so nobody can put words into our mouth."""

    def __init__(self, secrets: "SecretBox") -> None:
        self._key = secrets.derive("flashes")

    def written(self, flash: Flash) -> str:
        """Return the cookie's value."""
        body = msgspec.json.encode(flash)
        return base64.urlsafe_b64encode(hmac.digest(self._key, body, sha256) + body).decode()

    def read(self, value: str | None) -> Flash | None:
        """Return what it says, ``None`` when there is none or it is not ours."""
        if not value:
            return None
        try:
            raw = base64.urlsafe_b64decode(value)
            mac, body = raw[:_MAC_BYTES], raw[_MAC_BYTES:]
            if not hmac.compare_digest(mac, hmac.digest(self._key, body, sha256)):
                return None
            return msgspec.json.decode(body, type=Flash)
        except (ValueError, msgspec.DecodeError):
            return None
