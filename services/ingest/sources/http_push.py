"""Publications and files pushed by another program, accepted durably before the answer leaves."""

import asyncio
import hashlib
import hmac
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from aiohttp import content_disposition_filename, parse_content_disposition, web

from services.ingest.reader import Reading
from services.ingest.records import Rejected
from services.ingest.sources.push import openapi
from services.ingest.sources.push.answers import Answer, FileTold, RefusedPushError, counted, not_now
from services.ingest.sources.push.bodies import Room, Uploaded, take_body, take_parts, too_large
from services.ingest.sources.push.idempotency import Once, key_of
from shared.errors import RetryLaterError
from shared.ids import stable_id
from shared.logs import get_logger
from shared.runtime.openapi import describe
from shared.store.incoming import IngestRun, RunState

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from pydantic import SecretStr

    from services.ingest.pipeline import Pipeline
    from shared.clock import Clock
    from shared.store.coordination import Idempotency

SOURCE = "http-push"
PUBLICATIONS = "/api/v1/publications"
FILES = "/api/v1/files"
MAX_TOLD_REJECTS = 1000
_CONTENT_TYPES = frozenset({"application/json", "application/x-ndjson", "application/jsonl", "application/jsonlines"})
_FORM = "multipart/form-data"

log = get_logger("ingest")


class HttpPush:
    """The routes, and what they need.

    Args:
        keys: where the answers of requests with a key are kept.
        token: what every request must bring; without one the push is off.
        limit_bytes: the largest body that is taken.
    """

    def __init__(
        self,
        *,
        pipeline: "Pipeline",
        clock: "Clock",
        keys: "Idempotency",
        token: "SecretStr | None",
        limit_bytes: int,
    ) -> None:
        self._pipeline = pipeline
        self._clock = clock
        self._once = Once(keys)
        self._token = token.get_secret_value().encode() if token is not None else None
        self._limit_bytes = limit_bytes
        self.in_flight = 0
        self._calls = 0

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        return [
            web.post(PUBLICATIONS, self.push),
            web.post(FILES, self.upload),
            web.put(FILES + "/{name}", self.upload),
        ]

    @describe(**openapi.PUBLICATIONS)
    async def push(self, request: web.Request) -> web.Response:
        """Push publications: one object, or JSON Lines of any length."""
        return await self._answered(request, by_file=False)

    @describe(**openapi.FILES)
    async def upload(self, request: web.Request) -> web.Response:
        """Upload files of any supported format: a form of files, or the content of one."""
        return await self._answered(request, by_file=True)

    async def _answered(self, request: web.Request, *, by_file: bool) -> web.Response:
        self.in_flight += 1
        try:
            return (await self._answer(request, by_file=by_file)).response()
        except RefusedPushError as refused:
            return refused.answer.response()
        except (RetryLaterError, OSError) as error:
            # No room for temporary files, say: what was accepted so far is unchanged when it is pushed again.
            log.warning("push_not_taken", error=str(error))
            return not_now().response()
        finally:
            self.in_flight -= 1

    async def _answer(self, request: web.Request, *, by_file: bool) -> Answer:
        self._authorise(request)
        key = key_of(request)
        if not by_file and request.content_type not in _CONTENT_TYPES:
            raise RefusedPushError(
                415,
                "内容类型不对",
                "请用 Content-Type: application/json（一个对象）或 application/x-ndjson（每行一个对象）。",
            )
        if request.content_length is not None and request.content_length > self._limit_bytes:
            raise too_large(self._limit_bytes)
        with ExitStack() as held:
            folder = Path(held.enter_context(tempfile.TemporaryDirectory(prefix="zhitui-push-")))
            room = Room(self._limit_bytes)
            if by_file and request.content_type == _FORM:
                files = await take_parts(request, folder, room)
            else:
                files = [await take_body(request, _name_of(request), folder, room)]
            place = f"{request.method} {request.path}"
            work = self._once.answer(
                place,
                key,
                _digest(request.content_type, files),
                sum(one.size for one in files),
                lambda: self._read(files, by_file=by_file),
            )
            # Whoever hangs up, or a server that stops, must not leave half a push behind; the files live as long.
            return await asyncio.shield(asyncio.ensure_future(_holding(held.pop_all(), work)))

    def _authorise(self, request: web.Request) -> None:
        if self._token is None:
            raise RefusedPushError(
                403, "推送接口未开启", "服务器没有设置 ZHITUI_INGEST_TOKEN；请由管理员设置后再推送。"
            )
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not hmac.compare_digest(given.strip().encode("utf-8", "replace"), self._token):
            raise RefusedPushError(
                401,
                "令牌不对",
                "请在请求头里带上正确的令牌：Authorization: Bearer <ZHITUI_INGEST_TOKEN>。",
                {"WWW-Authenticate": "Bearer"},
            )

    async def _read(self, files: list[Uploaded], *, by_file: bool) -> Answer:
        return counted([await self._read_one(file) for file in files], by_file=by_file)

    async def _read_one(self, file: Uploaded) -> FileTold:
        now = self._clock.now()
        self._calls += 1
        run = IngestRun(
            id=stable_id("run", SOURCE, now.isoformat(), str(self._calls)),
            source=SOURCE,
            name=file.name or f"push {file.digest[:12]}",
            state=RunState.READING,
            started_at=now,
        )
        rejects: list[dict[str, str]] = []

        def remember(rejected: Rejected) -> None:
            if len(rejects) < MAX_TOLD_REJECTS:
                rejects.append(
                    {"location": rejected.location, "reason_code": rejected.reason_code, "reason": rejected.reason}
                )

        run = await self._pipeline.ingest(run, lambda spool: Reading.of_path(file.path, spool), on_rejected=remember)
        return FileTold(run, rejects)


async def _holding(held: ExitStack, work: "Awaitable[Answer]") -> Answer:
    with held:
        return await work


def _name_of(request: web.Request) -> str:
    """Return what the sender calls the one file of a body."""
    if name := request.match_info.get("name"):
        return name
    disposition = request.headers.get("Content-Disposition")
    if disposition is None:
        return ""
    return content_disposition_filename(parse_content_disposition(disposition)[1]) or ""


def _digest(content_type: str, files: list[Uploaded]) -> str:
    """Return what makes two requests the same."""
    digest = hashlib.blake2b(digest_size=16)
    for one in files:
        digest.update(f"{content_type}\n{one.name}\n{one.digest}\n".encode())
    return digest.hexdigest()
