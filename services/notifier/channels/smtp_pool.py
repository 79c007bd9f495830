"""A few connections to one mail server, used again while they are fresh."""

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import aiosmtplib

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

FRESH_SECONDS = 5.0
"""A connection that lay idle longer may have been closed at the other end; a new one costs less than a lost mail."""


class SmtpPool:
    """Hands out connections, one user each.

    Args:
        connect: makes one.
        most: how many there may be; providers answer 421 to more than a few of one sender.
    """

    def __init__(self, connect: "Callable[[], Awaitable[aiosmtplib.SMTP]]", *, most: int) -> None:
        self._connect = connect
        self._slots = asyncio.Semaphore(most)
        self._idle: list[tuple[float, aiosmtplib.SMTP]] = []

    @asynccontextmanager
    async def connection(self) -> "AsyncIterator[aiosmtplib.SMTP]":
        """Give a connection that is logged in; it comes back into the pool if it is still open afterwards."""
        async with self._slots:
            smtp = self._fresh() or await self._connect()
            try:
                yield smtp
            except asyncio.CancelledError:
                smtp.close()
                raise
            finally:
                if smtp.is_connected:
                    self._idle.append((_seconds(), smtp))

    async def close(self) -> None:
        """Say goodbye on every idle connection."""
        while self._idle:
            _, smtp = self._idle.pop()
            try:
                await smtp.quit()
            except (aiosmtplib.SMTPException, OSError):
                smtp.close()

    def _fresh(self) -> aiosmtplib.SMTP | None:
        while self._idle:
            since, smtp = self._idle.pop()
            if smtp.is_connected and _seconds() - since <= FRESH_SECONDS:
                return smtp
            smtp.close()
        return None


def _seconds() -> float:
    return asyncio.get_running_loop().time()
