"""Passwords: which are taken, and how they are kept: argon2id, in threads, never in the clear.

Source: RFC 9106; OWASP Password Storage Cheat Sheet; NIST SP 800-63B §5.1.1 (length and known bad ones count, not mixtures of
signs).
"""

import asyncio
import secrets as random_letters
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from services.portal.desk.refusals import Fault, Text, TooManyError

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

LEAST_CHARACTERS = 10
MOST_CHARACTERS = 128
LEAST_DIFFERENT = 5

AT_A_TIME = 2
"""Passwords that are hashed at once: each takes a core and `MEMORY_KIB`; who comes then waits, whoever they are."""

MOST_WAITING = 60
"""Who comes when so many wait would wait for longer than people do: they are asked to come again."""

BUSY_SECONDS = 5.0

MEMORY_KIB = 65_536

_COMMON = frozenset(
    {
        "1234567890",
        "12345678910",
        "0123456789",
        "0987654321",
        "9876543210",
        "1q2w3e4r5t",
        "1q2w3e4r5t6y",
        "1qaz2wsx3edc",
        "qwertyuiop",
        "asdfghjkl1",
        "password12",
        "password123",
        "password1234",
        "passw0rd123",
        "admin12345",
        "admin123456",
        "administrator",
        "woaini1314520",
        "woaini520520",
        "iloveyou123",
        "5201314520",
        "abc1234567",
        "abcd123456",
        "a123456789",
        "qwe1234567",
        "zhitui1234",
        "zhitui123456",
    }
)


def production_hasher() -> PasswordHasher:
    """Return the parameters that are in use: argon2id, 64 MiB, 2 passes, one lane; about 0.12 s of one core."""
    return PasswordHasher(time_cost=2, memory_cost=MEMORY_KIB, parallelism=1, type=Type.ID)


class Passwords:
    """Makes and verifies hashes.

    Args:
        hasher: with other parameters in tests.
    """

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or production_hasher()
        self._threads = ThreadPoolExecutor(AT_A_TIME, thread_name_prefix="passwords")
        self._waiting = 0
        # Somebody's password that nobody knows: what is given for an account that is none is held against it.
        self._nobody: str | None = None

    async def hashed(self, password: str) -> str:
        """Return the hash of a password, with its salt and parameters.

        Raises:
            TooManyError: too many wait for theirs.
        """
        return await self._in_thread(partial(self._hasher.hash, _normal(password)))

    async def warm(self) -> None:
        """Make ready what unknown accounts are held against: the first of them is then answered as quickly as the next."""
        if self._nobody is None:
            self._nobody = await self.hashed(random_letters.token_hex(16))

    async def verify(self, kept: str | None, password: str) -> bool:
        """Whether this is the password; takes as long when there is none (``None``).

        Where the password is too long to be anybody's, nothing is hashed.

        Raises:
            TooManyError: too many wait for theirs.
        """
        if len(password) > MOST_CHARACTERS:
            return False
        await self.warm()
        return await self._in_thread(partial(self._verified, kept or str(self._nobody), _normal(password))) and bool(
            kept
        )

    def is_outdated(self, kept: str) -> bool:
        """Whether it was hashed with other parameters than today's."""
        return self._hasher.check_needs_rehash(kept)

    def close(self) -> None:
        """Let go of the threads."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _verified(self, kept: str, password: str) -> bool:
        try:
            return self._hasher.verify(kept, password)
        except (VerificationError, InvalidHashError):
            return False

    async def _in_thread(self, work: "Callable[[], T]") -> T:
        if self._waiting >= MOST_WAITING:
            raise TooManyError(BUSY_SECONDS, code="busy")
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._waiting -= 1


def password_faults(password: str, *, pointer: str, known: tuple[str, ...] = ()) -> list[Fault]:
    """Return why a new password is not taken.

    Args:
        password: as it was typed.
        pointer: to the field.
        known: what others know of its owner: mail address, name, organisation.
    """
    normal = _normal(password)
    if len(normal) < LEAST_CHARACTERS:
        return [
            Fault(
                pointer,
                Text(
                    f"密码至少 {LEAST_CHARACTERS} 个字符，可以是一句话。",
                    f"At least {LEAST_CHARACTERS} characters; a sentence will do.",
                ),
            )
        ]
    if len(password) > MOST_CHARACTERS:
        return [Fault(pointer, Text(f"密码最多 {MOST_CHARACTERS} 个字符。", f"At most {MOST_CHARACTERS} characters."))]
    small = normal.casefold()
    if small in _COMMON or len(set(small)) < LEAST_DIFFERENT:
        return [
            Fault(
                pointer, Text("这个密码太常见，请换一个。", "This password is one of the most common; choose another.")
            )
        ]
    parts = {part.casefold() for text in known for part in (text, text.partition("@")[0]) if len(part) > 3}  # noqa: PLR2004 - shorter ones are in many words
    if any(part in small and len(small) - len(part) < LEAST_DIFFERENT for part in parts):
        return [
            Fault(
                pointer,
                Text(
                    "密码和邮箱、姓名或单位名称太像，请换一个。",
                    "Too much like your mail address, name or organisation; choose another.",
                ),
            )
        ]
    return []


def _normal(password: str) -> str:
    return unicodedata.normalize("NFKC", password)
