"""OPS as a source: the operator's search, day by day of publication, page by page."""

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from services.ingest.sources.ops.refusals import TooLargeError
from services.ingest.sources.ops.windows import MOST_RESULTS, PAGE_RESULTS, Finished, place_of, written
from shared.errors import SourceProblemError
from shared.ids import stable_id

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from zoneinfo import ZoneInfo

    from services.ingest.sources.ops.access import Access
    from services.ingest.sources.ops.windows import Place
    from services.ingest.sources.scheduled import Visit
    from shared.clock import Clock

NAME = "ops"
SEARCH_PATH = "/published-data/search/biblio"
_NEXT = "next"
_LOOKED_BACK_DAYS = 30
_CHECKED_QUERIES = 5
_TOLD_TROUBLES = 5
_HEAD_BYTES = 64 * 1024
_TOTAL = re.compile(rb"<(?:\w+:)?biblio-search\b[^>]*?\btotal-result-count=\"(\d{1,9})\"")
_LEGAL_EVENT = re.compile(rb"<(?:\w+:)?legal\b")
_DOCUMENT = re.compile(rb"<(?:\w+:)?exchange-document\b([^>]*)>")
_ATTRIBUTE = re.compile(rb"\b(country|doc-number|kind)=\"(\w{1,20})\"")


class OpsSource:
    """Visits the searches, one after the other.

    The cursor holds for every query, under its digest, where its walk stands, and under ``next`` the query whose walk was
    broken off: a visit that goes on does not repeat the queries before it.

    Args:
        queries: CQL, without a date.
        back_days: how many days before its last end each walk begins: OPS loads many publications late.
        legal_events: whether to ask for the legal events of every publication found, one request each.
    """

    name = NAME
    kind = "ops"

    def __init__(
        self,
        access: "Access",
        *,
        queries: "Sequence[str]",
        every: timedelta,
        back_days: int,
        legal_events: bool,
        clock: "Clock",
        zone: "ZoneInfo",
    ) -> None:
        self.every = every
        self._access = access
        self._queries = {stable_id("q", query): query for query in queries}
        self._back_days = back_days
        self._legal_events = legal_events
        self._clock = clock
        self._zone = zone

    async def visit(self, visit: "Visit") -> None:
        """Walk with every query over the days since the last time, and some before."""
        keys = list(self._queries)
        broken_off = visit.cursor.get(_NEXT)
        begin = keys.index(broken_off) if broken_off in self._queries else 0
        troubles = []
        for number, key in enumerate(keys[begin:], begin):
            if visit.stop.is_set():
                return
            following = keys[number + 1] if number + 1 < len(keys) else None
            if (trouble := await self._walk(visit, key, following)) is not None:
                troubles.append(trouble)
        if troubles:
            raise SourceProblemError(
                f"{'；'.join(troubles[:_TOLD_TROUBLES])}；OPS 一天一个查询最多给 {MOST_RESULTS} 件，其余没有取到。"
                "请把 ZHITUI_OPS_QUERY 缩小，或拆成几行，例如加上 pa= 或 ipc= 条件。"
            )

    async def _walk(self, visit: "Visit", key: str, following_key: str | None) -> str | None:
        """Take what one query finds; return what could not be taken, for people."""
        query = self._queries[key]
        place: Place | None = place_of(visit.cursor.get(key), self._today(), self._back_days)
        page_results = PAGE_RESULTS
        trouble: str | None = None
        while place is not None and not visit.stop.is_set():
            try:
                body = await self._search(visit, query, place, page_results)
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
                trouble = f"“{query[:60]}”在 {place.since:%Y-%m-%d} 有 {total} 件"
            if body is not None:
                await visit.take(self._input_name(key, place, min(place.first + page_results - 1, total)), body)
                if self._legal_events:
                    await self._take_legal_events(visit, body)
            end, place = place.end, place.after(total, page_results)
            known = {name: value for name, value in visit.cursor.items() if name in self._queries}
            if place is None:
                known[key] = written(Finished(through=end))
                known |= {_NEXT: following_key} if following_key else {}
            else:
                known |= {key: written(place), _NEXT: key}
            await visit.remember(known)
        return trouble

    async def check(self) -> str:
        """Count what the first queries find."""
        today = self._today()
        total, empty = 0, []
        asked = list(self._queries.values())[:_CHECKED_QUERIES]
        for query in asked:
            place = place_of(None, today, _LOOKED_BACK_DAYS)
            body = await self._access.get(
                SEARCH_PATH,
                query={"q": place.cql(query), "Range": "1-1"},
                service="search",
                pause=self._clock.sleep,
            )
            total += (found := 0 if body is None else _total(body))
            if not found:
                empty.append(f"“{query[:60]}”")
        used = self._access.week_used_bytes
        quota = "" if used is None else f"本周已用流量 {used / 1024**2:,.0f} MiB。"
        told = f"OPS 可以访问；最近 {_LOOKED_BACK_DAYS} 天有 {total} 件公开符合"
        told += "查询式。" if len(asked) == len(self._queries) else f"前 {len(asked)} 条查询式。"
        if empty:
            told += f"没有找到任何公开的查询式：{'、'.join(empty)}；请检查 ZHITUI_OPS_QUERY。"
        return told + quota

    async def _search(self, visit: "Visit", query: str, place: "Place", page_results: int) -> bytes | None:
        last = min(place.first + page_results - 1, MOST_RESULTS)
        parameters = {"q": place.cql(query), "Range": f"{place.first}-{last}"}
        return await self._access.get(SEARCH_PATH, query=parameters, service="search", pause=visit.pause)

    def _input_name(self, key: str, place: "Place", last: int) -> str:
        number = f"{list(self._queries).index(key) + 1}: " if len(self._queries) > 1 else ""
        return f"{number}{place.since:%Y%m%d}-{place.until:%Y%m%d} {place.first}-{last}.xml"

    async def _take_legal_events(self, visit: "Visit", page: bytes) -> None:
        for found in _DOCUMENT.finditer(page):
            parts = {name: value.decode() for name, value in _ATTRIBUTE.findall(found[1])}
            if len(parts) < 3 or visit.stop.is_set():  # noqa: PLR2004 - country, number, kind
                continue
            number = ".".join(parts[name] for name in (b"country", b"doc-number", b"kind"))
            path = f"/legal/publication/docdb/{number}"
            body = await self._access.get(path, query={}, service="inpadoc", pause=visit.pause)
            if body is not None and _LEGAL_EVENT.search(body):  # most new publications have none yet
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
