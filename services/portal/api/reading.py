"""What a request asks, taken apart by the types of its endpoint; what is wrong is said part by part."""

from datetime import date
from typing import TYPE_CHECKING, Any

import msgspec

from services.portal.api.problems import UnreadableError
from services.portal.api.words import fault_of
from services.portal.desk.refusals import Fault, InvalidError, MissingError, Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aiohttp import web

    from services.portal.api.endpoint import Endpoint

MAX_BODY_BYTES = 256 * 1024
JSON = "application/json"

_NO_DATE = Text("不是日期，请写成 2026-01-31。", "Not a date; write it as 2026-01-31.")
_NO_JSON = Text("正文不是完整的 JSON（UTF-8），请检查。", "The body is not complete JSON in UTF-8; check it.")


async def asked(endpoint: "Endpoint", request: "web.Request") -> "tuple[dict[str, Any], bytes]":
    """Return the arguments of the endpoint's function, and the body as it came.

    Raises:
        UnreadableError: content type, size or JSON is wrong.
        InvalidError: a part of it is not what it must be.
        MissingError: the path can be nobody's.
    """
    arguments = _path(endpoint, request.match_info)
    if endpoint.query is not None:
        arguments["query"] = _query(endpoint.query, request)
    elif request.query:
        raise InvalidError(*(_unknown(name) for name in request.query))
    raw = await _body(request) if endpoint.method not in {"GET", "DELETE"} else b""
    if endpoint.body is not None:
        arguments["body"] = decoded(raw, endpoint.body)
    return arguments, raw


def decoded(raw: bytes, kind: Any) -> Any:  # noqa: ANN401 - whatever the endpoint's type is
    """Return the body as what it must be.

    Raises:
        UnreadableError: it is no JSON.
        InvalidError: it is, but not what it must be; tells of every member of it that is wrong.
    """
    try:
        given = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UnreadableError(400, "no-json", _NO_JSON) from error
    try:
        return msgspec.convert(given, kind)
    except msgspec.ValidationError as error:
        raise InvalidError(*(_faults_by_member(given, kind) or [fault_of(error)])) from error


def _faults_by_member(given: object, kind: Any) -> list[Fault]:  # noqa: ANN401 - as above
    """Return what is wrong with each member of an object; none when it is no object, or wrong only as a whole."""
    if not isinstance(given, dict):
        return []
    faults = []
    fields = {field.encode_name: field for field in msgspec.structs.fields(kind)}
    for name, value in given.items():
        if name not in fields:
            faults.append(_unknown(name))
            continue
        try:
            msgspec.convert(value, fields[name].type)
        except msgspec.ValidationError as error:
            faults.append(fault_of(error, under=f"/{name}"))
    missing = [name for name, field in fields.items() if field.required and name not in given]
    return faults + [fault_of(msgspec.ValidationError(f"Object missing required field `{name}`")) for name in missing]


def _unknown(name: str) -> Fault:
    return fault_of(msgspec.ValidationError(f"Object contains unknown field `{name}`"))


def _path(endpoint: "Endpoint", parts: "Mapping[str, str]") -> dict[str, Any]:
    try:
        return {name: msgspec.convert(parts[name], kind, strict=False) for name, kind in endpoint.path_types.items()}
    except msgspec.ValidationError as error:
        raise MissingError from error


def _query(kind: Any, request: "web.Request") -> Any:  # noqa: ANN401 - as above
    given = request.query
    faults = [_unknown(name) for name in given if name not in kind.__struct_encode_fields__]
    values: dict[str, str] = {}
    for name in dict.fromkeys(given):
        if len(given.getall(name)) > 1:
            faults.append(Fault(f"/{name}", Text("这个参数写了两次，请只留一个。", "Given twice; leave one.")))
        values[name] = given[name]
    if faults:
        raise InvalidError(*faults)
    try:
        asked = msgspec.convert(values, kind, strict=False)
    except msgspec.ValidationError as error:
        raise InvalidError(fault_of(error)) from error
    # Not strict, numbers are moments too: so many seconds since 1970.
    numbers = [name for name, value in values.items() if isinstance(getattr(asked, name), date) and "-" not in value]
    if numbers:
        raise InvalidError(*(Fault(f"/{name}", _NO_DATE) for name in numbers))
    return asked


async def _body(request: "web.Request") -> bytes:
    """Return the body of a request that may have one.

    Raises:
        UnreadableError: it is too large, or says that it is no JSON.
    """
    raw = bytearray()
    async for piece in request.content.iter_any():
        raw += piece
        if len(raw) > MAX_BODY_BYTES:
            raise UnreadableError(
                413,
                "too-large",
                Text(
                    f"正文最多 {MAX_BODY_BYTES // 1024} KiB，请减少内容。",
                    f"A body has at most {MAX_BODY_BYTES // 1024} KiB; send less.",
                ),
            )
    if raw and request.content_type != JSON:
        raise UnreadableError(
            415,
            "not-json",
            Text(f"请用 Content-Type: {JSON}，正文写 JSON。", f"Send JSON with Content-Type: {JSON}."),
            headers={"Accept-Post": JSON},
        )
    return bytes(raw)
