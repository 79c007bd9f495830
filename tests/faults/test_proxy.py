import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest

from tests.faults.proxy import Direction, Proxy
from tools.services import free_port

SILENCE_SECONDS = 0.3
"""Long enough for a byte to come through if it could."""

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer every byte with itself, and a farewell with a farewell."""
    try:
        while chunk := await reader.read(65_536):
            writer.write(chunk)
            await writer.drain()
    except ConnectionResetError:
        pass
    finally:
        writer.close()


@pytest.fixture
async def echo_port() -> AsyncIterator[int]:
    async with await asyncio.start_server(echo, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]


@pytest.fixture
def proxy(echo_port: int) -> Iterator[Proxy]:
    with Proxy(echo_port) as proxy:
        yield proxy


@asynccontextmanager
async def connected(proxy: Proxy) -> AsyncIterator[Streams]:
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    try:
        yield reader, writer
    finally:
        writer.transport.abort()


async def ask(streams: Streams, question: bytes) -> bytes:
    reader, writer = streams
    writer.write(question)
    return await asyncio.wait_for(reader.readexactly(len(question)), 10)


async def is_silent(reader: asyncio.StreamReader) -> bool:
    try:
        await asyncio.wait_for(reader.read(1), SILENCE_SECONDS)
    except TimeoutError:
        return True
    return False


async def test_what_is_sent_arrives_whole_and_in_order_both_ways(proxy: Proxy) -> None:
    question = bytes(range(256)) * 20_000
    async with connected(proxy) as streams:
        assert await ask(streams, question) == question
    assert proxy.accepted == 1


async def test_a_farewell_is_passed_on_after_what_was_sent_before_it(proxy: Proxy) -> None:
    async with connected(proxy) as (reader, writer):
        writer.write(b"last words")
        writer.write_eof()
        assert await asyncio.wait_for(reader.read(), 10) == b"last words"


async def test_delay_counts_each_way_and_lets_nothing_overtake(proxy: Proxy) -> None:
    proxy.delay(0.1, jitter_seconds=0.05)
    async with connected(proxy) as (reader, writer):
        began = time.monotonic()
        for number in range(10):
            writer.write(bytes([number]))
            await asyncio.sleep(0.005)
        assert await asyncio.wait_for(reader.readexactly(10), 10) == bytes(range(10))
        assert 0.2 <= time.monotonic() - began < 2.0
        proxy.heal()
        began = time.monotonic()
        await ask((reader, writer), b"quick")
        assert time.monotonic() - began < 0.1


async def test_a_stalled_network_accepts_and_holds_back_until_it_heals(proxy: Proxy) -> None:
    async with connected(proxy) as before:
        await ask(before, b"hello")
        proxy.stall()
        async with connected(proxy) as during:
            for _, writer in (before, during):
                writer.write(b"late")
            assert await is_silent(before[0])
            assert await is_silent(during[0])
            proxy.heal()
            for reader, _ in (before, during):
                assert await asyncio.wait_for(reader.readexactly(4), 10) == b"late"


@pytest.mark.parametrize(("direction", "reaches_server"), [(Direction.TO_SERVER, False), (Direction.TO_CLIENT, True)])
async def test_a_one_way_cut_holds_back_only_its_way(
    proxy: Proxy, direction: Direction, *, reaches_server: bool
) -> None:
    proxy.record()
    proxy.stall(direction)
    async with connected(proxy) as (reader, writer):
        writer.write(b"question")
        assert await is_silent(reader)
        assert proxy.recorded(Direction.TO_SERVER) == [b"question" if reaches_server else b""]
        assert proxy.recorded(Direction.TO_CLIENT) == [b""]
        proxy.heal()
        assert await asyncio.wait_for(reader.readexactly(8), 10) == b"question"


async def test_a_cut_resets_what_is_open_and_lets_new_connections_pass(proxy: Proxy) -> None:
    async with connected(proxy) as (reader, writer):
        await ask((reader, writer), b"hello")
        proxy.cut()
        with pytest.raises(ConnectionResetError):
            await asyncio.wait_for(reader.read(), 10)
    assert proxy.open_connections == 0
    async with connected(proxy) as streams:
        assert await ask(streams, b"again") == b"again"


async def test_a_redirected_network_leads_to_the_other_server(proxy: Proxy) -> None:
    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"other")
        writer.close()

    async with await asyncio.start_server(greet, "127.0.0.1", 0) as other, connected(proxy) as (reader, writer):
        await ask((reader, writer), b"hello")
        proxy.redirect(other.sockets[0].getsockname()[1])
        with pytest.raises(ConnectionResetError):
            await asyncio.wait_for(reader.read(), 10)
        async with connected(proxy) as streams:
            assert await asyncio.wait_for(streams[0].read(), 10) == b"other"


async def test_a_refusing_network_resets_and_refuses_until_it_heals(proxy: Proxy) -> None:
    async with connected(proxy) as (reader, writer):
        await ask((reader, writer), b"hello")
        proxy.refuse()
        with pytest.raises(ConnectionResetError):
            await asyncio.wait_for(reader.read(), 10)
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", proxy.port)
    proxy.heal()
    async with connected(proxy) as streams:
        assert await ask(streams, b"again") == b"again"


async def test_a_tear_ends_a_connection_inside_a_message_once(proxy: Proxy) -> None:
    proxy.tear(5, Direction.TO_CLIENT)
    async with connected(proxy) as (reader, writer):
        writer.write(b"123")
        assert await asyncio.wait_for(reader.readexactly(3), 10) == b"123"
        writer.write(b"456789")
        assert await asyncio.wait_for(reader.read(), 10) == b"45"
    async with connected(proxy) as streams:
        assert await ask(streams, b"1234567890") == b"1234567890"


async def test_a_server_that_is_down_resets_its_clients_and_serves_them_when_it_is_back() -> None:
    port = free_port()
    with Proxy(port) as proxy:
        with pytest.raises(ConnectionResetError):  # as soon as while connecting
            async with connected(proxy) as (reader, _):
                await asyncio.wait_for(reader.read(), 10)
        async with await asyncio.start_server(echo, "127.0.0.1", port), connected(proxy) as streams:
            assert await ask(streams, b"back") == b"back"
