"""Requests that two servers in a row could read differently, or that never end, are not served."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from shared.runtime.doors import open_doors
from shared.runtime.role import Surroundings
from tests.integration.runtime.fakes import ScriptedRole

HEAD = b"POST /fake HTTP/1.1\r\nHost: 127.0.0.1\r\n"


class FaultyRole(ScriptedRole):
    """Has a page that fails."""

    def routes(self) -> list[web.AbstractRouteDef]:
        async def fault(_request: web.Request) -> web.Response:
            """Fail."""
            raise KeyError("fault")

        return [*super().routes(), web.get("/fault", fault)]


@pytest.fixture
async def address(around: Surroundings) -> AsyncIterator[tuple[str, int]]:
    async with open_doors([FaultyRole()], around) as doors:
        host, _, port = doors.address.removeprefix("http://").rpartition(":")
        yield host, int(port)


async def status(address: tuple[str, int], raw: bytes) -> bytes:
    reader, writer = await asyncio.open_connection(*address)
    try:
        writer.write(raw)
        async with asyncio.timeout(5):
            return (await reader.readline())[9:12]
    finally:
        writer.close()


HOSTILE = {
    "two lengths of two kinds": HEAD
    + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\n\r\n",
    "two lengths": HEAD + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
    "a length with a sign": HEAD + b"Content-Length: +5\r\n\r\nhello",
    "a length below nothing": HEAD + b"Content-Length: -1\r\n\r\n",
    "a chunk in another notation": HEAD + b"Transfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n0\r\n\r\n",
    "a blank before the colon": HEAD + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
    "a zero byte": HEAD + b"X-Name: a\r\n b\0c\r\n\r\n",
    "two hosts": b"GET /fake HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    "a line's end in the path": b"GET /fake\r\nX HTTP/1.1\r\nHost: a\r\n\r\n",
    "a header without end": b"GET /fake HTTP/1.1\r\nHost: a\r\nX-Long: " + b"a" * 20_000 + b"\r\n\r\n",
    "a path without end": b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
}


async def test_what_two_servers_could_read_differently_is_refused_and_fills_no_log(
    address: tuple[str, int], caplog: pytest.LogCaptureFixture
) -> None:
    told = {name: await status(address, raw) for name, raw in HOSTILE.items()}
    assert told == dict.fromkeys(HOSTILE, b"400")
    assert not caplog.records
    assert await status(address, b"GET /fault HTTP/1.1\r\nHost: a\r\n\r\n") == b"500"
    assert [one.levelname for one in caplog.records] == ["ERROR"], "faults of ours are told"


async def test_a_path_does_not_lead_out_of_what_is_served(address: tuple[str, int]) -> None:
    for path in (b"/assets/../../pyproject.toml", b"/assets/%2e%2e/%2e%2e/pyproject.toml", b"//etc/passwd"):
        assert await status(address, b"GET " + path + b" HTTP/1.1\r\nHost: a\r\n\r\n") == b"404"
