"""What the notifier puts into a mail's unsubscribe link, and the portal looks up."""

import hashlib


def token_hash(token: str) -> str:
    """Return what is stored in place of an unsubscribe token: SHA-256, 64 hexadecimal digits.

    The token itself is in nobody's database, so that a copy of the database unsubscribes nobody.
    """
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
