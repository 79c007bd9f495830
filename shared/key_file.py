"""The key file of an installation on one machine: one key a line, newest first, readable by its owner alone."""

import os
from typing import TYPE_CHECKING

from cryptography.fernet import Fernet

if TYPE_CHECKING:
    from pathlib import Path


def keys_in(path: "Path") -> str:
    """Return the keys in a file; it is made with one when there is none. Raises ``OSError``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        fresh = _written_beside(path, Fernet.generate_key())
        try:
            os.link(fresh, path)  # whole or not at all, and never over a key that another process made first
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_text("ascii").strip()


def put_before(path: "Path", key: str) -> None:
    """Put a key before those in a file, all or nothing. Raises ``OSError``."""
    _written_beside(path, f"{key}\n{keys_in(path)}\n".encode("ascii")).replace(path)


def _written_beside(path: "Path", content: bytes) -> "Path":
    fresh = path.with_suffix(f".{os.getpid()}.new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return fresh
