"""A collector that is down, slow or mad changes nothing but a counter and one line of the log."""

import asyncio
import json
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web

from services.cli.session import open_session
from shared.logs import configure_logs
from shared.runtime.process import run_process
from shared.testing.mailbox import Mailbox
from shared.tracing.sdk.exporting import CLOSE_SECONDS
from tests.integration.tracing.collector import Collector, never
from tests.integration.tracing.line import ALL, drop, prepare, settings_of

pytestmark = pytest.mark.city


NUMBERS = [f"CN1100838{n:02}A" for n in range(5)]


async def _page(_request: web.Request) -> web.StreamResponse:
    return web.Response(status=404, text="<html>not here</html>", content_type="text/html")


async def _broken(_request: web.Request) -> web.StreamResponse:
    return web.Response(status=503, headers={"Retry-After": "-7, soon"}, body=b"\xff\x00")


async def _elsewhere(_request: web.Request) -> web.StreamResponse:
    return web.Response(status=400, headers={"Location": "http://127.0.0.1:1/"}, body=b"\x00" * 100_000)


async def _cut(request: web.Request) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


@asynccontextmanager
async def misbehaving(kind: str) -> AsyncIterator[str]:
    if kind == "down":
        with socket.socket() as nobody:  # bound and not listening: nobody else can get the port meanwhile
            nobody.bind(("127.0.0.1", 0))
            yield f"http://127.0.0.1:{nobody.getsockname()[1]}/v1/traces"
    elif kind == "no http":
        server = await asyncio.start_server(lambda _reader, writer: writer.write(b"220 hello\r\n"), "127.0.0.1", 0)
        async with server:
            yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1/traces"
    else:
        answers = {"silent": never, "page": _page, "broken": _broken, "rubbish": _elsewhere, "cut": _cut}
        async with Collector(answers[kind]) as collector:
            yield collector.endpoint


@pytest.mark.parametrize("kind", ["down", "silent", "page", "broken", "rubbish", "cut"])
async def test_mail_goes_out_and_the_process_ends_in_time(
    kind: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    async with misbehaving(kind) as endpoint, Mailbox() as box:
        settings = settings_of(tmp_path, box.port, tracing="otlp", tracing_endpoint=endpoint, tracing_sample_ratio=1)
        configure_logs(settings)
        async with open_session(settings) as around:
            await prepare(around)
            drop(settings.watch_folder, NUMBERS)
            async with asyncio.timeout(180):  # on a fresh machine the engine is compiled first
                await run_process(around, ALL, until_idle=True)
            done = time.monotonic()
        assert time.monotonic() - done < CLOSE_SECONDS + 2
        assert sorted(number for mail in box.mails for number in mail.numbers) == NUMBERS
        exported = around.metrics.tracing_spans.labels("exported")._value.get()
        assert exported == 0
    lines = [json.loads(line) for line in capfd.readouterr().err.splitlines() if line.startswith("{")]
    told = [line for line in lines if line["level"] in {"warning", "error"}]
    assert {line["event"] for line in told} <= {"traces_not_exported", "traces_dropped_at_exit"}
    assert 1 <= len(told) <= 2


async def test_spans_of_a_collector_that_comes_back_are_sent_again(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    refused = 0

    async def first_refuse(request: web.Request) -> web.StreamResponse:
        nonlocal refused
        refused += 1
        return web.Response(status=500 if refused == 1 else 200)

    async with Collector(first_refuse) as collector, Mailbox() as box:
        settings = settings_of(
            tmp_path, box.port, tracing="otlp", tracing_endpoint=collector.endpoint, tracing_sample_ratio=1
        )
        configure_logs(settings)
        async with open_session(settings) as around:
            await prepare(around)
            drop(settings.watch_folder, NUMBERS[:1])
            await run_process(around, ALL[:1], until_idle=True)
            async with asyncio.timeout(10):
                while refused == 0:  # noqa: ASYNC110 - the other side is a thread of the library's
                    await asyncio.sleep(0.02)
            await run_process(around, ALL[1:], until_idle=True)
    counted = {result: around.metrics.tracing_spans.labels(result)._value.get() for result in ("lost", "exported")}
    assert counted == {"lost": 2, "exported": 5}
    events = [json.loads(line)["event"] for line in capfd.readouterr().err.splitlines() if line.startswith("{")]
    assert [event for event in events if event.startswith("traces_")] == [
        "traces_not_exported",
        "traces_exported_again",
    ]
