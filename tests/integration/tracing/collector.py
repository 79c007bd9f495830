"""A collector of traces in this process: takes OTLP over HTTP, or misbehaves as told."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Self

from aiohttp import web
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, kw_only=True)
class Told:
    """A span as it came over the wire; ids in hex, ``parent`` empty for a root, ``text`` all but ids and times."""

    service: str
    name: str
    kind: int
    trace: str
    id: str
    parent: str
    links: frozenset[tuple[str, str]]
    attributes: dict[str, str | int]
    is_error: bool
    text: str


class Collector:
    """The server; use it as an async context.

    Args:
        answer: what it says in place of "taken".
    """

    def __init__(self, answer: Answer | None = None) -> None:
        self.spans: list[Told] = []
        self.calls = 0
        self._answer = answer
        self._runner: web.AppRunner | None = None
        self.endpoint = ""

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=64 * 2**20)
        app.router.add_post("/v1/traces", self._take)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.endpoint = f"http://127.0.0.1:{self._runner.addresses[0][1]}/v1/traces"
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._runner is not None
        await self._runner.cleanup()

    async def _take(self, request: web.Request) -> web.StreamResponse:
        self.calls += 1
        if self._answer is not None:
            return await self._answer(request)
        self.spans.extend(_spans(await request.read()))
        return web.Response(content_type="application/x-protobuf")

    def named(self, name: str) -> list[Told]:
        """Return the spans of this name, as they ended."""
        return [span for span in self.spans if span.name == name]

    def one(self, name: str) -> Told:
        """Return the one span of this name."""
        (span,) = self.named(name)
        return span

    def way_of(self, span: Told) -> list[tuple[str, str]]:
        """Return (service, name) of the span and all above it, the root first."""
        by_id = {one.id: one for one in self.spans if one.trace == span.trace}
        way = [span]
        while way[0].parent:
            way.insert(0, by_id[way[0].parent])
        return [(one.service, one.name) for one in way]


async def never(_request: web.Request) -> web.StreamResponse:
    """Say nothing for longer than anybody waits."""
    await asyncio.sleep(60)
    return web.Response()


def _spans(body: bytes) -> list[Told]:
    told: list[Told] = []
    for of_resource in ExportTraceServiceRequest.FromString(body).resource_spans:
        resource = {one.key: one.value.string_value for one in of_resource.resource.attributes}
        for of_scope in of_resource.scope_spans:
            told.extend(
                Told(
                    service=resource["service.name"],
                    name=span.name,
                    kind=span.kind,
                    trace=span.trace_id.hex(),
                    id=span.span_id.hex(),
                    parent=span.parent_span_id.hex(),
                    links=frozenset((link.trace_id.hex(), link.span_id.hex()) for link in span.links),
                    attributes={
                        one.key: one.value.int_value if one.value.HasField("int_value") else one.value.string_value
                        for one in span.attributes
                    },
                    is_error=span.status.code == 2,
                    text=f"{of_resource.resource}{span.name}{span.attributes}{span.events}{span.status}",
                )
                for span in of_scope.spans
            )
    return told
