"""One connection through the proxy: two sockets, and two streams of bytes between them."""

import asyncio
import socket
import struct

from tests.faults.conditions import Conditions, Direction

_CHUNK_BYTES = 65_536
_CHUNKS_ON_THE_WAY = 64


class _TornError(Exception):
    """The connection carried the last byte that it may."""


class Connection:
    """A client's connection, and the one to the server on its behalf."""

    def __init__(self, client: socket.socket, target: tuple[str, int], conditions: Conditions) -> None:
        self._client = client
        self._target = target
        self._conditions = conditions
        self._recording = conditions.new_recording()

    async def run(self) -> None:
        """Carry bytes until both sides are done, an error cuts it, or it is cancelled, which cuts it, too."""
        loop = asyncio.get_running_loop()
        server = socket.socket()
        server.setblocking(False)  # noqa: FBT003 - the standard library's signature
        abrupt = True
        try:
            for end in (self._client, server):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            await loop.sock_connect(server, self._target)
            async with asyncio.TaskGroup() as streams:
                streams.create_task(self._carry(self._client, server, Direction.TO_SERVER))
                streams.create_task(self._carry(server, self._client, Direction.TO_CLIENT))
            abrupt = False
        except* _TornError:
            abrupt = False
        except* OSError:
            pass  # one end is gone; the other is told
        finally:
            for end in (self._client, server):
                if abrupt:  # the kernel sends a reset instead of a farewell
                    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                end.close()

    async def _carry(self, source: socket.socket, sink: socket.socket, direction: Direction) -> None:
        on_the_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(_CHUNKS_ON_THE_WAY)
        async with asyncio.TaskGroup() as ends:
            ends.create_task(self._take(source, on_the_way))
            ends.create_task(self._give(sink, on_the_way, direction))

    async def _take(self, source: socket.socket, on_the_way: "asyncio.Queue[tuple[float, bytes]]") -> None:
        loop = asyncio.get_running_loop()
        due = 0.0
        while True:
            chunk = await loop.sock_recv(source, _CHUNK_BYTES)
            due = max(due, loop.time() + self._conditions.due_in_seconds())  # nothing overtakes
            await on_the_way.put((due, chunk))
            if not chunk:
                return

    async def _give(
        self, sink: socket.socket, on_the_way: "asyncio.Queue[tuple[float, bytes]]", direction: Direction
    ) -> None:
        loop = asyncio.get_running_loop()
        while True:
            due, chunk = await on_the_way.get()
            if (wait := due - loop.time()) > 0:
                await asyncio.sleep(wait)
            await self._conditions.gates[direction].wait()
            if not chunk:
                sink.shutdown(socket.SHUT_WR)
                return
            count, is_last = self._conditions.allowance(direction, len(chunk))
            if self._recording is not None:
                self._recording[direction] += chunk[:count]
            await loop.sock_sendall(sink, chunk[:count])
            if is_last:
                raise _TornError
