"""OPS as a source: the operator's search, day by day of publication, page by page."""

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from services.ingest.sources.ops.refusals import TooLargeError
from services.ingest.sources.ops.windows import MOST_RESULTS, PAGE_RESULTS, place_of
from shared.errors import RetryLaterError, SourceProblemError

if TYPE_CHECKING:
    from datetime import date
    from zoneinfo import ZoneInfo

    from services.ingest.sources.ops.access import Access
    from services.ingest.sources.ops.windows import Place
    from services.ingest.sources.scheduled import Visit
    from shared.clock import Clock

NAME = "ops"
SEARCH_PATH = "/published-data/search/biblio"
_LOOKED_BACK_DAYS = 30
_HEAD_BYTES = 64 * 1024
_TOTAL = re.compile(rb"<(?:\w+:)?biblio-search\b[^>]*?\btotal-result-count=\"(\d{1,9})\"")
_DOCUMENT = re.compile(rb"<(?:\w+:)?exchange-document\b([^>]*)>")
_ATTRIBUTE = re.compile(rb"\b(country|doc-number|kind)=\"(\w{1,20})\"")


class OpsSource:
    """Visits the search.

    Args:
        query: CQL, without a date.
        back_days: how many days before its last end each walk begins: OPS loads many publications late.
        legal_events: whether to ask for family and legal events of every publication found, one request each.
    """

    name = NAME
    kind = "ops"

    def __init__(
        self,
        access: "Access",
        *,
        query: str,
        every: timedelta,
        back_days: int,
        legal_events: bool,
        clock: "Clock",
        zone: "ZoneInfo",
    ) -> None:
        self.every = every
        self._access = access
        self._query = query
        self._back_days = back_days
        self._legal_events = legal_events
        self._clock = clock
        self._zone = zone

    async def visit(self, visit: "Visit") -> None:
        """Walk over the days since the last time, and some before."""
        place: Place | None = place_of(visit.cursor, self._query, self._today(), self._back_days)
        page_results = PAGE_RESULTS
        too_many = ""
        while place is not None and not visit.stop.is_set():
            try:
                body = await self._search(visit, place, page_results)
            except TooLargeError:
                if page_results == 1:
                    raise
                page_results = max(page_results // 4, 1)
                continue
            total = 0 if body is None else _total(body)
            if total > MOST_RESULTS and place.first == 1:
                if place.days > 1:
                    place = place.halved()
                    continue
                too_many = f"{place.since:%Y-%m-%d} 有 {total} 件，"
            if body is not None:
                last = min(place.first + page_results - 1, total)
                await visit.take(f"{place.since:%Y%m%d}-{place.until:%Y%m%d} {place.first}-{last}.xml", body)
                if self._legal_events:
                    await self._take_legal_events(visit, body)
            following = place.after(total, page_results)
            await visit.remember(place.finished() if following is None else following.cursor())
            place = following
        if too_many:
            raise SourceProblemError(
                f"{too_many}OPS 一天一个查询最多给 {MOST_RESULTS} 件，其余没有取到。"
                "请把 ZHITUI_OPS_QUERY 缩小，例如加上 pa= 或 ipc= 条件。"
            )

    async def check(self) -> str:
        """Count what the query finds."""
        today = self._today()
        place = place_of({}, self._query, today, _LOOKED_BACK_DAYS)

        async def do_not_wait(seconds: float) -> None:
            raise RetryLaterError(f"OPS 要求等 {seconds:.0f} 秒再问。", after_seconds=seconds)

        body = await self._access.get(
            SEARCH_PATH, query={"q": place.cql(self._query), "Range": "1-1"}, service="search", pause=do_not_wait
        )
        total = 0 if body is None else _total(body)
        used = self._access.week_used_bytes
        quota = "" if used is None else f"本周已用流量 {used / 1024**2:,.0f} MiB。"
        if not total:
            return f"OPS 可以访问，但最近 {_LOOKED_BACK_DAYS} 天没有符合查询式的公开；请检查 ZHITUI_OPS_QUERY。{quota}"
        return f"OPS 可以访问；最近 {_LOOKED_BACK_DAYS} 天有 {total} 件公开符合查询式。{quota}"

    async def _search(self, visit: "Visit", place: "Place", page_results: int) -> bytes | None:
        last = min(place.first + page_results - 1, MOST_RESULTS)
        query = {"q": place.cql(self._query), "Range": f"{place.first}-{last}"}
        return await self._access.get(SEARCH_PATH, query=query, service="search", pause=visit.pause)

    async def _take_legal_events(self, visit: "Visit", page: bytes) -> None:
        for found in _DOCUMENT.finditer(page):
            parts = {name: value.decode() for name, value in _ATTRIBUTE.findall(found[1])}
            if len(parts) < 3 or visit.stop.is_set():  # noqa: PLR2004 - country, number, kind
                continue
            number = ".".join(parts[name] for name in (b"country", b"doc-number", b"kind"))
            path = f"/family/publication/docdb/{number}/legal"
            body = await self._access.get(path, query={}, service="inpadoc", pause=visit.pause)
            if body is not None:
                await visit.take(f"{number} legal.xml", body)

    def _today(self) -> "date":
        return self._clock.now().astimezone(self._zone).date()


def _total(body: bytes) -> int:
    found = _TOTAL.search(body[:_HEAD_BYTES])
    if found is None:
        raise SourceProblemError(
            "OPS 的应答里没有检索结果，格式可能变了，或被代理改写。请用 zhitui source check ops 再试，仍然这样就报告给开发者。"
        )
    return int(found[1])
