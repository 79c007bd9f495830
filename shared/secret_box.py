"""Secrets at rest: sealed with a key that lies outside the database."""

import base64
import hashlib
import hmac
import os
from typing import TYPE_CHECKING

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from shared.errors import InvalidInputError, MisconfiguredError, StorageFullError
from shared.key_file import keys_in, put_before

if TYPE_CHECKING:
    from collections.abc import Callable

    from shared.settings import Settings

KEY_FILE = "secret.key"

_HOW_TO_MAKE = (
    "可以这样生成一个：python -c 'from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())'"
)

_CANNOT_OPEN = (
    "用现在的密钥打不开已保存的机密：请找回这个数据目录原来的 secret.key，或用 ZHITUI_SECRET_KEY 指定原来的密钥。"
)

_HOW_TO_ROTATE = (
    "密钥由 ZHITUI_SECRET_KEY 给出，请分三步更换：先在每个进程上改成“旧密钥,新密钥,旧密钥”（旧密钥写在两头），"
    f"再改成“新密钥,旧密钥”，最后再执行一次本命令。{_HOW_TO_MAKE}"
)

_ENVELOPE = b"\x02"
_KEY_BYTES = 32
_WRAPPED_BYTES = 105
"""A Fernet token of 32 bytes: version, time, start, three blocks, check."""


class SecretBox:
    """Seals and opens short texts, each with a key of its own that the installation's key wraps (an envelope).

    A sealed text is base64url of: the byte 2, 4 bytes that name the key, the wrapped key, the text; the latter two as Fernet
    tokens (AES-128-CBC with HMAC-SHA256, https://github.com/fernet/spec) in bytes. The first versions wrote the text's token
    alone, under the installation's key; those begin with the byte 128.

    Args:
        keys: of this installation, newest first, apart by commas or white space. The first seals, the last derives, all of them
            open; one that stands at both ends does both, so that every process knows a key before any seals with it.
        reread: gives the keys anew: another process may have put a newer one before them.
    """

    def __init__(self, keys: str, reread: "Callable[[], str] | None" = None) -> None:
        self._reread = reread
        self._read(keys)

    def __repr__(self) -> str:
        return "SecretBox(***)"

    @property
    def key_ids(self) -> tuple[str, ...]:
        """What tells the keys apart, newest first; from it none can be guessed."""
        return tuple(self._wraps)

    def derive(self, purpose: str) -> bytes:
        """Return 32 bytes that belong to this installation and purpose, the same at every start: they hang on its oldest key.

        So links in mails that were sent, and names in feeds that were read, stay what they are when a key is added.
        """
        return hmac.digest(self._oldest, purpose.encode(), hashlib.sha256)

    def seal(self, text: str) -> bytes:
        """Encrypt."""
        key = os.urandom(_KEY_BYTES)
        return self._envelope(key, _raw(Fernet(_text(key)).encrypt(text.encode())))

    def open(self, sealed: bytes) -> str:
        """Decrypt.

        Raises:
            MisconfiguredError: it was sealed with another key.
        """
        raw = _raw(sealed)
        try:
            if not raw.startswith(_ENVELOPE):
                return self._bare.decrypt(sealed).decode()
            key, token = self._unwrap(raw)
            return Fernet(_text(key)).decrypt(_text(token)).decode()
        except (InvalidToken, ValueError):
            raise MisconfiguredError(_CANNOT_OPEN) from None

    def is_current(self, sealed: bytes) -> bool:
        """Whether it was sealed with the newest key."""
        return _raw(sealed).startswith(_ENVELOPE + bytes.fromhex(self.key_ids[0]))

    def rewrap(self, sealed: bytes) -> bytes:
        """Return the same secret under the newest key; of an envelope only the key inside is wrapped anew.

        Raises:
            MisconfiguredError: it was sealed with another key.
        """
        raw = _raw(sealed)
        if not raw.startswith(_ENVELOPE):
            return self.seal(self.open(sealed))
        try:
            return self._envelope(*self._unwrap(raw))
        except InvalidToken:
            raise MisconfiguredError(_CANNOT_OPEN) from None

    def refresh(self) -> None:
        """Read the keys anew, where they come from a file."""
        if self._reread is not None:
            self._read(self._reread())

    def _read(self, keys: str) -> None:
        found = [one.strip() for one in keys.replace(",", " ").split()]
        try:
            self._wraps: dict[str, Fernet] = {key_id(one): Fernet(one) for one in found}
            self._oldest: bytes = found[-1].encode("ascii")
        except (ValueError, IndexError):
            raise MisconfiguredError(f"密钥格式不对：应是 32 字节的 url-safe base64。{_HOW_TO_MAKE}") from None
        self._bare = MultiFernet(list(self._wraps.values()))

    def _envelope(self, key: bytes, token: bytes) -> bytes:
        newest = self.key_ids[0]
        return _text(_ENVELOPE + bytes.fromhex(newest) + _raw(self._wraps[newest].encrypt(key)) + token)

    def _unwrap(self, raw: bytes) -> tuple[bytes, bytes]:
        name, wrapped, token = raw[1:5].hex(), raw[5 : 5 + _WRAPPED_BYTES], raw[5 + _WRAPPED_BYTES :]
        if name not in self._wraps:
            self.refresh()
        if name not in self._wraps:
            raise InvalidToken
        return self._wraps[name].decrypt(_text(wrapped)), token


def _raw(text: bytes) -> bytes:
    try:
        return base64.urlsafe_b64decode(text)
    except ValueError:
        return b""


def _text(raw: bytes) -> bytes:
    return base64.urlsafe_b64encode(raw)


def key_id(key: str) -> str:
    """Return 8 hexadecimal digits that are the same for the same key, and from which it cannot be guessed."""
    return hmac.digest(key.encode("ascii"), b"key id", hashlib.sha256).hex()[:8]


def open_secret_box(settings: "Settings") -> SecretBox:
    """Return the box of this installation; its key comes from the settings, else from a file made at the first start.

    Raises:
        MisconfiguredError: the key is none, or missing on a cluster.
        StorageFullError: its file can be neither read nor made.
    """
    if settings.secret_key is not None:
        return SecretBox(settings.secret_key.get_secret_value())
    if settings.on_cluster:
        # A key in a folder of its own would open nothing that another process sealed, and nobody would notice for days.
        raise MisconfiguredError(
            f"没有设置 ZHITUI_SECRET_KEY：集群里所有进程要用同一把密钥。请在每个进程上设置 ZHITUI_SECRET_KEY，"
            f"或让 ZHITUI_SECRET_KEY_FILE 指向同一份密钥文件；从单机迁来的，用原来数据文件夹里 {KEY_FILE} 的内容。{_HOW_TO_MAKE}"
        )
    path = settings.data_dir / KEY_FILE
    try:
        return SecretBox(keys_in(path), lambda: keys_in(path))
    except OSError as error:
        raise StorageFullError(
            f"密钥文件 {path} 读写不了（{error.strerror or error}）；请检查目录的空间和权限。"
        ) from error


def add_key(settings: "Settings") -> str:
    """Put a new key before those in the key file, all or nothing, and return its id.

    Raises:
        InvalidInputError: the keys come from the settings.
        StorageFullError: the file cannot be written.
    """
    if settings.secret_key is not None:
        raise InvalidInputError(_HOW_TO_ROTATE)
    path = settings.data_dir / KEY_FILE
    key = Fernet.generate_key().decode()
    try:
        put_before(path, key)
    except OSError as error:
        raise StorageFullError(
            f"密钥文件 {path} 写不了（{error.strerror or error}）；请检查目录的空间和权限。"
        ) from error
    return key_id(key)
