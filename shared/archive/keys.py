"""Which key secrets are sealed with, without telling it; and how they are sealed with another."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shared.secret_box import SecretBox

_FINGERPRINT_BYTES = 8


def fingerprint(secrets: "SecretBox") -> str:
    """Return 16 hexadecimal digits that are the same for the same key, and from which it cannot be guessed."""
    return secrets.derive("backup fingerprint")[:_FINGERPRINT_BYTES].hex()


class Resealing:
    """Opens with the key that secrets were sealed with, and seals with the present one."""

    def __init__(self, old: "SecretBox", new: "SecretBox") -> None:
        self._old = old
        self._new = new

    def turn(self, sealed: str) -> str:
        """Return the same secret, sealed with the present key."""
        return self._new.seal(self._old.open(sealed.encode("ascii"))).decode("ascii")
