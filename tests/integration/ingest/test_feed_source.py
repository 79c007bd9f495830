"""A feed as a source, against a small web server: what changed is taken once, and what is wrong is told."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import ClientTimeout, web
from aiohttp.test_utils import TestServer
from pydantic import SecretStr

from services.ingest.formats.feed_items import MAX_FEED_BYTES
from services.ingest.sources.feeds import fetching
from services.ingest.sources.feeds.fetching import GoneError
from services.ingest.sources.feeds.source import FeedSource
from services.ingest.sources.problems import WEB_PAGE
from shared.errors import RateLimitedError, RetryLaterError, SourceProblemError
from shared.testing.clock import ManualClock
from tests.integration.ingest.visiting import TODAY, HeldVisit, Killed

Handler = Callable[[web.Request], web.StreamResponse]


def feed(*numbers: int, session: str = "A") -> bytes:
    link = "https://patentscope.wipo.int/search/en/detail.jsf?docId=WO202400{0:04}&amp;_cid=P1-{1}-1"
    items = "".join(
        f"<item><title>WO/2024/00{n:04} - PUMP {n}</title><link>{link.format(n, session)}</link></item>"
        for n in numbers
    )
    return f'<rss version="2.0"><channel>{items}</channel></rss>'.encode()


def xml(body: bytes, **headers: str) -> web.Response:
    return web.Response(body=body, content_type="application/rss+xml", headers=headers)


class Site:
    """Answers with what ``answers`` says, path by path; notes what was asked."""

    def __init__(self) -> None:
        self.url = ""
        self.answers: dict[str, Handler] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append((request.path, dict(request.headers)))
        return self.answers[request.path](request)

    async def stall(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"<rss>")
        await asyncio.sleep(0.5)
        return response


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(TODAY)


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    found = Site()
    app = web.Application()
    app.router.add_get("/stalls", found.stall)
    app.router.add_get("/{path:.*}", found.answer)
    async with TestServer(app) as server:
        found.url = str(server.make_url("")).rstrip("/")
        yield found


@pytest.fixture
def source(site: Site, clock: ManualClock) -> FeedSource:
    url = SecretStr(f"{site.url}/feed")
    return FeedSource("wipo", url, every=timedelta(hours=1), clock=clock)


async def test_only_what_is_new_is_handed_over(site: Site, source: FeedSource, clock: ManualClock) -> None:
    visit = HeldVisit(clock)
    site.answers["/feed"] = lambda _: xml(feed(2, 1))
    await source.visit(visit)
    site.answers["/feed"] = lambda _: xml(feed(3, 2, 1, session="B"))
    await source.visit(visit)
    await source.visit(visit)
    first, second = (content for _, content in visit.taken)
    assert (b"PUMP 1" in first, b"PUMP 2" in first, b"PUMP 3" in first) == (True, True, False)
    assert (b"PUMP 1" in second, b"PUMP 2" in second, b"PUMP 3" in second) == (False, False, True)


async def test_the_server_hears_what_it_said_and_need_not_send_the_same_again(
    site: Site, source: FeedSource, clock: ManualClock
) -> None:
    def answer(request: web.Request) -> web.Response:
        if request.headers.get("If-None-Match") == '"1"':
            return web.Response(status=304)
        return xml(feed(1), ETag='"1"', **{"Last-Modified": "Tue, 20 Jan 2026 00:00:00 GMT"})

    site.answers["/feed"] = answer
    visit = HeldVisit(clock)
    for _ in range(3):
        await source.visit(visit)
    assert len(visit.taken) == 1
    assert [asked.get("If-Modified-Since") for _, asked in site.asked] == [None, *["Tue, 20 Jan 2026 00:00:00 GMT"] * 2]


async def test_a_process_that_dies_repeats_the_same_input_and_leaves_nothing_out(
    site: Site, source: FeedSource, clock: ManualClock
) -> None:
    site.answers["/feed"] = lambda _: xml(feed(1), ETag='"1"')
    visit = HeldVisit(clock)
    visit.dies_after = 1
    with pytest.raises(Killed):
        await source.visit(visit)
    await source.visit(visit)
    assert visit.taken[0] == visit.taken[1]
    assert "If-None-Match" not in site.asked[1][1]


async def test_a_feed_that_moved_for_good_is_asked_where_it_is(
    site: Site, source: FeedSource, clock: ManualClock
) -> None:
    site.answers["/feed"] = lambda _: web.Response(status=301, headers={"Location": "/new"})
    site.answers["/new"] = lambda _: xml(feed(1))
    visit = HeldVisit(clock)
    await source.visit(visit)
    await source.visit(visit)
    assert [path for path, _ in site.asked] == ["/feed", "/new", "/new"]
    assert "新地址" in await source.check()


async def test_a_feed_that_moved_for_a_while_is_asked_where_it_was(
    site: Site, source: FeedSource, clock: ManualClock
) -> None:
    site.answers["/feed"] = lambda _: web.Response(status=302, headers={"Location": "/new"})
    site.answers["/new"] = lambda _: xml(feed(1))
    visit = HeldVisit(clock)
    await source.visit(visit)
    await source.visit(visit)
    assert [path for path, _ in site.asked] == ["/feed", "/new"] * 2


async def test_a_move_for_good_into_nothing_is_taken_back(site: Site, source: FeedSource, clock: ManualClock) -> None:
    site.answers["/feed"] = lambda _: web.Response(status=308, headers={"Location": "/new"})
    site.answers["/new"] = lambda _: xml(feed(1))
    visit = HeldVisit(clock)
    await source.visit(visit)
    site.answers |= {"/feed": lambda _: xml(feed(2)), "/new": lambda _: web.Response(status=404)}
    with pytest.raises(SourceProblemError):
        await source.visit(visit)
    await source.visit(visit)
    assert [path for path, _ in site.asked] == ["/feed", "/new", "/new", "/feed"]


async def test_a_feed_that_is_gone_is_not_asked_again_until_its_address_changes(
    site: Site, source: FeedSource, clock: ManualClock
) -> None:
    site.answers["/feed"] = lambda _: web.Response(status=410)
    visit = HeldVisit(clock)
    for _ in range(2):
        with pytest.raises(GoneError, match="ZHITUI_FEEDS"):
            await source.visit(visit)
    assert len(site.asked) == 1
    site.answers["/other"] = lambda _: xml(feed(1))
    other = SecretStr(f"{site.url}/other")
    await FeedSource("wipo", other, every=timedelta(hours=1), clock=clock).visit(visit)
    assert len(visit.taken) == 1


@pytest.mark.parametrize(
    ("status", "headers", "error", "seconds"),
    [
        (429, {"Retry-After": "120"}, RateLimitedError, 120.0),
        (503, {"Retry-After": "Tue, 20 Jan 2026 02:10:00 GMT"}, RetryLaterError, 600.0),
        (503, {"Retry-After": "1000000000"}, RetryLaterError, 86400.0),
        (500, {"Retry-After": "soon"}, RetryLaterError, None),
    ],
)
async def test_a_feed_that_cannot_now_is_asked_later(  # noqa: PLR0917 - a table's columns
    site: Site,
    source: FeedSource,
    clock: ManualClock,
    status: int,
    headers: dict[str, str],
    error: type[RetryLaterError],
    seconds: float | None,
) -> None:
    site.answers["/feed"] = lambda _: web.Response(status=status, headers=headers)
    with pytest.raises(error) as raised:
        await source.visit(HeldVisit(clock))
    assert raised.value.after_seconds == seconds


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda _: web.Response(text="<html><script>challenge()</script></html>", content_type="text/html"), WEB_PAGE),
        (lambda _: web.Response(status=403, text="<html>", content_type="text/html"), WEB_PAGE),
        (lambda _: web.Response(status=401), "401"),
        (lambda _: web.Response(status=404), "404"),
        (lambda _: web.Response(status=418), "418"),
        (lambda _: web.Response(text="{}", content_type="application/json"), "不是 RSS 或 Atom"),
        (lambda _: xml(b"x" * (MAX_FEED_BYTES + 1)), "2 MiB"),
        (lambda _: web.Response(status=302, headers={"Location": "/feed"}), "绕来绕去"),
        (lambda _: web.Response(status=302, headers={"Location": "file:///etc/passwd"}), "不安全"),
        (lambda _: web.Response(status=302), "不安全"),
        (lambda _: web.Response(status=302, headers={"Location": "http://["}), "不安全"),
        (lambda _: web.Response(status=302, headers={"Location": "http://a:99999/"}), "不是网址"),
        (lambda _: web.Response(status=302, headers={"Location": "http://169.254.169.254/latest"}), "内部网络"),
        (lambda _: web.Response(status=302, headers={"Location": "http://[::1]:9/"}), "内部网络"),
        (lambda _: web.Response(status=302, headers={"Location": "http://localhost:9/"}), "内部网络"),
    ],
)
async def test_what_is_wrong_with_a_feed_is_told(
    answer: Handler, words: str, site: Site, source: FeedSource, clock: ManualClock
) -> None:
    site.answers["/feed"] = answer
    with pytest.raises(SourceProblemError) as raised:
        await source.visit(HeldVisit(clock))
    assert words in str(raised.value)


async def test_a_feed_that_stalls_is_not_waited_for(
    site: Site, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "TIMEOUT", ClientTimeout(total=0.1))
    stalling = FeedSource("x", SecretStr(f"{site.url}/stalls"), every=timedelta(hours=1), clock=clock)
    with pytest.raises(RetryLaterError, match="TimeoutError"):
        await stalling.visit(HeldVisit(clock))


async def test_what_an_error_says_never_holds_the_key_in_the_address(clock: ManualClock) -> None:
    url = SecretStr("http://127.0.0.1:1/feed?key=geheim")
    with pytest.raises(RetryLaterError) as raised:
        await FeedSource("x", url, every=timedelta(hours=1), clock=clock).visit(HeldVisit(clock))
    told: Any = raised.value
    assert "geheim" not in f"{told} {told.__cause__}"
