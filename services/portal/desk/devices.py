"""Marks of browsers in which a member signed in before; nothing of them is stored."""

import hashlib
import hmac
import secrets as random_letters
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shared.filing.accounts import Account
    from shared.secret_box import SecretBox

NONCE_BYTES = 9


class Devices:
    """Makes and knows marks. One holds until its account's sessions are all ended at once (``Account.epoch``)."""

    def __init__(self, secrets: "SecretBox") -> None:
        self._key = secrets.derive("devices")

    def mark(self, account: "Account") -> str:
        """Return a new mark for a browser that its member has just signed in with."""
        nonce = random_letters.token_urlsafe(NONCE_BYTES)
        return f"{nonce}.{self._mac(account, nonce)}"

    def known(self, account: "Account | None", mark: str) -> str | None:
        """Return what names the browser with this mark, ``None`` when the mark is not this account's."""
        nonce, _, mac = mark.partition(".")
        if account is None or not nonce:
            return None
        return (
            nonce if hmac.compare_digest(mac.encode("utf-8", "replace"), self._mac(account, nonce).encode()) else None
        )

    def _mac(self, account: "Account", nonce: str) -> str:
        said = f"{account.id}\n{account.epoch}\n{nonce}"
        return hmac.digest(self._key, said.encode("utf-8", "replace"), hashlib.sha256).hex()[:32]
