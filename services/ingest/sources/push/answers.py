"""Answers of the push: the counts and reasons of what was read, or a problem (RFC 9457)."""

from typing import TYPE_CHECKING, NamedTuple

import msgspec
from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from shared.store.incoming import IngestRun

JSON = "application/json"
PROBLEM = "application/problem+json"
RETRY_AFTER_SECONDS = 30
COUNTS = ("read", "accepted", "unchanged", "corrected", "rejected")


class Answer(msgspec.Struct, frozen=True):
    """An answer as it can be kept: given again, it is the same to the byte."""

    status: int
    content_type: str
    body: bytes
    headers: dict[str, str] = {}

    def response(self) -> web.Response:
        """Return it as aiohttp sends it."""
        return web.Response(
            status=self.status, body=self.body, content_type=self.content_type, headers=dict(self.headers)
        )


class RefusedPushError(Exception):
    """A push that cannot be taken as it is.

    Attributes:
        answer: what the sender is told.
    """

    def __init__(self, status: int, title: str, detail: str, headers: "Mapping[str, str] | None" = None) -> None:
        super().__init__(detail)
        self.answer = problem(status, title, detail, headers=headers)


class FileTold(NamedTuple):
    """What became of one file of a push.

    Attributes:
        rejects: places and reasons of what was refused, as many as are told.
    """

    run: "IngestRun"
    rejects: "list[dict[str, str]]"


def problem(
    status: int,
    title: str,
    detail: str,
    *,
    headers: "Mapping[str, str] | None" = None,
    more: "Mapping[str, object] | None" = None,
) -> Answer:
    """Return a problem document; ``more`` are members of our own."""
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, **(more or {})}
    return Answer(status, PROBLEM, msgspec.json.encode(body), dict(headers or {}))


def not_now() -> Answer:
    """Return what is answered while nothing can be stored."""
    detail = "服务器磁盘已满，或总线、数据库没有应答，这次推送没有确认；请稍后原样重试。"
    return problem(503, "暂时存不下", detail, headers={"Retry-After": str(RETRY_AFTER_SECONDS)})


def counted(files: "Sequence[FileTold]", *, by_file: bool) -> Answer:
    """Return the counts and reasons of a push that was read.

    Args:
        files: what became of each.
        by_file: whether each file is told on its own, too.
    """
    counts: dict[str, object] = {name: sum(getattr(one.run, name) for one in files) for name in COUNTS}
    rejects = [reject for one in files for reject in one.rejects]
    body = {**counts, "rejects": rejects}
    if by_file:
        body["files"] = [
            {"name": one.run.name, "state": one.run.state.value, "format": one.run.format}
            | {name: getattr(one.run, name) for name in COUNTS}
            | {"rejects": one.rejects}
            for one in files
        ]
        del body["rejects"]
    if counts["read"] == counts["rejected"]:
        detail = "所有记录都被拒绝，已放入隔离区；请按 rejects 里的原因修改。"
        return problem(422, "没有可以接受的记录", detail, more=body)
    return Answer(200, JSON, msgspec.json.encode(body))
