"""How WeCom seals what it sends to a callback address: a signature, and AES in blocks of its own size.

Source: https://developer.work.weixin.qq.com/document/path/90968 (signature, cipher), path/90930 (where they are used).
"""

import base64
import binascii
import hashlib
import hmac
import re
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from shared.errors import InvalidInputError

if TYPE_CHECKING:
    from datetime import datetime

TOKEN = re.compile(r"[A-Za-z0-9]{3,32}")
AES_KEY = re.compile(r"[A-Za-z0-9]{43}")

WINDOW_SECONDS = 600.0
"""How far the vendor's time and ours may lie apart: what was listened in on is worth nothing after that."""

_BLOCK, _NOISE, _LENGTH = 32, 16, 4
"""The padding goes by 32 bytes, twice AES's own block; before the message stand noise and its length."""


class ForgedError(InvalidInputError):
    """What came was not sealed by who has this token and key, or too long ago; nobody outside is told which."""


class CallbackCipher:
    """Opens and seals for one callback address.

    Args:
        token: 3 to 32 letters and digits.
        aes_key: EncodingAESKey, 43 letters and digits.
        receive_id: whom messages are for: the CorpID of an enterprise's own app.

    Raises:
        ValueError: the key is none.
    """

    def __init__(self, token: str, aes_key: str, receive_id: str) -> None:
        # The last of the 43 characters holds two bits too many, which vendors' samples do not leave at zero.
        key = base64.b64decode(f"{aes_key}=", validate=True)
        self._token = token
        self._receive_id = receive_id.encode()
        self._cipher = Cipher(algorithms.AES(key), modes.CBC(key[:16]))

    def __repr__(self) -> str:
        return "CallbackCipher(***)"

    def signature(self, timestamp: str, nonce: str, sealed: str) -> str:
        """Return the signature of a sealed text: 40 hexadecimal digits."""
        said = "".join(sorted((self._token, timestamp, nonce, sealed)))
        return hashlib.sha1(said.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()

    def check(self, signature: str, timestamp: str, nonce: str, sealed: str, *, now: "datetime") -> None:
        """Refuse what was not signed with the token, or not about now.

        Raises:
            ForgedError: it was not.
        """
        expected = self.signature(timestamp, nonce, sealed)
        if not hmac.compare_digest(expected.encode(), signature.encode("utf-8", "surrogatepass")):
            raise ForgedError("signature")
        if not (timestamp.isascii() and timestamp.isdigit()):
            raise ForgedError("timestamp")
        if abs(int(timestamp[:12]) - now.timestamp()) > WINDOW_SECONDS:
            raise ForgedError("replay")

    def open(self, sealed: str) -> bytes:
        """Decrypt.

        Raises:
            ForgedError: it is not sealed with this key, or for somebody else.
        """
        try:
            raw = base64.b64decode(sealed, validate=True)
        except (binascii.Error, ValueError):
            raise ForgedError("base64") from None
        if not raw or len(raw) % _BLOCK:
            raise ForgedError("length")
        decryptor = self._cipher.decryptor()
        padded = decryptor.update(raw) + decryptor.finalize()
        pad = padded[-1]
        if not 1 <= pad <= _BLOCK or padded[-pad:] != bytes([pad]) * pad:
            raise ForgedError("padding")
        plain = padded[_NOISE:-pad]
        size = int.from_bytes(plain[:_LENGTH], "big")
        message, receive_id = plain[_LENGTH : _LENGTH + size], plain[_LENGTH + size :]
        if len(message) != size or not hmac.compare_digest(receive_id, self._receive_id):
            raise ForgedError("receiver")
        return message

    def seal(self, message: bytes, noise: bytes) -> str:
        """Encrypt.

        Args:
            message: what is said.
            noise: 16 bytes that nobody can foresee.
        """
        plain = noise + len(message).to_bytes(_LENGTH, "big") + message + self._receive_id
        pad = _BLOCK - len(plain) % _BLOCK
        encryptor = self._cipher.encryptor()
        return base64.b64encode(encryptor.update(plain + bytes([pad]) * pad) + encryptor.finalize()).decode()
