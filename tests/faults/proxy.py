"""A TCP proxy to put between a role and a server, and make the network bad: slow, silent, deaf, torn or gone.

It lives on a thread of its own, so that it goes on while the test's loop waits, and its methods may be called from anywhere:

    with Proxy(services.mongod.port) as proxy:
        uri = services.mongo_uri_through(proxy.port)
        proxy.stall()      # accepts, but nothing moves; what was sent arrives after heal()
        proxy.heal()

Kafka tells its clients where to go; they come through the proxy when the broker has a `Listener` whose ``advertised_port`` is the
proxy's port. Each target needs a proxy of its own.
"""

import asyncio
import random
import socket
import threading
import time
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, Self, TypeVar

from tests.faults.conditions import BOTH, Conditions, Direction
from tests.faults.connection import Connection
from tools.services import free_port

if TYPE_CHECKING:
    from types import TracebackType

__all__ = ["Direction", "Proxy"]

_HOST = "127.0.0.1"
_BACKLOG = 128
_LONGEST_SECONDS = 30.0
_T = TypeVar("_T")


class Proxy:
    """Listens on ``port`` and passes everything to ``target_port`` until told otherwise.

    Args:
        target_port: the server's, on loopback; it may be down.
        port: where to listen; picked when left out.
        seed: of the jitter.
    """

    def __init__(self, target_port: int, *, port: int | None = None, seed: int = 0) -> None:
        self.port = port or free_port()
        self.accepted = 0
        """How many connections came, over all."""
        self._target = (_HOST, target_port)
        self._conditions = Conditions(chance=random.Random(seed))
        self._conditions.heal()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name=f"proxy {self.port}", daemon=True)
        self._listening: asyncio.Task[None] | None = None
        self._connections: set[asyncio.Task[None]] = set()

    @property
    def address(self) -> str:
        """``host:port``."""
        return f"{_HOST}:{self.port}"

    @property
    def open_connections(self) -> int:
        """How many connections there are."""
        return len(self._connections)

    def wait_for_connections(self, count: int) -> None:
        """Wait until so many more connections have come; on a thread, where the clients are the loop's.

        Raises:
            TimeoutError: they did not come within 30 s.
        """
        wanted, deadline = self.accepted + count, time.monotonic() + _LONGEST_SECONDS
        while self.accepted < wanted:
            if time.monotonic() > deadline:
                raise TimeoutError
            time.sleep(0.02)

    def wait_until_idle(self) -> None:
        """Wait until no connection is open; from a loop whose clients are to say goodbye, call it on a thread."""
        self._do(self._wait_until_idle())

    def heal(self) -> None:
        """Pass everything, at once; what was held back arrives. Listen again if it did not."""
        self._do(self._heal())

    def delay(self, seconds: float, jitter_seconds: float = 0.0) -> None:
        """Let everything arrive this much later, each way, plus up to the jitter; the order stays."""
        self._do(self._set_delay(seconds, jitter_seconds))

    def stall(self, *directions: Direction) -> None:
        """Hold everything back, or only what goes these ways (one-way cut); connections are accepted and hang."""
        self._do(self._stall(frozenset(directions) or BOTH))

    def cut(self) -> None:
        """Reset all connections; new ones pass."""
        self._do(self._cut())

    def redirect(self, target_port: int) -> None:
        """Reset all connections and pass new ones to another server."""
        self._do(self._redirect(target_port))

    def refuse(self) -> None:
        """Reset all connections and refuse new ones, like a machine without the server."""
        self._do(self._refuse())

    def tear(self, after_bytes: int, direction: Direction) -> None:
        """Close, once, the connection that carries the last of so many more bytes, right after it."""
        self._do(self._tear(after_bytes, direction))

    def record(self) -> None:
        """Remember what goes by on connections that come from now on; see `recorded`."""
        self._do(self._record())

    def recorded(self, direction: Direction) -> list[bytes]:
        """Return what went this way, for each connection since `record`, in the order of their coming."""
        return self._do(self._recorded(direction))

    def __enter__(self) -> Self:
        self._thread.start()
        self.heal()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: "TracebackType | None"
    ) -> None:
        self.refuse()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _do(self, change: Coroutine[Any, Any, _T]) -> _T:
        return asyncio.run_coroutine_threadsafe(change, self._loop).result(timeout=_LONGEST_SECONDS)

    async def _heal(self) -> None:
        self._conditions.heal()
        if self._listening is None:
            door = socket.create_server((_HOST, self.port), backlog=_BACKLOG)
            door.setblocking(False)  # noqa: FBT003 - the standard library's signature
            self._listening = asyncio.create_task(self._listen(door))

    async def _set_delay(self, seconds: float, jitter_seconds: float) -> None:
        self._conditions.delay_seconds, self._conditions.jitter_seconds = seconds, jitter_seconds

    async def _stall(self, directions: frozenset[Direction]) -> None:
        for direction in directions:
            self._conditions.gates[direction].clear()

    async def _tear(self, after_bytes: int, direction: Direction) -> None:
        self._conditions.tears[direction] = after_bytes

    async def _record(self) -> None:
        self._conditions.recordings = []

    async def _recorded(self, direction: Direction) -> list[bytes]:
        return [bytes(recording[direction]) for recording in self._conditions.recordings or ()]

    async def _wait_until_idle(self) -> None:
        while self._connections:
            await asyncio.wait(self._connections)

    async def _cut(self) -> None:
        connections = list(self._connections)
        for connection in connections:
            connection.cancel()
        await asyncio.gather(*connections, return_exceptions=True)

    async def _redirect(self, target_port: int) -> None:
        self._target = (_HOST, target_port)
        await self._cut()

    async def _refuse(self) -> None:
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.gather(self._listening, return_exceptions=True)
            self._listening = None
        await self._cut()

    async def _listen(self, door: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        with door:
            while True:
                client, _ = await loop.sock_accept(door)
                self.accepted += 1
                connection = asyncio.create_task(Connection(client, self._target, self._conditions).run())
                self._connections.add(connection)
                connection.add_done_callback(self._connections.discard)
                connection.add_done_callback(lambda _, client=client: client.close())  # type: ignore[misc]  # it may never have run
