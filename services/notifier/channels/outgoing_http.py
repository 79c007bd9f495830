"""Calls to addresses that people gave us: never inside the house, never elsewhere than they say, never for long.

Redirects are not followed, nothing is taken from the environment (proxies, ``.netrc``), no cookie is kept, and of an answer
only its status and ``Retry-After`` count; what a receiver writes below them is shown to nobody, so that nobody reads through
us what they cannot reach.
"""

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

import aiohttp
from yarl import URL

from services.notifier.channels.outgoing_names import OwnThreads
from shared.errors import DestinationGoneError, Reason
from shared.guarded_http import guarded_connector
from shared.vendors.broken_calls import translated

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shared.reach import Reach

NAME = "接收方"
READ_LIMIT_BYTES = 64 * 1024
BEGINNING_BYTES = 1024
CONNECT_SECONDS = 10.0
DRAIN_SECONDS = 1.0
KEEPALIVE_SECONDS = 2.0
"""Shorter than any server's: on a connection that the other side had closed, a lost answer cannot be told from none."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a receiver said: the status of its answer, when to come again, and how the body begins."""

    status: int
    retry_after: str
    beginning: bytes = b""


class Outgoing:
    """Posts to receivers; connections are used again.

    Args:
        reach: what may be called inside the house.
        timeout_seconds: longest wait for one answer.
    """

    def __init__(self, reach: "Reach", *, timeout_seconds: float) -> None:
        self._reach = reach
        self._timeout = aiohttp.ClientTimeout(total=timeout_seconds, connect=min(CONNECT_SECONDS, timeout_seconds))
        self._names: OwnThreads | None = None
        self._sessions: dict[bool, aiohttp.ClientSession] = {}

    async def post(self, address: str, body: bytes, headers: "Mapping[str, str]") -> Reply:
        """Call once.

        Args:
            address: checked by `check_receiver`.
            body: sent as it is.
            headers: all that are not HTTP's own.

        Raises:
            RetryLaterError: no answer; ``ambiguous`` when the request may have arrived.
            DestinationGoneError: it is no address.
        """
        # Without this, what stands percent-encoded in the address would be encoded once more.
        url = URL(address, encoded=True)
        session = self._session(anywhere=url.raw_host in self._reach.hosts)
        try:
            with translated(NAME):
                async with session.post(url, data=body, headers=headers, allow_redirects=False) as response:
                    beginning = await _drain(response)
                    return Reply(response.status, response.headers.get("Retry-After", ""), beginning)
        except aiohttp.InvalidURL:
            raise DestinationGoneError(f"{NAME}的地址不是网址，请重新登记", reason=Reason.CONFIGURATION) from None

    async def close(self) -> None:
        """Close connections."""
        for session in self._sessions.values():
            await session.close()
        self._sessions.clear()
        if self._names is not None:
            await self._names.close()
            self._names = None

    def _session(self, *, anywhere: bool) -> aiohttp.ClientSession:
        """Return the session of hosts that the operator named, or that of all others."""
        if anywhere not in self._sessions:
            allows = (lambda _: True) if anywhere else self._reach.allows
            self._names = self._names or OwnThreads()
            self._sessions[anywhere] = aiohttp.ClientSession(
                connector=guarded_connector(allows, keepalive_seconds=KEEPALIVE_SECONDS, resolver=self._names),
                timeout=self._timeout,
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                trust_env=False,
                headers={"User-Agent": "Zhitui (webhook)"},
            )
        return self._sessions[anywhere]


async def _drain(response: aiohttp.ClientResponse) -> bytes:
    """Read what follows the headers, so that the connection can be used again; if that is more than a little, end it.

    Returns:
        Its first bytes, up to `BEGINNING_BYTES`.
    """
    read, beginning = 0, b""
    try:
        if response.content.is_eof():  # it came whole with the headers, as most answers do
            return response.content.read_nowait(BEGINNING_BYTES)
        async with asyncio.timeout(DRAIN_SECONDS):
            async for chunk in response.content.iter_any():
                read += len(chunk)
                beginning += chunk[: BEGINNING_BYTES - len(beginning)]
                if read > READ_LIMIT_BYTES:
                    response.close()
                    break
    except (aiohttp.ClientError, TimeoutError, OSError):
        response.close()  # the status had come: that is the answer
    return beginning
