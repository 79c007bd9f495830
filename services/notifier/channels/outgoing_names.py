"""Names of receivers are looked up in threads of their own.

A name server that does not answer holds a thread for many seconds. The loop's own threads are few and do everything else
too, so a handful of dead names would make all others wait.
"""

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from aiohttp.abc import AbstractResolver, ResolveResult

if TYPE_CHECKING:
    from collections.abc import Sequence

THREADS = 64
"""Twice as many as receivers that did not answer last time are tried at a time; a thread that waits costs nearly nothing."""


class OwnThreads(AbstractResolver):
    """Asks the system, as aiohttp's own resolver does."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="receiver-names")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Return the addresses of a host.

        Raises:
            OSError: it has none, or nobody says.
        """
        found = await asyncio.get_running_loop().run_in_executor(self._threads, _addresses, host, port, family)
        return [
            ResolveResult(hostname=host, host=str(where[0]), port=port, family=kind, proto=protocol, flags=_NUMERIC)
            for kind, _, protocol, _, where in found
        ]

    async def close(self) -> None:
        """Start no more; who still waits for an answer is not waited for."""
        self._threads.shutdown(wait=False, cancel_futures=True)


_NUMERIC = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV


def _addresses(
    host: str, port: int, family: socket.AddressFamily
) -> "Sequence[tuple[socket.AddressFamily, socket.SocketKind, int, str, tuple[object, ...]]]":
    return socket.getaddrinfo(host, port, family, socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)
