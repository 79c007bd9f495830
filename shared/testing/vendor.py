"""What the stand-ins of all vendors' robots have in common: keys, limits that are kept, answers that go wrong."""

import asyncio
import contextlib
import json
from abc import ABC, abstractmethod
from collections import defaultdict, deque
from dataclasses import dataclass, field
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any, ClassVar, Self

from aiohttp import web

from shared.testing.found import publication_numbers
from shared.testing.loopback import LoopbackServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from shared.clock import Clock

BODY_LIMIT_BYTES = 32 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A message that the robot took and shows in its group.

    Attributes:
        content: everything that people can read in it.
    """

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
    def code(cls, code: int, text: str = "scripted", *, fields: tuple[str, str] = ("errcode", "errmsg")) -> Self:
        """HTTP 200 with an error code in its body."""
        return cls(body=json.dumps(dict(zip(fields, (code, text), strict=True))).encode())


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """At most ``calls`` in ``window_seconds``; whoever exceeds it is refused for ``block_seconds`` more."""

    calls: int
    window_seconds: float
    block_seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """An error code with its text."""

    code: int
    text: str


class FakeVendor(LoopbackServer, ABC):
    """A server of robots; use it as an async context. A vendor adds its address, its limits and what it refuses.

    Attributes:
        accepted: what every robot took, in order.
        script: answers that come before normal service is resumed.
        refused: error codes given, in order.
    """

    limits: ClassVar[tuple[Limit, ...]]
    fields: ClassVar[tuple[str, str]] = ("errcode", "errmsg")
    success_text: ClassVar[str] = "ok"
    unknown_key: ClassVar[Refusal]
    too_fast: ClassVar[Refusal]

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
        self._on_accept = on_accept
        self._answer_seconds = answer_seconds
        self._calls: defaultdict[tuple[str, Limit], deque[float]] = defaultdict(deque)
        self._blocked_until: dict[str, float] = {}
        self._closing = asyncio.Event()
        app = web.Application(client_max_size=BODY_LIMIT_BYTES)
        app.router.add_routes(self.routes())
        app.on_response_prepare.append(self._say_the_time)
        super().__init__(app, port)

    @abstractmethod
    def routes(self) -> "Iterable[web.AbstractRouteDef]":
        """Return where it is called; each handler ends in `serve`."""

    @abstractmethod
    def judge(self, key: str, raw: bytes, request: web.Request) -> Refusal | None:
        """Return why a call is refused, ``None`` if it is not."""

    @abstractmethod
    def shown(self, body: dict[str, Any]) -> tuple[str, str]:
        """Return a good message's kind and what people read."""

    @property
    def now(self) -> "datetime":
        """The vendor's time."""
        return self._clock.now()

    async def __aexit__(self, *_: object) -> None:
        self._closing.set()
        await super().__aexit__()

    def knows(self, key: str) -> bool:
        """Whether there is such a robot; without a list there is every one."""
        return bool(key) and (self._keys is None or key in self._keys)

    def forget_key(self, key: str) -> None:
        """Remove the robot from its group."""
        self._keys = (self._keys or set()) - {key}

    async def serve(self, request: web.Request, key: str) -> web.StreamResponse:
        """Take a message, or say why not."""
        raw = await request.read()
        if self.script:
            return await self.misbehave(self.script.popleft(), request, key, raw)
        refusal = self.unknown_key if not self.knows(key) else None
        refusal = refusal or self._limited(key) or self.judge(key, raw, request)
        if refusal is not None:
            return self.refuse(refusal)
        said = self.accept(key, raw)
        await self._clock.sleep(self._answer_seconds)
        return self.answer(0, self.success_text, **said)

    def refuse(self, refusal: Refusal) -> web.Response:
        """Answer with an error code, and HTTP 200."""
        self.refused.append(refusal.code)
        return self.answer(refusal.code, refusal.text)

    def answer(self, code: int, text: str, **more: object) -> web.Response:
        """Return an answer as the vendor writes it."""
        return web.json_response({**dict(zip(self.fields, (code, text), strict=True)), **more})

    def _limited(self, key: str) -> Refusal | None:
        now = self.now.timestamp()
        over = now < self._blocked_until.get(key, 0.0)
        for limit in self.limits:
            calls = self._calls[key, limit]
            while calls and calls[0] <= now - limit.window_seconds:
                calls.popleft()
            calls.append(now)  # a refused call counts too, as users of the real ones report
            if len(calls) > limit.calls:
                calls.popleft()
                over = True
                self._blocked_until[key] = max(self._blocked_until.get(key, 0.0), now + limit.block_seconds)
        return self.too_fast if over else None

    def accept(self, key: str, raw: bytes) -> dict[str, object]:
        """Show a message, and return what the answer says beside its code."""
        body = json.loads(raw)
        kind, content = self.shown(body)
        message = Accepted(
            key=key,
            kind=kind,
            content=content,
            body=body,
            escaped=rb"\u" in raw,
            numbers=publication_numbers(content),
        )
        if self._on_accept is not None:
            self._on_accept(message)
        self.accepted.append(message)
        return {}

    async def misbehave(self, answer: Misbehaviour, request: web.Request, key: str, raw: bytes) -> web.StreamResponse:
        """Answer as the script says."""
        if answer.take:
            self.accept(key, raw)
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

    async def _say_the_time(self, _request: web.Request, response: web.StreamResponse) -> None:
        response.headers["Date"] = format_datetime(self.now, usegmt=True)


def texts_of(value: object) -> "Iterable[str]":
    """Give every text inside a body, in order: what people may read of a structured message."""
    match value:
        case str():
            yield value
        case dict():
            for one in value.values():
                yield from texts_of(one)
        case list():
            for one in value:
                yield from texts_of(one)
