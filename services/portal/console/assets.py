"""What pages load: style sheets and htmx, compressed once, under names that tell their content.

A name with the content's hash in it never means anything else, so a browser keeps it for a year and asks no more.
"""

import gzip
import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from aiohttp import web

from services.portal.console.packing import takes_gzip
from shared.runtime.openapi import describe

SHEETS = ("tokens", "base", "layout", "forms", "parts", "print")
"""The console's style sheet, in this order: what comes later wins."""

_YEAR_SECONDS = 31_536_000
_HASH_CHARACTERS = 12


@dataclass(frozen=True, slots=True)
class Asset:
    """A file that pages load.

    Attributes:
        name: under ``/assets/``, with its hash (``console.0123456789ab.css``).
    """

    name: str
    content_type: str
    plain: bytes
    compressed: bytes


@cache
def assets() -> dict[str, Asset]:
    """Return them by what templates call them: ``console.css``, ``htmx.js``."""
    folder = files("services.portal.pages") / "assets"
    css = "\n".join((folder / f"{sheet}.css").read_text("utf-8") for sheet in SHEETS)
    return {
        "console.css": _asset("console", "css", "text/css", css.encode()),
        "htmx.js": _asset("htmx", "js", "text/javascript", (folder / "htmx.js").read_bytes()),
    }


def asset_routes() -> list[web.RouteDef]:
    """Return the route of all of them."""
    by_name = {asset.name: asset for asset in assets().values()}

    @describe(responses={"200": {"description": "The file."}, "404": {"description": "There is none."}})
    async def serve(request: web.Request) -> web.Response:
        """A style sheet or script of the console."""
        asset = by_name.get(request.match_info["name"])
        if asset is None:
            raise web.HTTPNotFound
        headers = {"Cache-Control": f"public, max-age={_YEAR_SECONDS}, immutable", "Vary": "Accept-Encoding"}
        if takes_gzip(request.headers.get("Accept-Encoding", "")):
            headers["Content-Encoding"] = "gzip"
        body = asset.compressed if "Content-Encoding" in headers else asset.plain
        return web.Response(body=body, content_type=asset.content_type, charset="utf-8", headers=headers)

    return [web.get("/assets/{name}", serve)]


def _asset(stem: str, ending: str, content_type: str, content: bytes) -> Asset:
    digest = hashlib.sha256(content).hexdigest()[:_HASH_CHARACTERS]
    return Asset(f"{stem}.{digest}.{ending}", content_type, content, gzip.compress(content, 9, mtime=0))
