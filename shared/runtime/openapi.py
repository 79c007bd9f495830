"""The API's description, made from the routes themselves, so that it cannot tell of one that is not there."""

import inspect
import re
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
from aiohttp import web

from shared.wire.publication import Publication

if TYPE_CHECKING:
    from collections.abc import Callable

HandlerT = TypeVar("HandlerT", bound="Callable[..., Any]")

_DETAILS, _TYPES = "__openapi__", "__openapi_types__"
_PARAMETER = re.compile(r"\{(\w+)(?::[^}]*)?\}")


def describe(*types: object, **details: object) -> "Callable[[HandlerT], HandlerT]":
    """Give a handler more of an OpenAPI 3.1 operation object than its docstring tells (``responses``, ``requestBody`` …).

    Parameters of the path need not be given: the route has them.

    Args:
        types: whose schemas the details refer to as ``#/components/schemas/Name``.
        details: of the operation.
    """

    def mark(handler: HandlerT) -> HandlerT:
        setattr(handler, _DETAILS, details)
        setattr(handler, _TYPES, types)
        return handler

    return mark


def openapi_route(app: web.Application) -> web.RouteDef:
    """Return ``/api/openapi.json`` for all routes of the application."""

    async def openapi(_request: web.Request) -> web.Response:
        """This description (OpenAPI 3.1)."""
        return web.Response(body=msgspec.json.encode(describe_app(app)), content_type="application/json")

    return web.get("/api/openapi.json", openapi)


def describe_app(app: web.Application) -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of an application's routes."""
    paths: dict[str, dict[str, Any]] = {}
    types: list[object] = [Publication]
    for route in app.router.routes():
        # HEAD comes with every GET; a resource's prefix ("/static") is a folder of files, not an operation.
        if route.resource is None or route.method in {"HEAD", "*"} or "prefix" in route.resource.get_info():
            continue
        path = _PARAMETER.sub(r"{\1}", route.resource.canonical)
        paths.setdefault(path, {})[route.method.lower()] = _operation(route, path)
        types += getattr(route.handler, _TYPES, ())
    _, schemas = msgspec.json.schema_components(types, ref_template="#/components/schemas/{name}")
    return {
        "openapi": "3.1.0",
        "info": {"title": "Zhitui 知推", "version": "1"},
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(route: web.AbstractRoute, path: str) -> dict[str, Any]:
    handler = route.handler
    summary = (inspect.getdoc(handler) or handler.__name__).splitlines()[0]
    details: dict[str, Any] = getattr(handler, _DETAILS, {})
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in _PARAMETER.findall(path)
    ]
    said = details.get("parameters", [])
    parameters = [one for one in parameters if one["name"] not in {more["name"] for more in said}] + said
    operation = {"summary": summary, "responses": {"200": {"description": "done"}}} | details
    return operation | ({"parameters": parameters} if parameters else {})
