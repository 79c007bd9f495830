"""A request to an endpoint, from its headers to its answer."""

import hashlib
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import msgspec
from aiohttp import web

from services.portal.api.endpoint import JSON_LINES, Ask
from services.portal.api.files import FileAnswer
from services.portal.api.idempotency import Once
from services.portal.api.kept import Kept
from services.portal.api.languages import language_of
from services.portal.api.paging import Cursors
from services.portal.api.problems import fault, not_now, problem
from services.portal.api.reading import JSON, asked
from services.portal.api.tags import revision_in, tag
from services.portal.desk.refusals import InvalidError, NotSignedInError, RefusalError, Text
from shared.errors import InvalidInputError, MisconfiguredError, RetryLaterError, ZhituiError
from shared.ids import stable_id
from shared.logs import get_logger

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping

    from services.portal.access.gate import AccessGate, Caller
    from services.portal.api.endpoint import Endpoint
    from services.portal.desk.actor import Actor
    from services.portal.desk.desk import Desk

NO_STORE = {"Cache-Control": "no-store"}

_NO_TOKEN = Text(
    "请在 Authorization 里带上有效的令牌：Authorization: Bearer zhitui_…。",
    "Send a token that is valid: Authorization: Bearer zhitui_….",
)

_UNTAKABLE = "What was asked cannot be answered; a position may be none, or a text too long."

log = get_logger("api")


@dataclass(frozen=True, slots=True)
class Server:
    """Answers requests to endpoints."""

    desk: "Desk"
    gate: "AccessGate"
    once: Once
    cursors: Cursors

    async def answer(self, endpoint: "Endpoint", request: web.Request) -> web.StreamResponse:
        """Return the answer to a request; whatever goes wrong is a problem document."""
        language = language_of(request.headers.getall("Accept-Language", ()))
        told: Mapping[str, str] = {}
        try:
            caller = await self.gate.caller(request)
            told = caller.allowance.headers
            response = await self._done(endpoint, request, caller, language)
        except RefusalError as error:
            response = problem(error, language)
        except InvalidInputError as error:  # of who answers questions about the past: its sentence is for whoever asked
            response = problem(InvalidError(text=Text(str(error), _UNTAKABLE)), language)
        except RetryLaterError as error:
            log.warning("api_not_now", path=endpoint.path, error=str(error))
            response = not_now(error.after_seconds, language)
        except MisconfiguredError as error:
            log.error("api_not_set_up", path=endpoint.path, error=str(error))  # noqa: TRY400 - its sentence says it all
            response = not_now(None, language)
        except Exception:
            log.exception("api_fault", method=endpoint.method, path=endpoint.path)
            response = fault(language)
        if not response.prepared:
            response.headers.update({**NO_STORE, **told})
        return response

    async def _done(
        self, endpoint: "Endpoint", request: web.Request, caller: "Caller", language: str
    ) -> web.StreamResponse:
        if caller.actor is None:
            raise NotSignedInError("not-signed-in", _NO_TOKEN)
        actor = caller.actor
        if endpoint.needs is not None:
            actor.need(endpoint.needs)
        arguments, raw = await asked(endpoint, request)
        revision = revision_in(request.headers.getall("If-Match", [])) if endpoint.edits else 0
        ask = Ask(desk=self.desk, actor=actor, cursors=self.cursors, revision=revision, language=language)
        if endpoint.streams:
            lines = endpoint.work(ask, **arguments)
            return await _streamed(request, lines, {**NO_STORE, **caller.allowance.headers})
        key = self.once.key_of(request) if endpoint.makes else None
        if key is None:
            return _kept(endpoint, request.path, await endpoint.work(ask, **arguments)).response()
        return await self._done_once(endpoint, request, ask, arguments, key=key, raw=raw)

    async def _done_once(
        self, endpoint: "Endpoint", request: web.Request, ask: Ask, arguments: dict[str, Any], *, key: str, raw: bytes
    ) -> web.StreamResponse:
        place = [_who(ask.actor), endpoint.method, request.path, key]
        digest = hashlib.sha256(raw).hexdigest()
        named = replace(ask, actor=replace(ask.actor, request=stable_id("api", *place, digest)))

        async def work() -> Kept:
            return _kept(endpoint, request.path, await endpoint.work(named, **arguments))

        return (await self.once.answer(place, digest, work)).response()


def _who(actor: "Actor") -> str:
    return f"{actor.organisation_id}/{actor.account_id}"


def _kept(endpoint: "Endpoint", path: str, answer: Any) -> Kept:  # noqa: ANN401 - whatever the endpoint's type is
    """Return an answer as it goes out; what has a revision tells it as its tag."""
    if answer is None:
        return Kept(status=endpoint.status)
    if isinstance(answer, FileAnswer):
        return Kept(status=endpoint.status, body=answer.content, content_type=answer.media_type, headers=answer.headers)
    headers = {}
    revision = getattr(answer, "revision", None)
    if revision is not None:
        headers["ETag"] = tag(revision)
    if endpoint.status == web.HTTPCreated.status_code:
        headers["Location"] = f"{path}/{answer.id}"
    return Kept(status=endpoint.status, body=msgspec.json.encode(answer), content_type=JSON, headers=headers)


async def _streamed(
    request: web.Request, lines: "AsyncGenerator[Any]", headers: "Mapping[str, str]"
) -> web.StreamResponse:
    """Send line by line; what is refused before the first line is a problem like any other.

    After that the connection ends without the last chunk when something goes wrong, so that nobody takes a part for all.
    """
    async with aclosing(lines):
        first = await anext(lines)
        response = web.StreamResponse(headers=dict(headers))
        response.content_type = JSON_LINES
        await response.prepare(request)
        try:
            await response.write(msgspec.json.encode(first) + b"\n")
            async for line in lines:
                await response.write(msgspec.json.encode(line) + b"\n")
            await response.write_eof()
        except ConnectionError:
            _break_off(request)  # as whoever asked did
        except ZhituiError as error:
            log.warning("api_stream_broken", path=request.path, error=str(error))
            _break_off(request)
        except Exception:
            log.exception("api_fault", method=request.method, path=request.path)
            _break_off(request)
    return response


def _break_off(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()
