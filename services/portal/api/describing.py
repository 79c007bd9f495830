"""An endpoint as an operation of OpenAPI 3.1, made from the types that it is served by."""

import inspect
from typing import TYPE_CHECKING, Any

import msgspec

from services.portal.api.endpoint import JSON_LINES
from services.portal.api.files import FileAnswer
from services.portal.api.problems import PROBLEM, TITLES, Problem
from services.portal.api.reading import JSON
from shared.once import HEADER

if TYPE_CHECKING:
    from services.portal.api.endpoint import Endpoint

REF = "#/components/schemas/{name}"

_HEADER_TEXT = {"type": "string"}
_RATES = {
    "RateLimit-Policy": {"description": "The quota.", "schema": _HEADER_TEXT},
    "RateLimit": {"description": "What is left of it.", "schema": _HEADER_TEXT},
}
_TAG = {"ETag": {"description": "The revision, for If-Match of an edit.", "schema": _HEADER_TEXT}}
_LOCATION = {"Location": {"description": "Where it is.", "schema": _HEADER_TEXT}}
_AFTER = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}}
_IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "description": "ETag of what was read.",
    "schema": {"type": "string"},
}
_KEY = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "description": "Names the request; sent again within a day it is answered as before, and done once.",
    "schema": {"type": "string", "maxLength": 257},
}


def types_of(endpoint: "Endpoint") -> list[Any]:
    """Return the types that its operation refers to."""
    named = (endpoint.body, endpoint.answer, Problem)
    return [kind for kind in named if kind not in {None, type(None), FileAnswer}]


def operation(endpoint: "Endpoint") -> dict[str, Any]:
    """Return the operation object."""
    words = (inspect.getdoc(endpoint.work) or "").partition("\n\n")
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": _schema(kind)}
        for name, kind in endpoint.path_types.items()
    ]
    if endpoint.query is not None:
        parameters += [_query_parameter(field) for field in msgspec.structs.fields(endpoint.query)]
    parameters += [_IF_MATCH] if endpoint.edits else []
    parameters += [_KEY] if endpoint.makes else []
    described: dict[str, Any] = {
        "operationId": endpoint.work.__name__,
        "tags": [endpoint.path.split("/")[1]],
        "summary": words[0].replace("\n", " "),
        "security": [{"token": []}],
        "responses": _responses(endpoint),
    }
    described |= {"description": words[2]} if words[2] else {}
    described |= {"parameters": parameters} if parameters else {}
    if endpoint.body is not None:
        described["requestBody"] = {"required": True, "content": {JSON: {"schema": _schema(endpoint.body)}}}
    return described


def _responses(endpoint: "Endpoint") -> dict[str, Any]:
    headers = dict(_RATES)
    if "revision" in getattr(endpoint.answer, "__struct_fields__", ()):
        headers |= _TAG
    if endpoint.status == 201:  # noqa: PLR2004 - created
        headers |= _LOCATION
    done: dict[str, Any] = {"description": "Done.", "headers": headers}
    if endpoint.media_types:
        done["content"] = {kind: {"schema": {"type": "string", "format": "binary"}} for kind in endpoint.media_types}
    elif endpoint.answer is not type(None):
        kind = JSON_LINES if endpoint.streams else JSON
        done["content"] = {kind: {"schema": _schema(endpoint.answer)}}
    return {str(endpoint.status): done} | {str(status): _problem(status) for status in _refusals(endpoint)}


def _refusals(endpoint: "Endpoint") -> list[int]:
    statuses = {401, 403, 422, 429, 500, 503}
    statuses |= {404} if endpoint.path_types or endpoint.query else set()
    statuses |= {400, 404, 409, 413, 415} if endpoint.method not in {"GET", "DELETE"} else set()
    statuses |= {404, 409} if endpoint.method == "DELETE" else set()
    statuses |= {412} if endpoint.edits or (endpoint.method == "POST" and endpoint.path_types) else set()
    statuses |= {428} if endpoint.edits else set()
    return sorted(statuses)


def _problem(status: int) -> dict[str, Any]:
    said: dict[str, Any] = {
        "description": TITLES[status].en + ".",
        "content": {PROBLEM: {"schema": {"$ref": REF.format(name="Problem")}}},
    }
    return said | ({"headers": _AFTER} if status in {429, 503} else {})


def _query_parameter(field: msgspec.structs.FieldInfo) -> dict[str, Any]:
    schema = _schema(field.type)
    said = {"name": field.encode_name, "in": "query", "required": field.required, "schema": schema}
    described = schema.get("description") or next(
        (part["description"] for part in schema.get("anyOf", ()) if "description" in part), ""
    )
    return said | ({"description": described} if described else {})


def _schema(kind: Any) -> dict[str, Any]:  # noqa: ANN401 - any type that msgspec knows
    (schema,), _ = msgspec.json.schema_components([kind], ref_template=REF)
    return schema
