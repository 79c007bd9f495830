"""Secrets at rest: sealed with a key that lies outside the database."""

import hashlib
import hmac
import os
from typing import TYPE_CHECKING

from cryptography.fernet import Fernet, InvalidToken

from shared.errors import MisconfiguredError, StorageFullError

if TYPE_CHECKING:
    from pathlib import Path

    from shared.settings import Settings

KEY_FILE = "secret.key"

_HOW_TO_MAKE = (
    "可以这样生成一个：python -c 'from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())'"
)


class SecretBox:
    """Seals and opens short texts (Fernet: AES-128-CBC with HMAC-SHA256, https://github.com/fernet/spec)."""

    def __init__(self, key: str) -> None:
        try:
            self._fernet = Fernet(key)
            self._key = key.encode("ascii")
        except ValueError:
            raise MisconfiguredError(f"密钥格式不对：应是 32 字节的 url-safe base64。{_HOW_TO_MAKE}") from None

    def __repr__(self) -> str:
        return "SecretBox(***)"

    def derive(self, purpose: str) -> bytes:
        """Return 32 bytes that belong to this installation and purpose, the same at every start."""
        return hmac.digest(self._key, purpose.encode(), hashlib.sha256)

    def seal(self, text: str) -> bytes:
        """Encrypt."""
        return self._fernet.encrypt(text.encode())

    def open(self, sealed: bytes) -> str:
        """Decrypt.

        Raises:
            MisconfiguredError: it was sealed with another key.
        """
        try:
            return self._fernet.decrypt(sealed).decode()
        except InvalidToken:
            raise MisconfiguredError(
                "用现在的密钥打不开已保存的机密：请找回这个数据目录原来的 secret.key，或用 ZHITUI_SECRET_KEY 指定原来的密钥。"
            ) from None


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
        return SecretBox(_key_file(path))
    except OSError as error:
        raise StorageFullError(
            f"密钥文件 {path} 读写不了（{error.strerror or error}）；请检查目录的空间和权限。"
        ) from error


def _key_file(path: "Path") -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(f".{os.getpid()}.new")
    if not path.exists():
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(Fernet.generate_key())
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(fresh, path)  # whole or not at all, and never over a key that another process made first
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_text("ascii").strip()
