"""``POST /api/v1/publications``: publications pushed by another program, accepted durably before the answer leaves."""

import asyncio
import hmac
import io
from typing import TYPE_CHECKING

import msgspec
from aiohttp import web

from services.ingest.reader import Reading
from services.ingest.records import Document, Rejected
from shared.errors import RetryLaterError
from shared.ids import stable_id
from shared.runtime.openapi import describe
from shared.store.records import IngestRun, RunState

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic import SecretStr

    from services.ingest.pipeline import Pipeline
    from shared.clock import Clock

SOURCE = "http-push"
PATH = "/api/v1/publications"
MAX_BODY_BYTES = 32 * 1024 * 1024
MAX_TOLD_REJECTS = 1000
RETRY_AFTER_SECONDS = 30
_CONTENT_TYPES = frozenset({"application/json", "application/x-ndjson", "application/jsonl", "application/jsonlines"})
_BLOCK_BYTES = 256 * 1024


class HttpPush:
    """The route, and what it needs."""

    def __init__(self, *, pipeline: "Pipeline", clock: "Clock", token: "SecretStr | None") -> None:
        self._pipeline = pipeline
        self._clock = clock
        self._token = token.get_secret_value().encode() if token is not None else None
        self.in_flight = 0
        self._calls = 0

    def routes(self) -> list[web.RouteDef]:
        """Return the route."""
        return [web.post(PATH, self.push)]

    @describe(
        security=[{"token": []}],
        requestBody={
            "required": True,
            "content": {
                "application/json": {"schema": {"$ref": "#/components/schemas/Publication"}},
                "application/x-ndjson": {"schema": {"$ref": "#/components/schemas/Publication"}},
            },
        },
        responses={
            "200": {"description": "accepted durably; the counts, and which records were rejected"},
            "401": {"description": "no bearer token, or a wrong one"},
            "403": {"description": "the push is off: ZHITUI_INGEST_TOKEN is not set"},
            "413": {"description": "the body is larger than 32 MiB"},
            "415": {"description": "the body is neither JSON nor JSON Lines"},
            "422": {"description": "no record could be accepted; all were rejected and are in quarantine"},
            "503": {"description": "cannot be stored just now; try again after Retry-After seconds"},
        },
    )
    async def push(self, request: web.Request) -> web.Response:
        """Push publications: one object, or JSON Lines."""
        if refusal := self._refusal(request):
            return refusal
        body = bytearray()
        async for block in request.content.iter_chunked(_BLOCK_BYTES):
            body += block
            if len(body) > MAX_BODY_BYTES:
                return _problem(413, "请求太大", "请求体超过 32 MiB；请分成几次推送。")
        self.in_flight += 1
        try:
            return await self._accept(bytes(body))
        except RetryLaterError:
            answer = _problem(
                503, "暂时存不下", "服务器磁盘已满，或总线、数据库没有应答，这次推送没有确认；请稍后原样重试。"
            )
            answer.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
            return answer
        finally:
            self.in_flight -= 1

    def _refusal(self, request: web.Request) -> web.Response | None:
        if self._token is None:
            return _problem(403, "推送接口未开启", "服务器没有设置 ZHITUI_INGEST_TOKEN；请由管理员设置后再推送。")
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not hmac.compare_digest(given.strip().encode("utf-8", "replace"), self._token):
            answer = _problem(
                401, "令牌不对", "请在请求头里带上正确的令牌：Authorization: Bearer <ZHITUI_INGEST_TOKEN>。"
            )
            answer.headers["WWW-Authenticate"] = "Bearer"
            return answer
        if request.content_type not in _CONTENT_TYPES:
            return _problem(
                415,
                "内容类型不对",
                "请用 Content-Type: application/json（一个对象）或 application/x-ndjson（每行一个对象）。",
            )
        if request.content_length is not None and request.content_length > MAX_BODY_BYTES:
            return _problem(413, "请求太大", "请求体超过 32 MiB；请分成几次推送。")
        return None

    async def _accept(self, body: bytes) -> web.Response:
        now = self._clock.now()
        self._calls += 1
        run = IngestRun(
            id=stable_id("run", SOURCE, now.isoformat(), str(self._calls)),
            source=SOURCE,
            name=f"push {now:%Y-%m-%d %H:%M:%S}",
            state=RunState.READING,
            started_at=now,
        )
        rejects: list[dict[str, str]] = []

        def remember(rejected: Rejected) -> None:
            if len(rejects) < MAX_TOLD_REJECTS:
                rejects.append(
                    {"location": rejected.location, "reason_code": rejected.reason_code, "reason": rejected.reason}
                )

        # A client that hangs up must not leave half a push behind.
        run = await asyncio.shield(
            self._pipeline.ingest(run, lambda spool: _reading(body, spool), on_rejected=remember)
        )
        counts = {name: getattr(run, name) for name in ("read", "accepted", "unchanged", "corrected", "rejected")}
        if run.read == run.rejected:
            return _problem(
                422,
                "没有可以接受的记录",
                "所有记录都被拒绝，已放入隔离区；请按 rejects 里的原因修改。",
                rejects=rejects,
                **counts,
            )
        return web.Response(body=msgspec.json.encode({**counts, "rejects": rejects}), content_type="application/json")


def _reading(body: bytes, spool: "Path") -> Reading:
    document = Document(location="", open=lambda: io.BytesIO(body), raw=lambda: body, spool=spool)
    return Reading([document])


def _problem(status: int, title: str, detail: str, **more: object) -> web.Response:
    return web.Response(
        status=status,
        body=msgspec.json.encode({"type": "about:blank", "title": title, "status": status, "detail": detail, **more}),
        content_type="application/problem+json",
    )
