"""Getting a feed: what changed since the last time, within limits of size and time, wherever it has moved to."""

from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urljoin, urlsplit

import aiohttp

from services.ingest.formats.feed_items import MAX_FEED_BYTES
from services.ingest.formats.unrecognised import is_web_page
from services.ingest.sources.http_answers import read_whole
from services.ingest.sources.problems import WEB_PAGE
from shared.errors import RateLimitedError, RetryLaterError, SourceProblemError
from shared.guarded_http import guarded_connector, is_forbidden
from shared.reach import is_for_everybody
from shared.retry_after import retry_seconds

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from multidict import CIMultiDictProxy

TIMEOUT = aiohttp.ClientTimeout(total=90.0, connect=20.0, sock_read=30.0)
MAX_REDIRECTS = 5
_HEADERS = {
    "User-Agent": "Zhitui (feed reader)",
    "Accept": "application/atom+xml, application/rss+xml, application/rdf+xml, application/xml;q=0.9, text/xml;q=0.9",
}
_OK, _UNCHANGED, _GONE, _TOO_MANY, _SERVER = 200, 304, 410, 429, 500
_PERMANENT, _TEMPORARY = frozenset({301, 308}), frozenset({302, 303, 307})
_REFUSED = {
    401: "订阅源要求登录（HTTP 401）。请核对地址里的用户名、密码或密钥。",
    403: "订阅源拒绝访问（HTTP 403）。请核对地址里的密钥；有的网站不许程序读取，那就停用这个订阅源。",
    404: "订阅源不在这个地址（HTTP 404）。请在浏览器里核对地址，改正 ZHITUI_FEEDS。",
}


class GoneError(SourceProblemError):
    """The feed will not come back (410)."""


class Fetched(NamedTuple):
    """What a feed answered.

    Attributes:
        body: ``None`` when nothing changed.
        etag, modified: to be told at the next time; ``""`` when the server says none.
        moved_to: where it is for good, ``""`` when it is where it was.
    """

    body: bytes | None
    etag: str = ""
    modified: str = ""
    moved_to: str = ""


async def fetch(url: str, *, trusted: str, etag: str, modified: str, now: "datetime") -> Fetched:
    """Fetch a feed.

    Args:
        url: where it is.
        trusted: the host that the operator named; others must be for everybody.
        etag: of the last answer; ``""`` asks for all of it.
        modified: likewise.
        now: for answers that name a moment.

    Raises:
        RetryLaterError: it cannot be had now.
        SourceProblemError: it cannot be had until somebody acts; `GoneError`: never again.
    """
    conditions = {"If-None-Match": etag, "If-Modified-Since": modified}
    headers = _HEADERS | {name: value for name, value in conditions.items() if value}
    moved_to, is_for_good = "", True
    for _ in range(MAX_REDIRECTS + 1):
        answer = await _ask(url, headers, trusted)
        if answer.status not in _PERMANENT | _TEMPORARY:
            return _fetched(answer, moved_to, now)
        target = _target(url, answer.headers.get("Location", ""))
        is_for_good = is_for_good and answer.status in _PERMANENT
        moved_to = target if is_for_good else moved_to
        url = target
    raise SourceProblemError("订阅源的地址绕来绕去（重定向超过 5 次）。请在浏览器里打开，改用最后的地址。")


class _Answer(NamedTuple):
    status: int
    headers: "CIMultiDictProxy[str]"
    body: bytes


async def _ask(url: str, headers: "Mapping[str, str]", trusted: str) -> _Answer:
    try:
        # A redirect that leads inside the house would have us fetch what the feed's owner cannot.
        named = urlsplit(url).hostname == trusted
        connector = guarded_connector((lambda _: True) if named else is_for_everybody)
        async with (
            aiohttp.ClientSession(connector=connector, timeout=TIMEOUT, headers=headers) as session,
            session.get(url, allow_redirects=False) as response,
        ):
            body = await read_whole(response, limit_bytes=MAX_FEED_BYTES)
            if body is None:
                raise SourceProblemError("订阅源超过 2 MiB，没有收。请缩小检索式的范围后重新订阅。")
            return _Answer(response.status, response.headers, body)
    except aiohttp.ClientConnectorCertificateError:
        raise SourceProblemError("订阅源的证书不可信，没有连接。请核对地址；证书过期时联系对方。") from None
    except aiohttp.InvalidURL:
        raise SourceProblemError("订阅源的地址不是网址。请改正 ZHITUI_FEEDS。") from None
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        if is_forbidden(error):
            raise SourceProblemError(
                "订阅源让知推去取内部网络的地址，没有照办。如果确实要从内网取，请把那个地址写进 ZHITUI_FEEDS。"
            ) from None
        # The address may hold a key: what is told of it is the kind of error alone.
        raise RetryLaterError(f"连不上订阅源（{type(error).__name__}）。请检查网络和地址；知推会再试。") from None


def _target(url: str, location: str) -> str:
    try:
        target = urljoin(url, location)
        old, new = urlsplit(url).scheme, urlsplit(target).scheme
    except ValueError:
        target, old, new = "", "", ""
    if not location or new not in {"http", "https"} or (old == "https" and new == "http"):
        raise SourceProblemError("订阅源转到了不安全的地址，没有跟过去。请在浏览器里打开，核对后改正 ZHITUI_FEEDS。")
    return target


def _fetched(answer: _Answer, moved_to: str, now: "datetime") -> Fetched:
    headers = answer.headers
    if answer.status == _UNCHANGED:
        return Fetched(None, moved_to=moved_to)
    if answer.status == _GONE:
        raise GoneError("订阅源已永久撤销（HTTP 410），知推不再访问。请从 ZHITUI_FEEDS 里删掉它，或换成新的地址。")
    if answer.status == _TOO_MANY or answer.status >= _SERVER:
        after = retry_seconds(headers.get("Retry-After", ""), now)
        raise (RateLimitedError if answer.status == _TOO_MANY else RetryLaterError)(
            f"订阅源暂时不能服务（HTTP {answer.status}），知推会再试。", after_seconds=after
        )
    if is_web_page(answer.body):
        raise SourceProblemError(WEB_PAGE)
    if answer.status != _OK:
        raise SourceProblemError(
            _REFUSED.get(answer.status, f"订阅源答复 HTTP {answer.status}。请在浏览器里核对地址，改正 ZHITUI_FEEDS。")
        )
    return Fetched(answer.body, headers.get("ETag", ""), headers.get("Last-Modified", ""), moved_to)
