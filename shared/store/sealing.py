"""Destinations as every store keeps them: addresses and option values sealed."""

from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from shared.secret_box import SecretBox
    from shared.wire.subscription import Destination

_OPENED_IN_MEMORY = 20_000


class Seal:
    """Seals and opens; every message asks for its destination, and opening a seal costs more than the rest of that query."""

    def __init__(self, secrets: "SecretBox") -> None:
        self._secrets = secrets
        self._open = lru_cache(_OPENED_IN_MEMORY)(lambda sealed: secrets.open(sealed.encode("ascii")))

    def put_on(self, destination: "Destination") -> "Destination":
        """Return the destination as it may be stored."""
        return msgspec.structs.replace(
            destination,
            address=self._seal(destination.address),
            options={name: self._seal(value) for name, value in destination.options.items()},
        )

    def taken_off(self, sealed: "Destination") -> "Destination":
        """Return the destination as it may be used."""
        return msgspec.structs.replace(
            sealed,
            address=self._open(sealed.address),
            options={name: self._open(value) for name, value in sealed.options.items()},
        )

    def renewed(self, sealed: "Destination") -> "Destination | None":
        """Return the destination with its secrets under the newest key, ``None`` when they are already."""
        texts = [sealed.address, *sealed.options.values()]
        if all(self._secrets.is_current(text.encode("ascii")) for text in texts):
            return None
        return msgspec.structs.replace(
            sealed,
            address=self._rewrap(sealed.address),
            options={name: self._rewrap(value) for name, value in sealed.options.items()},
        )

    def _rewrap(self, sealed: str) -> str:
        return self._secrets.rewrap(sealed.encode("ascii")).decode("ascii")

    def _seal(self, text: str) -> str:
        return self._secrets.seal(text).decode("ascii")
