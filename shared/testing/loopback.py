"""A stand-in's HTTP server on loopback."""

from typing import Self

from aiohttp import web


class LoopbackServer:
    """Serves an application; use it as an async context.

    Args:
        port: 0 picks a free one.
    """

    def __init__(self, app: web.Application, port: int = 0) -> None:
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        self._port = port

    @property
    def base_url(self) -> str:
        """What the setting of the server's address must be; known while it serves."""
        return f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()
