"""A mail server that takes everything and keeps nothing, so that a benchmark measures who sends: ``python -m benchmarks.smtp_sink PORT``."""

import asyncio
import sys
from typing import cast

END = b"\r\n.\r\n"


class Sink(asyncio.Protocol):
    """One conversation."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet."""
        self._transport = cast("asyncio.Transport", transport)
        self._kept = b""
        self._in_data = False
        self._transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        """Answer every whole line, and a whole mail once."""
        self._kept += data
        while True:
            line, found, rest = self._kept.partition(END if self._in_data else b"\r\n")
            if not found:
                return
            self._kept = rest
            self._answer(line[:4].upper())

    def _answer(self, verb: bytes) -> None:
        if self._in_data:
            self._in_data = False
            self._transport.write(b"250 taken\r\n")
        elif verb == b"DATA":
            self._in_data = True
            self._transport.write(b"354 go on\r\n")
        elif verb == b"QUIT":
            self._transport.write(b"221 bye\r\n")
            self._transport.close()
        else:
            self._transport.write(b"250 sink\r\n")


async def serve(port: int) -> None:
    """Serve until the process is ended."""
    server = await asyncio.get_running_loop().create_server(Sink, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
