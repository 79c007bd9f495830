"""Asking OPS: the token, the pace, the answers.

One object a source, for the process's life. Requests are seconds apart, so each opens a connection of its own.
"""

from base64 import b64encode
from typing import TYPE_CHECKING, NamedTuple

import aiohttp
import msgspec

from services.ingest.formats.unrecognised import is_web_page
from services.ingest.sources.http_answers import read_whole
from services.ingest.sources.ops.refusals import is_nothing_found, is_stale_token, refusal
from services.ingest.sources.ops.throttle import Throttle, retry_seconds
from services.ingest.sources.problems import WEB_PAGE
from shared.errors import RateLimitedError, RetryLaterError, SourceProblemError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from pydantic import SecretStr

    from shared.clock import Clock

TOKEN_PATH = "/3.2/auth/accesstoken"  # noqa: S105 - an address
SERVICES_PATH = "/3.2/rest-services"
TIMEOUT_SECONDS = 90.0
MAX_ANSWER_BYTES = 64 * 1024 * 1024
"""A hundred bibliographic records with abstracts are about 2 MiB; a large family with its legal events some more."""

LONGEST_WAIT_SECONDS = 90.0
"""A pause that OPS asks for is kept within a visit up to so long; a longer one ends the visit, which goes on later."""

_TOKEN_MARGIN_SECONDS = 60.0
_TRIES = 3
_OK, _SERVER = 200, 500


class _Token(msgspec.Struct):
    access_token: str
    expires_in: int
    """Seconds; OPS writes it as text."""


class _Answer(NamedTuple):
    status: int
    headers: "Mapping[str, str]"
    body: bytes


class Access:
    """Talks to OPS with one account.

    Attributes:
        week_used_bytes: how much of the week's quota OPS says is used; ``None`` before it said so.
    """

    def __init__(self, base_url: str, key: str, secret: "SecretStr", clock: "Clock") -> None:
        self.week_used_bytes: int | None = None
        self._base_url = base_url.rstrip("/")
        self._key = key
        self._secret = secret
        self._clock = clock
        self._throttle = Throttle()
        self._token = ""
        self._token_until = 0.0

    async def get(
        self, path: str, *, query: "Mapping[str, str]", service: str, pause: "Callable[[float], Awaitable[None]]"
    ) -> bytes | None:
        """Return an answer's body, ``None`` when OPS has nothing.

        Args:
            path: after ``/rest-services``.
            query: the parameters.
            service: which of ``X-Throttling-Control`` counts the request (``search``, ``inpadoc`` ...).
            pause: waits; ends early when the process is to stop.

        Raises:
            RetryLaterError: it cannot be had now; `TooLargeError`: not so much at a time.
            SourceProblemError: the operator must do something.
        """
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT_SECONDS)) as session:
            tries = 1
            while True:
                await self._keep_pace(service, pause)
                token = await self._valid_token(session)
                answer = await self._ask(session, path, query, token, service)
                if answer.status == _OK:
                    if is_web_page(answer.body):
                        raise SourceProblemError(WEB_PAGE)
                    return answer.body
                if is_nothing_found(answer.status, answer.body):
                    return None
                stale = is_stale_token(answer.status, answer.body)
                if stale:
                    self._token_until = 0.0
                if tries == _TRIES or not (stale or answer.status >= _SERVER):
                    raise refusal(*answer)
                tries += 1

    async def _keep_pace(self, service: str, pause: "Callable[[float], Awaitable[None]]") -> None:
        seconds = self._throttle.wait_seconds(service, self._now())
        if seconds > LONGEST_WAIT_SECONDS:
            raise RateLimitedError("OPS 要求放慢速度，知推会等一会儿再取。", after_seconds=seconds)
        if seconds > 0:
            await pause(seconds)

    async def _ask(
        self, session: aiohttp.ClientSession, path: str, query: "Mapping[str, str]", token: str, service: str
    ) -> _Answer:
        self._throttle.called(service, self._now())
        request = session.get(
            f"{self._base_url}{SERVICES_PATH}{path}",
            params=query,
            headers={"Authorization": f"Bearer {token}", "Accept": "application/xml"},
            allow_redirects=False,
        )
        answer = await _answer_of(request)
        if control := answer.headers.get("X-Throttling-Control"):
            self._throttle.observe(control, answer.headers.get("Retry-After"), self._now())
        used = answer.headers.get("X-RegisteredQuotaPerWeek-Used", "")
        if used.isascii() and used.isdigit():
            self.week_used_bytes = int(used)
        return answer

    async def _valid_token(self, session: aiohttp.ClientSession) -> str:
        if self._now() < self._token_until:
            return self._token
        login = b64encode(f"{self._key}:{self._secret.get_secret_value()}".encode()).decode()
        request = session.post(
            self._base_url + TOKEN_PATH,
            data={"grant_type": "client_credentials"},
            headers={"Authorization": f"Basic {login}", "Accept": "application/json"},
            allow_redirects=False,
        )
        answer = await _answer_of(request)
        if answer.status != _OK:
            raise _no_token(answer)
        try:
            token = msgspec.json.decode(answer.body, type=_Token, strict=False)
        except msgspec.DecodeError:
            raise SourceProblemError(
                "OPS 的登录地址没有给出令牌。请检查 ZHITUI_OPS_BASE_URL，以及网络里有没有要先登录的网关。"
            ) from None
        self._token = token.access_token
        self._token_until = self._now() + max(token.expires_in - _TOKEN_MARGIN_SECONDS, 1.0)
        return self._token

    def _now(self) -> float:
        return self._clock.now().timestamp()


async def _answer_of(request: "aiohttp.client._RequestContextManager") -> _Answer:
    try:
        async with request as response:
            body = await read_whole(response, limit_bytes=MAX_ANSWER_BYTES)
            if body is None:
                raise SourceProblemError("OPS 的一个应答超过 64 MiB，没有收。请缩小 ZHITUI_OPS_QUERY，或报告给开发者。")
            return _Answer(response.status, response.headers, body)
    except (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError):
        raise SourceProblemError("ZHITUI_OPS_BASE_URL 不是网址；请写成 https://ops.epo.org 这样的地址。") from None
    except (aiohttp.ClientError, TimeoutError) as error:
        # The request carries the login: what is told of it is the kind of error alone.
        raise RetryLaterError(
            f"连不上 OPS（{type(error).__name__}）。请检查网络和 ZHITUI_OPS_BASE_URL；知推会再试。"
        ) from None


def _no_token(answer: _Answer) -> RetryLaterError | SourceProblemError:
    if answer.status >= _SERVER:
        return RetryLaterError(
            f"OPS 的登录暂时不能用（HTTP {answer.status}），知推会再试。",
            after_seconds=retry_seconds(answer.headers.get("Retry-After")),
        )
    if is_web_page(answer.body):
        return SourceProblemError(WEB_PAGE)
    return SourceProblemError(
        f"OPS 不接受账号（HTTP {answer.status}）。请检查 ZHITUI_OPS_KEY 和 ZHITUI_OPS_SECRET；在 developers.epo.org 的 My Apps 里可以看到。"
    )
