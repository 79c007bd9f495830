"""All routes of the API."""

from typing import TYPE_CHECKING

from aiohttp import web

from services.portal.api import (
    curating,
    deliveries,
    destinations,
    events,
    exports,
    fields,
    following,
    matches,
    members,
    organisation,
    profiles,
    publications,
    share_links,
    subscriptions,
    tokens,
    trials,
)
from services.portal.api.describing import operation, types_of
from services.portal.api.endpoint import Endpoint
from services.portal.api.idempotency import Once
from services.portal.api.languages import language_of
from services.portal.api.paging import Cursors
from services.portal.api.problems import UnreadableError, problem
from services.portal.api.serving import Server
from services.portal.desk.refusals import MissingError, RefusalError, Text
from shared.runtime.openapi import describe

if TYPE_CHECKING:
    from aiohttp.typedefs import Handler

    from services.portal.access.gate import AccessGate
    from services.portal.desk.desk import Desk

PREFIX = "/api/v1"

_MODULES = (
    organisation,
    members,
    tokens,
    profiles,
    trials,
    subscriptions,
    destinations,
    deliveries,
    events,
    matches,
    exports,
    share_links,
    publications,
    fields,
    following,
    curating,
)

ENDPOINTS: tuple[Endpoint, ...] = tuple(
    found for module in _MODULES for found in vars(module).values() if isinstance(found, Endpoint)
)
"""All of them, by module in the order in which they are written there."""


def api_routes(desk: "Desk", gate: "AccessGate") -> "list[web.AbstractRouteDef]":
    """Return the routes of all endpoints, and one for whatever else begins like them."""
    around = desk.around
    server = Server(
        desk, gate, Once(around.store.idempotency, around.secrets), Cursors(around.secrets.derive("cursors"))
    )
    routes: list[web.AbstractRouteDef] = [
        web.route(one.method, PREFIX + one.path, _handler(server, one)) for one in ENDPOINTS
    ]
    return [*routes, web.route("*", PREFIX + "/{rest:.*}", _nothing_there)]


def _handler(server: Server, endpoint: Endpoint) -> "Handler":
    async def handler(request: web.Request) -> web.StreamResponse:
        return await server.answer(endpoint, request)

    handler.__doc__ = endpoint.work.__doc__
    return describe(*types_of(endpoint), **operation(endpoint))(handler)


async def _nothing_there(request: web.Request) -> web.Response:
    """Tell that there is no such address, or not with this method."""
    allowed = {one.method for one in ENDPOINTS if _fits(one.path, request.path.removeprefix(PREFIX))}
    error: RefusalError = MissingError("no-such-address", Text("没有这个地址。", "There is no such address."))
    if allowed:
        text = Text("这个地址不支持这个方法。", "This address does not take this method.")
        error = UnreadableError(405, "no-such-method", text, headers={"Allow": ", ".join(sorted(allowed))})
    return problem(error, language_of(request.headers.getall("Accept-Language", ())))


def _fits(template: str, path: str) -> bool:
    parts, given = template.split("/"), path.split("/")
    return len(parts) == len(given) and all(
        part == one or (part.startswith("{") and one != "") for part, one in zip(parts, given, strict=True)
    )
