"""A checksum of many lines that does not depend on their order, for two backends seldom keep the same one."""

import hashlib
from dataclasses import dataclass

_BYTES = 16
_MODULUS = 1 << (8 * _BYTES)


@dataclass(slots=True)
class Digest:
    """How many lines there were, and the sum of their hashes modulo 2^128."""

    documents: int = 0
    total: int = 0

    def add(self, line: bytes) -> None:
        """Count a line in."""
        self.documents += 1
        hashed = hashlib.blake2b(line, digest_size=_BYTES).digest()
        self.total = (self.total + int.from_bytes(hashed, "little")) % _MODULUS

    @property
    def text(self) -> str:
        """The sum as 32 hexadecimal digits."""
        return f"{self.total:032x}"
