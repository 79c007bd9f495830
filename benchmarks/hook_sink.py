"""A webhook receiver that takes everything and keeps nothing, so that a benchmark measures who sends: ``python -m benchmarks.hook_sink PORT``."""

import asyncio
import re
import sys
from typing import cast

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_TAKEN = b"HTTP/1.1 204 No Content\r\n\r\n"


class Sink(asyncio.Protocol):
    """One connection, used again and again."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Wait for a call."""
        self._transport = cast("asyncio.Transport", transport)
        self._kept = b""

    def data_received(self, data: bytes) -> None:
        """Answer every whole call."""
        self._kept += data
        while True:
            head, found, rest = self._kept.partition(b"\r\n\r\n")
            length = _LENGTH.search(head)
            wanted = int(length[1]) if length else 0
            if not found or len(rest) < wanted:
                return
            self._kept = rest[wanted:]
            self._transport.write(_TAKEN)


async def serve(port: int) -> None:
    """Serve until the process is ended."""
    server = await asyncio.get_running_loop().create_server(Sink, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
