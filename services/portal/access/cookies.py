"""The portal's cookies: unreadable for scripts, not sent along by other sites, and over TLS bound to this very host.

Source: RFC 6265bis §4.1.3.2 (``__Host-``).
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aiohttp import web

SESSION, GUEST, DEVICE = "session", "guest", "device"

DEVICE_SECONDS = 400 * 86_400
"""The longest that browsers keep a cookie."""


class Cookies:
    """Reads and writes them.

    Args:
        secure: whether people reach this server by https.
    """

    def __init__(self, *, secure: bool) -> None:
        self._secure = secure

    def read(self, request: "web.Request", name: str) -> str:
        """Return what a cookie holds, ``""`` when there is none."""
        return request.cookies.get(self._full(name), "")

    def write(self, response: "web.StreamResponse", name: str, value: str, *, seconds: int | None = None) -> None:
        """Set a cookie; without ``seconds`` it ends with the browser."""
        response.set_cookie(
            self._full(name),
            value,
            max_age=seconds,
            path="/",
            httponly=True,
            samesite="Lax",
            secure=self._secure,
        )

    def forget(self, response: "web.StreamResponse", name: str) -> None:
        """Take a cookie away."""
        response.del_cookie(self._full(name), path="/", httponly=True, samesite="Lax", secure=self._secure)

    def _full(self, name: str) -> str:
        return f"__Host-{name}" if self._secure else name
