"""Keys by which documents are found without what they are found by lying in the clear."""

import hashlib
import hmac
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shared.secret_box import SecretBox


class Lookups:
    """Makes keys: HMAC-SHA256 with a key of this installation, 64 hexadecimal digits.

    Who has the database alone can neither read an address out of one nor try addresses against it.
    """

    def __init__(self, secrets: "SecretBox") -> None:
        self._key = secrets.derive("lookups")

    def email(self, address: str) -> str:
        """Return the key of a mail address: width and case make no difference."""
        return self._of("email", unicodedata.normalize("NFKC", address).strip().casefold())

    def wecom(self, connection_id: str, user_id: str) -> str:
        """Return the key of a member of a connected enterprise in WeCom, which does not tell great letters from small ones."""
        return self._of("wecom", connection_id, user_id.casefold())

    def secret(self, purpose: str, *parts: str) -> str:
        """Return the key of a value that was handed out: a session's, a token's, an invitation's, a code."""
        return self._of(purpose, *parts)

    def _of(self, *parts: str) -> str:
        said = "".join(f"{len(part)}:{part}" for part in parts)
        return hmac.digest(self._key, said.encode("utf-8", "surrogatepass"), hashlib.sha256).hex()
