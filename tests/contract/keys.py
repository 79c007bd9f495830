"""A box of secrets whose key can be changed while it is in use."""

from cryptography.fernet import Fernet

from shared.secret_box import SecretBox


class RotatingBox(SecretBox):
    """Begins with one key of its own."""

    def __init__(self) -> None:
        self._keys = [Fernet.generate_key().decode()]
        super().__init__(self._keys[0], lambda: ",".join(self._keys))

    def rotate(self) -> None:
        """Put a new key first."""
        self._keys.insert(0, Fernet.generate_key().decode())
        self.refresh()
