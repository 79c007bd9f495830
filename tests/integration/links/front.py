"""A server that shows a certificate and writes down what it is told: what a client says to one it must not believe."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(slots=True)
class Front:
    """The server.

    Attributes:
        port: where it listens.
        visits: how many clients came as far as a TCP connection.
        told: what they said after the handshake, decrypted.
    """

    port: int = 0
    visits: int = 0
    told: bytearray = field(default_factory=bytearray)

    @property
    def address(self) -> str:
        """``host:port``."""
        return f"127.0.0.1:{self.port}"


@asynccontextmanager
async def front(certificate: Path) -> AsyncIterator[Front]:
    """Listen with this certificate (key and chain in one file)."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    opened = Front()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        opened.visits += 1
        try:
            with suppress(OSError):  # the client turned away
                await writer.start_tls(context)
                while chunk := await reader.read(65_536):
                    opened.told += chunk
        finally:
            writer.transport.abort()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        opened.port = server.sockets[0].getsockname()[1]
        yield opened
