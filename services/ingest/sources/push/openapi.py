"""How the API's description tells of the push."""

from typing import Any

from services.ingest.sources.push.answers import COUNTS, JSON, PROBLEM
from shared.once import HEADER

_COUNT = {"type": "integer", "minimum": 0}
_COUNTED: dict[str, Any] = dict.fromkeys(COUNTS, _COUNT)
_REJECTS = {
    "type": "array",
    "description": "the first 1,000; all lie in quarantine",
    "items": {
        "type": "object",
        "required": ["location", "reason_code", "reason"],
        "properties": {
            "location": {"type": "string", "examples": ["line 17"]},
            "reason_code": {"type": "string", "examples": ["bad-number"]},
            "reason": {"type": "string", "description": "a sentence for people, in Chinese"},
        },
    },
}
_FILE = {
    "type": "object",
    "required": ["name", "state", "format", *COUNTS, "rejects"],
    "properties": {
        "name": {"type": "string"},
        "state": {"enum": ["done", "failed"]},
        "format": {"type": ["string", "null"]},
        **_COUNTED,
        "rejects": _REJECTS,
    },
}
_PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "what is wrong and what to do, in Chinese"},
    },
}
_KEY = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 257},
    "description": "1 to 255 ASCII characters in quotes; a request sent again with its key is answered as before and done once",
}
_RETRY_AFTER = {"Retry-After": {"schema": {"type": "integer"}, "description": "seconds"}}
_ANYTHING = {"schema": {"type": "string", "format": "binary"}}


def _refused(description: str, **more: object) -> dict[str, Any]:
    return {"description": description, "content": {PROBLEM: {"schema": _PROBLEM}}, **more}


_REFUSALS = {
    "400": _refused(f"{HEADER} or the form cannot be read"),
    "401": _refused("no bearer token, or a wrong one", headers={"WWW-Authenticate": {"schema": {"type": "string"}}}),
    "403": _refused("the push is off: ZHITUI_INGEST_TOKEN is not set"),
    "408": _refused("no byte came for 60 seconds"),
    "409": _refused("the request with this key is still under way", headers=_RETRY_AFTER),
    "413": _refused("larger than ZHITUI_PUSH_LIMIT_BYTES, or too many files"),
    "422": _refused(f"no record could be accepted, all are in quarantine; or the {HEADER} came with other content"),
    "503": _refused("cannot be stored just now; send the same again", headers=_RETRY_AFTER),
}


def _operation(properties: dict[str, Any], content: dict[str, Any]) -> dict[str, Any]:
    schema = {"type": "object", "required": list(properties), "properties": properties}
    return {
        "security": [{"token": []}],
        "parameters": [_KEY],
        "requestBody": {"required": True, "content": content},
        "responses": {
            "200": {
                "description": "accepted durably; the counts, and which records were rejected",
                "content": {JSON: {"schema": schema}},
            },
            **_REFUSALS,
        },
    }


_PUBLICATION = {"schema": {"$ref": "#/components/schemas/Publication"}}
_FORM = {
    "schema": {
        "type": "object",
        "properties": {"file": {"type": "array", "items": {"type": "string", "format": "binary"}}},
    }
}
_FILES = {**_COUNTED, "files": {"type": "array", "items": _FILE}}

PUBLICATIONS = _operation(
    {**_COUNTED, "rejects": _REJECTS}, {"application/json": _PUBLICATION, "application/x-ndjson": _PUBLICATION}
)
PUBLICATIONS["responses"]["415"] = _refused("the body is neither JSON nor JSON Lines")
FILES = _operation(_FILES, {"multipart/form-data": _FORM, "application/octet-stream": _ANYTHING})
