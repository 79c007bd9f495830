"""Check that a webhook is Zhitui's, whole and fresh. Python 3.9 or later; ed25519 keys need the package ``cryptography``.

On the command line: ``verify.py KEY ID TIMESTAMP SIGNATURES < body`` ends with 0 when it is.
"""

import base64
import hashlib
import hmac
import sys
import time

TOLERANCE_SECONDS = 300


def is_genuine(key: str, headers: "dict[str, str]", body: bytes) -> bool:
    """Say whether a call may be believed.

    Args:
        key: what `zhitui destination add` printed: ``whsec_…`` or ``whpk_…``.
        headers: of the request, names in small letters.
        body: as it came, before anything decoded it.
    """
    message_id, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not timestamp.isdigit() or abs(time.time() - int(timestamp)) > TOLERANCE_SECONDS:
        return False  # an old call, played again
    signed = f"{message_id}.{timestamp}.".encode() + body
    kind, _, encoded = key.partition("_")
    secret = base64.b64decode(encoded)
    for one in headers.get("webhook-signature", "").split(" "):
        version, _, signature = one.partition(",")
        if (kind, version) == ("whsec", "v1"):
            expected = base64.b64encode(hmac.digest(secret, signed, hashlib.sha256))
            if hmac.compare_digest(expected, signature.encode()):
                return True
        elif (kind, version) == ("whpk", "v1a") and _fits(secret, base64.b64decode(signature), signed):
            return True
    return False


def _fits(public: bytes, signature: bytes, signed: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, signed)
    except InvalidSignature:
        return False
    return True


if __name__ == "__main__":
    _, key_, id_, timestamp_, signatures_ = sys.argv
    headers_ = {"webhook-id": id_, "webhook-timestamp": timestamp_, "webhook-signature": signatures_}
    sys.exit(0 if is_genuine(key_, headers_, sys.stdin.buffer.read()) else 1)
