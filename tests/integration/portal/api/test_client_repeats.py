"""The client at a server whose connections break, or that is still busy with the same request."""

from collections import deque
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from zhitui.client import wire
from zhitui.client.problems import ProblemError
from zhitui.client.wire import Wire

BROKEN = "broken"
BY_AIOHTTP = 2
"""So often it sends a request that names its own outcome (GET, PUT) before it says that the connection broke."""


class Weather:
    """What the server does with each request, in order; then it answers."""

    def __init__(self) -> None:
        self.coming: deque[str | web.Response] = deque()
        self.keys: list[str] = []
        self.url = ""

    async def answer(self, request: web.Request) -> web.Response:
        """Break off, or say what is next."""
        self.keys.append(request.headers.get("Idempotency-Key", ""))
        told = self.coming.popleft() if self.coming else web.json_response({"made": "1"})
        if isinstance(told, str):
            assert request.transport is not None
            request.transport.abort()
            raise web.HTTPServiceUnavailable
        return told


@pytest.fixture
async def weather(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Weather]:
    monkeypatch.setattr(wire, "BROKEN_WAIT_SECONDS", 0.01)
    made = Weather()
    app = web.Application()
    app.router.add_route("*", "/api/v1/things", made.answer)
    async with TestServer(app) as server:
        made.url = str(server.make_url("/"))
        yield made


@pytest.fixture
async def client(weather: Weather) -> AsyncIterator[Wire]:
    opened = Wire(weather.url, "zhitui_x")
    yield opened
    await opened.close()


def busy() -> web.Response:
    return web.json_response({"code": "under-way", "detail": "…"}, status=409, headers={"Retry-After": "0"})


async def test_what_makes_something_is_sent_again_with_the_same_key(weather: Weather, client: Wire) -> None:
    weather.coming += [BROKEN, busy(), BROKEN]
    assert await client.ask("POST", "/things", dict[str, str], body={}) == {"made": "1"}
    assert len(weather.keys) == 4
    assert len(set(weather.keys)) == 1


async def test_an_edit_is_not_sent_again(weather: Weather, client: Wire) -> None:
    weather.coming += [BROKEN] * BY_AIOHTTP
    with pytest.raises(aiohttp.ClientConnectionError):
        await client.ask("PUT", "/things", dict[str, str], body={}, revision=1)
    assert len(weather.keys) == BY_AIOHTTP


async def test_a_conflict_that_time_does_not_mend_is_told_at_once(weather: Weather, client: Wire) -> None:
    weather.coming += [web.json_response({"code": "in-use", "detail": "…"}, status=409)]
    with pytest.raises(ProblemError) as told:
        await client.ask("POST", "/things", dict[str, str], body={})
    assert (told.value.code, len(weather.keys)) == ("in-use", 1)


async def test_a_server_that_stays_away_is_given_up(weather: Weather, client: Wire) -> None:
    weather.coming += [BROKEN] * (BY_AIOHTTP * wire.TRIES)
    with pytest.raises(aiohttp.ClientConnectionError):
        await client.ask("GET", "/things", dict[str, str])
    assert len(weather.keys) == BY_AIOHTTP * wire.TRIES
