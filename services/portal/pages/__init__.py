"""Pages: templates beside their one style sheet, and the headers that every page carries."""

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from aiohttp import web
from jinja2 import Environment, PackageLoader, StrictUndefined

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

HTML: dict[str, object] = {"content": {"text/html": {}}}
"""How the API's description tells of an answer that is a page."""

_HEADERS = {
    # Nothing from elsewhere, no scripts at all: a page shows texts that strangers wrote into patents.
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


def page(template: str, *, status: int = 200, **values: object) -> web.Response:
    """Return a rendered page."""
    html = _environment().get_template(template).render(**values)
    return web.Response(text=html, status=status, content_type="text/html", charset="utf-8", headers=_HEADERS)


def notice(
    heading: str,
    *lines: str,
    root: str,
    status: int = 200,
    command: str | None = None,
    button: str | None = None,
    choices: "Sequence[tuple[str, str]]" = (),
) -> web.Response:
    """Return a page that says something.

    Args:
        heading: what it is about.
        lines: a paragraph each.
        root: from the page's address to that of the console (``../``).
        status: HTTP's.
        command: to be typed, where one helps.
        button: what stands on it; it posts ``confirm=yes`` to the page's own address.
        choices: with it, as ``choice`` each: value and name, all chosen at first.
    """
    return page(
        "notice.html",
        status=status,
        root=root,
        heading=heading,
        lines=lines,
        command=command,
        button=button,
        choices=choices,
    )


def style_route() -> web.RouteDef:
    """Return the route of the style sheet; pages name it relative to themselves, so that a proxy may add a path."""
    css = files(__name__).joinpath("style.css").read_text("utf-8")

    async def style(_request: web.Request) -> web.Response:
        """The pages' style sheet."""
        return web.Response(text=css, content_type="text/css", headers={"Cache-Control": "max-age=300"})

    return web.get("/assets/style.css", style)


def local_time(moment: "datetime", zone: "ZoneInfo") -> str:
    """Return a moment as people of the zone read it, to the second (``01-05 10:00:07``)."""
    return moment.astimezone(zone).strftime("%m-%d %H:%M:%S")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader(__name__, "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters["number"] = lambda value: f"{value:,}"
    environment.filters["local"] = local_time
    return environment
