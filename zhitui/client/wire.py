"""Requests and answers: tokens, keys, tries, problems."""

import asyncio
import secrets
from typing import TYPE_CHECKING, Any, TypeVar

import aiohttp
import msgspec

from zhitui.client.problems import problem_in

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

T = TypeVar("T")

TRIES = 4
"""How often something is asked while the server says "later"."""

MOST_WAIT_SECONDS = 60.0
BROKEN_WAIT_SECONDS = 1.0
_LATER = frozenset({429, 503})
_REPEATABLE = frozenset({"GET", "POST"})


class Wire:
    """A connection to one server.

    Args:
        address: of the server, ``https://patents.example.cn``.
        token: ``zhitui_…``.
        language: of what problems say, ``zh`` or ``en``.
        timeout_seconds: of one request, or of one line of an answer that comes line by line.
    """

    def __init__(self, address: str, token: str, *, language: str = "zh", timeout_seconds: float = 60.0) -> None:
        self._base = address.rstrip("/") + "/api/v1"
        self._headers = {"Authorization": f"Bearer {token}", "Accept-Language": language}
        self._timeout = aiohttp.ClientTimeout(total=timeout_seconds)
        self._session: aiohttp.ClientSession | None = None

    def __repr__(self) -> str:
        return f"Wire({self._base!r})"

    async def ask(
        self,
        method: str,
        path: str,
        kind: type[T],
        *,
        body: object = None,
        query: "Mapping[str, object] | None" = None,
        revision: int | None = None,
    ) -> T:
        """Send a request, again while the server says "later", and return its answer.

        What makes something carries an idempotency key, the same on each try, so that it is made once. So it is sent again
        when the connection broke, too; an edit is not, as nobody knows whether it was made.

        Raises:
            ProblemError: the API refuses.
            aiohttp.ClientError: the server cannot be reached.
        """
        headers = {} if revision is None else {"If-Match": f'"{revision}"'}
        if method == "POST":
            headers["Idempotency-Key"] = f'"{secrets.token_hex(16)}"'
        for left in reversed(range(TRIES)):
            try:
                status, told, raw = await self._once(method, path, headers, body, query)
            except (aiohttp.ClientConnectionError, aiohttp.ClientPayloadError):
                if method not in _REPEATABLE or not left:
                    raise
                await asyncio.sleep(BROKEN_WAIT_SECONDS)
                continue
            if status < 300:  # noqa: PLR2004 - HTTP
                return msgspec.json.decode(raw or b"null", type=kind)
            problem = problem_in(status, told, raw)
            if not left or (status not in _LATER and problem.after_seconds is None):
                raise problem
            await asyncio.sleep(min(problem.after_seconds or BROKEN_WAIT_SECONDS, MOST_WAIT_SECONDS))
        raise AssertionError("unreachable")

    async def pages(
        self, path: str, kind: type[T], query: "Mapping[str, object] | None" = None, *, items: str = "items"
    ) -> "AsyncIterator[T]":
        """Walk over a listing, page by page; raises as `ask`."""
        asked = dict(query or {})
        while True:
            page = await self.ask("GET", path, dict[str, msgspec.Raw], query=asked)
            for item in msgspec.json.decode(page[items], type=list[kind]):  # type: ignore[valid-type]
                yield item
            after = msgspec.json.decode(page["next"], type=str | None)
            if after is None:
                return
            asked["after"] = after

    async def lines(self, path: str, kind: type[T], body: object) -> "AsyncIterator[T]":
        """Send a POST whose answer comes line by line; raises as `ask`, and when the answer breaks off.

        The timeout is that of each line: all of them may take as long as they come.
        """
        async with self._open().post(
            self._base + path,
            data=msgspec.json.encode(body),
            headers={**self._headers, "Content-Type": "application/json"},
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=self._timeout.total, sock_read=self._timeout.total),
        ) as response:
            if response.status >= 300:  # noqa: PLR2004 - HTTP
                raise problem_in(response.status, response.headers.get("Retry-After"), await response.read())
            buffer = b""
            async for piece in response.content.iter_any():
                *whole, buffer = (buffer + piece).split(b"\n")
                for line in whole:
                    yield msgspec.json.decode(line, type=kind)

    async def close(self) -> None:
        """Close the connection."""
        if self._session is not None:
            await self._session.close()

    async def _once(
        self, method: str, path: str, headers: dict[str, str], body: object, query: "Mapping[str, object] | None"
    ) -> tuple[int, str | None, bytes]:
        sent: dict[str, Any] = {}
        if body is not None:
            sent["data"] = msgspec.json.encode(body)
            headers = {**headers, "Content-Type": "application/json"}
        asked = {name: str(value) for name, value in (query or {}).items() if value is not None}
        async with self._open().request(
            method, self._base + path, params=asked, headers={**self._headers, **headers}, **sent
        ) as response:
            return response.status, response.headers.get("Retry-After"), await response.read()

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=self._timeout)
        return self._session
