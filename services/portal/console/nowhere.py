"""Addresses at which there is no page: told in words, on a page of ours."""

from typing import TYPE_CHECKING

from services.portal.desk.refusals import MissingError, Text

if TYPE_CHECKING:
    from aiohttp import web

    from services.portal.console.frame import Frame
    from services.portal.console.visit import Visit

_NO_PAGE = Text(
    "没有这个页面，请检查地址，或从首页进入。", "There is no such page; check the address, or begin at the first page."
)


def nowhere_routes(frame: "Frame") -> "list[web.RouteDef]":
    """Return the route of whatever no other route of the process takes."""

    async def nowhere(_visit: "Visit") -> "web.Response":
        """Tell that there is no such page."""
        raise MissingError("no-such-page", _NO_PAGE)

    return [frame.get("/{nowhere:.*}", nowhere)]
