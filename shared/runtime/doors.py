"""The process's HTTP server: health, readiness, metrics, the API's description, and what the roles bring."""

import errno
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

from aiohttp import web

from shared.errors import MisconfiguredError
from shared.logs import get_logger
from shared.runtime.headers import add_headers
from shared.runtime.health import health_routes
from shared.runtime.openapi import openapi_route
from shared.runtime.server_log import server_log

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from pathlib import Path

    from shared.runtime.role import Role, Surroundings

ADDRESS_FILE = "http.address"

CLOSE_SECONDS = 5.0
"""How long requests under way may take to end when the process stops."""

log = get_logger("http")


class Doors:
    """An HTTP server that listens.

    Attributes:
        address: where (``http://127.0.0.1:8080``).
    """

    def __init__(self, runner: web.AppRunner, address: str) -> None:
        self.address = address
        self._runner = runner

    async def close(self) -> None:
        """Take no more requests, let those under way end."""
        await self._runner.cleanup()


@asynccontextmanager
async def open_doors(roles: "Sequence[Role]", around: "Surroundings") -> "AsyncIterator[Doors]":
    """Listen on the host and port of the settings, and write the address into the data folder.

    Raises:
        MisconfiguredError: the port is taken, or the host is not this machine's.
    """
    settings = around.settings
    app = make_app(roles, around)
    runner = web.AppRunner(app, access_log=None, logger=server_log(), shutdown_timeout=CLOSE_SECONDS)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, settings.http_host, settings.http_port).start()
        except OSError as error:
            raise MisconfiguredError(_why_not(error, settings.http_host, settings.http_port)) from error
        host, port = runner.addresses[0][:2]
        doors = Doors(runner, f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}")
        address_file = settings.data_dir / ADDRESS_FILE
        _write_address(address_file, doors.address)
        try:
            yield doors
        finally:
            with suppress(OSError):  # a folder that became read-only in the meantime
                address_file.unlink()
    finally:
        await runner.cleanup()


def _write_address(file: "Path", address: str) -> None:
    fresh = file.with_suffix(".new")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)  # on a cluster nothing else needs the folder
        fresh.write_text(address, "utf-8")
        fresh.replace(file)
    except OSError as error:
        # A convenience for scripts: a full disk must not keep the process from starting, and from saying so.
        log.warning("address_not_written", path=str(file), error=str(error))


def make_app(roles: "Sequence[Role]", around: "Surroundings") -> web.Application:
    """Return the application with every route of the process."""
    app = web.Application()
    app.add_routes(health_routes(roles, around))
    for role in roles:
        app.add_routes(role.routes())
    app.add_routes([openapi_route(app)])
    app.on_response_prepare.append(add_headers(around.settings))
    return app


def _why_not(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"端口 {port} 已被另一个程序占用。请用 ZHITUI_HTTP_PORT 换一个端口，例如 ZHITUI_HTTP_PORT={port + 1 if port < 65535 else 8080}。"  # noqa: PLR2004 - the last port
    if error.errno == errno.EACCES:
        return (
            f"没有权限监听端口 {port}（1024 以下的端口需要管理员权限）。请用 ZHITUI_HTTP_PORT 换一个端口，例如 8080。"
        )
    return f"不能在 {host}:{port} 上监听：{error.strerror or error}。请检查 ZHITUI_HTTP_HOST 和 ZHITUI_HTTP_PORT。"
