"""Headers that every answer of the process carries, so that no page can forget them."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from aiohttp import web

    from shared.settings import Settings

CONTENT_SECURITY_POLICY = (
    # Nothing from elsewhere, no inline script or style: pages show texts that strangers wrote into patents.
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # A form's POST must carry its origin (CSRF); nobody else learns an address of ours from a link.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}

_TWO_YEARS_SECONDS = 63_072_000


def security_headers(settings: "Settings") -> dict[str, str]:
    """Return them; HSTS where people reach this server by https."""
    if (settings.public_url or "").startswith("https://"):
        return _HEADERS | {"Strict-Transport-Security": f"max-age={_TWO_YEARS_SECONDS}"}
    return _HEADERS


def add_headers(settings: "Settings") -> "Callable[[web.Request, web.StreamResponse], Awaitable[None]]":
    """Return what to do before an answer goes out; what a handler said itself stays, where that is stricter."""
    ours = security_headers(settings)

    async def add(_request: "web.Request", response: "web.StreamResponse") -> None:
        # Library and version in every answer help nobody but somebody who looks for old ones.
        response.headers["Server"] = "zhitui"
        for name, value in ours.items():
            response.headers.setdefault(name, value)

    return add
