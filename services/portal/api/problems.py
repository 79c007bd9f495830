"""Refusals as problem documents (RFC 9457), in the language that the request asks for."""

from typing import TYPE_CHECKING

import msgspec
from aiohttp import web

from services.portal.desk.refusals import (
    ConflictError,
    InvalidError,
    NotSignedInError,
    RefusalError,
    Text,
    TooManyError,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from services.portal.desk.refusals import Fault

PROBLEM = "application/problem+json"

TITLES = {
    400: Text("请求看不懂", "Bad request"),
    401: Text("没有登录", "Not signed in"),
    403: Text("不允许", "Not allowed"),
    404: Text("找不到", "Not found"),
    405: Text("不支持的方法", "Method not allowed"),
    409: Text("与现状冲突", "Conflict"),
    412: Text("已被修改", "Changed meanwhile"),
    413: Text("内容太大", "Content too large"),
    415: Text("不支持的内容类型", "Unsupported media type"),
    422: Text("内容有误", "Content not right"),
    428: Text("缺少 If-Match", "If-Match required"),
    429: Text("请求太频繁", "Too many requests"),
    500: Text("服务器出错", "Server fault"),
    503: Text("暂时做不到", "Not now"),
}
"""Of the kinds of problems, by status."""


class FaultTold(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong with one part of what was sent; ``pointer`` is a JSON pointer into it (RFC 6901)."""

    pointer: str
    detail: str


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Why a request was not done.

    Attributes:
        type: ``/problems/`` and ``code``; names the problem, leads nowhere.
        code: for programs.
        title, detail: for people.
        faults: field by field, of 400 and 422.
    """

    type: str
    title: str
    status: int
    code: str
    detail: str
    faults: tuple[FaultTold, ...] = ()


class UnreadableError(RefusalError):
    """The request itself cannot be read, or nothing can be done with it now.

    Attributes:
        status: 400, 405, 413, 415 or 428; 500 or 503 of `fault` and `not_now`.
        faults: which part of it, where one can be pointed at.
        headers: that the answer must carry.
    """

    def __init__(
        self, status: int, code: str, text: Text, *faults: "Fault", headers: "Mapping[str, str] | None" = None
    ) -> None:
        super().__init__(code, text)
        self.status = status  # type: ignore[misc]  # several, for one handling
        self.faults = faults
        self.headers = dict(headers or {})


def problem(error: RefusalError, language: str) -> web.Response:
    """Return a refusal as it goes out."""
    faults = error.faults if isinstance(error, InvalidError | UnreadableError) else ()
    body = Problem(
        type=f"/problems/{error.code}",
        title=TITLES[error.status].in_language(language),
        status=error.status,
        code=error.code,
        detail=error.text.in_language(language),
        faults=tuple(FaultTold(pointer=f.pointer, detail=f.text.in_language(language)) for f in faults),
    )
    headers = {"Content-Language": language, "Vary": "Accept-Language"}
    match error:
        case UnreadableError():
            headers |= error.headers
        case NotSignedInError():
            headers["WWW-Authenticate"] = 'Bearer realm="zhitui"'
        case TooManyError() | ConflictError() if error.after_seconds is not None:
            headers["Retry-After"] = str(max(1, round(error.after_seconds)))
        case _:
            pass
    return web.Response(status=error.status, body=msgspec.json.encode(body), content_type=PROBLEM, headers=headers)


def not_now(after_seconds: float | None, language: str) -> web.Response:
    """Return what is answered while the store, the bus or the stored publications cannot be asked."""
    error = UnreadableError(
        503,
        "not-now",
        Text("这会儿做不到，请稍后原样重试。", "Not possible just now; send the same again later."),
        headers={"Retry-After": str(max(1, round(after_seconds or 30)))},
    )
    return problem(error, language)


def fault(language: str) -> web.Response:
    """Return what is answered when something went wrong here."""
    text = Text(
        "服务器出错了，已记入日志，请联系管理员。", "Something went wrong here; it was logged. Tell the operator."
    )
    return problem(UnreadableError(500, "server-fault", text), language)
