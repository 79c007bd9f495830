"""A stand-in for WeCom's group robots: the documented protocol, limits and error codes, on loopback.

Source: https://developer.work.weixin.qq.com/document/path/91770 (bodies, 20 messages a minute), path/90313 (codes).
"""

import asyncio
import contextlib
import json
from collections import defaultdict, deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from aiohttp import web

from shared.testing.found import publication_numbers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from shared.clock import Clock

LIMIT_CALLS = 20
LIMIT_WINDOW_SECONDS = 60.0
LIMIT_BYTES = {"text": 2048, "markdown": 4096, "markdown_v2": 4096}


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A message that the robot took and shows in its group."""

    key: str
    kind: str
    content: str
    body: dict[str, Any]
    escaped: bool
    numbers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Misbehaviour:
    """One answer that is not the usual one.

    Attributes:
        status: HTTP status.
        body: sent as it is; ``None`` with `close` or `hang_seconds`.
        headers: of the answer.
        take: the message is accepted before things go wrong, as when only the answer is lost.
        close: close the connection half-way through the answer.
        hang_seconds: say nothing for so long.
    """

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    take: bool = False
    close: bool = False
    hang_seconds: float = 0.0

    @classmethod
    def code(cls, errcode: int, errmsg: str = "scripted") -> "Misbehaviour":
        """HTTP 200 with an error code in its body."""
        return cls(body=json.dumps({"errcode": errcode, "errmsg": errmsg}).encode())


class FakeWeCom:
    """The server; use it as an async context.

    Attributes:
        accepted: what every robot took, in order.
        script: answers that come before normal service is resumed.
        refused: error codes given, in order.
    """

    def __init__(
        self,
        *,
        clock: "Clock",
        keys: "Iterable[str] | None" = None,
        port: int = 0,
        on_accept: "Callable[[Accepted], None] | None" = None,
        answer_seconds: float = 0.0,
    ) -> None:
        self.accepted: list[Accepted] = []
        self.script: deque[Misbehaviour] = deque()
        self.refused: list[int] = []
        self._clock = clock
        self._keys = None if keys is None else set(keys)
        self._port = port
        self._on_accept = on_accept
        self._answer_seconds = answer_seconds
        self._calls: defaultdict[str, deque[float]] = defaultdict(deque)
        self._closing = asyncio.Event()
        app = web.Application(client_max_size=1 << 20)
        app.router.add_post("/cgi-bin/webhook/send", self._send)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)

    @property
    def base_url(self) -> str:
        """What ``ZHITUI_WECOM_BASE_URL`` must be."""
        return f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._closing.set()
        await self._runner.cleanup()

    def forget_key(self, key: str) -> None:
        """Remove the robot from its group."""
        self._keys = (self._keys or set()) - {key}

    async def _send(self, request: web.Request) -> web.StreamResponse:
        key = request.query.get("key", "")
        raw = await request.read()
        if self.script:
            return await self._misbehave(self.script.popleft(), request, key, raw)
        if not key or (self._keys is not None and key not in self._keys):
            return self._refuse(93000, "invalid webhook url")
        if not self._take_slot(key):
            return self._refuse(45009, "api freq out of limit")
        code, message = self._judge(raw)
        if code:
            return self._refuse(code, message)
        self._accept(key, raw)
        await self._clock.sleep(self._answer_seconds)
        return _answer(0, "ok")

    def _take_slot(self, key: str) -> bool:
        now = self._clock.now().timestamp()
        calls = self._calls[key]
        while calls and calls[0] <= now - LIMIT_WINDOW_SECONDS:
            calls.popleft()
        calls.append(now)  # a refused call counts too, as users of the real one report
        if len(calls) > LIMIT_CALLS:
            calls.popleft()
            return False
        return True

    @staticmethod
    def _judge(raw: bytes) -> tuple[int, str]:
        try:
            body = json.loads(raw)
        except ValueError:
            return 40058, "invalid json"
        kind = body.get("msgtype") if isinstance(body, dict) else None
        if kind not in LIMIT_BYTES:
            return 40008, "invalid message type"
        part = body.get(kind)
        content = part.get("content") if isinstance(part, dict) else None
        if not isinstance(content, str) or not content:
            return 44004, "empty content"
        size = len(content.encode())
        if size > LIMIT_BYTES[kind]:
            if kind == "text":
                return 45002, "content size out of limit"
            return 40058, f"markdown.content exceed max length {LIMIT_BYTES[kind]}. invalid Request Parameter"
        return 0, "ok"

    def _accept(self, key: str, raw: bytes) -> None:
        body = json.loads(raw)
        content = body[body["msgtype"]]["content"]
        message = Accepted(
            key=key,
            kind=body["msgtype"],
            content=content,
            body=body,
            escaped=rb"\u" in raw,
            numbers=publication_numbers(content),
        )
        if self._on_accept is not None:
            self._on_accept(message)
        self.accepted.append(message)

    def _refuse(self, code: int, message: str) -> web.Response:
        self.refused.append(code)
        return _answer(code, f"{message}, hint: [1708397705432012366598976], from ip: 127.0.0.1")

    async def _misbehave(self, answer: Misbehaviour, request: web.Request, key: str, raw: bytes) -> web.StreamResponse:
        if answer.take:
            self._accept(key, raw)
        if answer.hang_seconds:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._closing.wait(), answer.hang_seconds)
        if answer.close:
            response = web.StreamResponse(headers={"Content-Length": "100"})
            await response.prepare(request)
            await response.write(b'{"errcode":')
            if request.transport is not None:
                request.transport.abort()
            return response
        return web.Response(status=answer.status, body=answer.body, headers=answer.headers)


def _answer(code: int, message: str) -> web.Response:
    return web.json_response({"errcode": code, "errmsg": message})
