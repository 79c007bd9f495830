"""Signatures of outgoing webhooks, by which a receiver knows that a call is ours, whole and fresh.

Source: Standard Webhooks 1.0.0 (github.com/standard-webhooks/standard-webhooks, spec/standard-webhooks.md). What is signed is
``{id}.{timestamp}.{body}``; a ``webhook-signature`` lists one signature for each secret that is valid, apart by spaces.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from enum import StrEnum
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shared.errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Iterable

HMAC_PREFIX, PRIVATE_PREFIX, PUBLIC_PREFIX = "whsec_", "whsk_", "whpk_"
HMAC_BYTES = range(24, 65)
SEED_BYTES, PAIR_BYTES = 32, 64
"""An ed25519 key alone, and with its public half behind it, as libsodium keeps them."""


class Scheme(StrEnum):
    """How calls are signed.

    ``HMAC``: HMAC-SHA256 with a secret that both sides know. ``ED25519``: with a key that only we have.
    """

    HMAC = "hmac"
    ED25519 = "ed25519"


def new_secret(scheme: Scheme) -> str:
    """Return a fresh secret of 256 random bits."""
    prefix = HMAC_PREFIX if scheme is Scheme.HMAC else PRIVATE_PREFIX
    return prefix + _text(secrets.token_bytes(SEED_BYTES))


def scheme_of(secret: str) -> Scheme:
    """Return what a secret is for.

    Raises:
        InvalidInputError: it is none; the sentence does not repeat it.
    """
    if secret.startswith(HMAC_PREFIX) and len(_bytes(secret, HMAC_PREFIX)) in HMAC_BYTES:
        return Scheme.HMAC
    if secret.startswith(PRIVATE_PREFIX) and len(_bytes(secret, PRIVATE_PREFIX)) in {SEED_BYTES, PAIR_BYTES}:
        return Scheme.ED25519
    raise InvalidInputError(
        "secret 不对：HMAC 密钥是 whsec_ 加 24 到 64 个随机字节的 Base64，ed25519 私钥是 whsk_ 加 32 字节的 Base64。"
        "不写 secret 时会自动生成一个。"
    )


def told_to_receivers(secret: str) -> str:
    """Return what a receiver needs to check signatures: the shared secret, or the public key (``whpk_…``) of a private one."""
    if scheme_of(secret) is Scheme.HMAC:
        return secret
    return PUBLIC_PREFIX + _text(_private(secret).public_key().public_bytes_raw())


def signature_header(keys: "Iterable[str]", *, message_id: str, timestamp: int, body: bytes) -> str:
    """Return the value of ``webhook-signature``.

    Args:
        keys: those that are valid now, the newest first.
        message_id: holds no dot.
        timestamp: of this attempt, Unix seconds.
        body: as it is sent.
    """
    signed = f"{message_id}.{timestamp}.".encode() + body
    return " ".join(_signature(key, signed) for key in keys)


def _signature(secret: str, signed: bytes) -> str:
    if secret.startswith(HMAC_PREFIX):
        return "v1," + _text(hmac.digest(_bytes(secret, HMAC_PREFIX), signed, hashlib.sha256))
    return "v1a," + _text(_private(secret).sign(signed))


def _private(secret: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(_bytes(secret, PRIVATE_PREFIX)[:SEED_BYTES])


def _bytes(secret: str, prefix: str) -> bytes:
    try:
        return base64.b64decode(secret.removeprefix(prefix), validate=True)
    except (binascii.Error, ValueError):
        return b""


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")
