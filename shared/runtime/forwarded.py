"""Whether a request came through a proxy, that is: from the world."""

from functools import wraps
from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Handler = Callable[[web.Request], Awaitable[web.Response]]

_HEADERS = ("Forwarded", "X-Forwarded-For", "X-Real-IP")


def is_forwarded(request: web.Request) -> bool:
    """Whether a proxy says that it asks for somebody else; every one does, unless it was told not to."""
    return any(header in request.headers for header in _HEADERS)


def inside_only(handler: "Handler") -> "Handler":
    """Let a handler answer whoever reaches this process itself; through a proxy it is not there."""

    @wraps(handler)
    async def guarded(request: web.Request) -> web.Response:
        if is_forwarded(request):
            raise web.HTTPNotFound
        return await handler(request)

    return guarded
