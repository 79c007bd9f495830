"""A stand-in for EPO Open Patent Services: token, search by CQL and date, ranges, pace and quotas, on loopback.

Sources: OPS' OpenAPI description (paths, parameters, faults) and its reference guide 1.3 (token, ranges, 2,000 results,
throttling, quotas); what a body looks like was learnt from recorded answers.
"""

import base64
import re
from collections import defaultdict, deque
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from aiohttp import web

from shared.testing.loopback import LoopbackServer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from shared.clock import Clock

MOST_RESULTS = 2000
MOST_AT_A_TIME = 100
COUNTED_AT_MOST = 10_000
TOKEN_SECONDS = 1200
_LIMITS = {"images": 200, "inpadoc": 60, "other": 1000, "retrieval": 200, "search": 30}
_DATES = re.compile(r'\bpd\s*(?:within\s+"(\d{8})[ ,]+(\d{8})"|=\s*"?(\d{8})"?)')
_RANGE = re.compile(r"(\d+)-(\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A document that the service knows, by its docdb number."""

    country: str = "CN"
    number: str
    kind: str = "A"
    on: date
    title: str = "Battery pack"
    applicant: str = "EXAMPLE CORP"
    legal_codes: tuple[str, ...] = ()
    """INPADOC's codes of its legal events, all of the day of publication."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer that is not the usual one."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


class FakeOps(LoopbackServer):
    """The server; use it as an async context.

    Attributes:
        documents: what it knows; tests may add to it.
        script: answers that come, in order, before normal service is resumed; ``None`` serves one request as usual.
        searches: query and range of every search that was answered with results, or with none.
        asked_for: paths of all other requests for data.
        tokens: how many were given.
        limits: requests a minute by service.
        hour_bytes, week_bytes: quotas.
    """

    def __init__(self, *, clock: "Clock", key: str, secret: str, documents: "Iterable[Published]" = ()) -> None:
        self.documents = list(documents)
        self.script: deque[Answer | None] = deque()
        self.searches: list[tuple[str, str]] = []
        self.asked_for: list[str] = []
        self.tokens = 0
        self.limits = dict(_LIMITS)
        self.hour_bytes = 450 * 1024**2
        self.week_bytes = 4 * 1024**3
        self._used_bytes = 0
        self._clock = clock
        self._login = "Basic " + base64.b64encode(f"{key}:{secret}".encode()).decode()
        self._valid: dict[str, float] = {}
        self._calls: defaultdict[str, deque[float]] = defaultdict(deque)
        app = web.Application()
        app.router.add_post("/3.2/auth/accesstoken", self._give_token)
        app.router.add_get("/3.2/rest-services/published-data/search/biblio", self._search)
        app.router.add_get("/3.2/rest-services/legal/publication/docdb/{number}", self._legal)
        super().__init__(app)

    def forget_tokens(self) -> None:
        """Let every token that was given be over."""
        self._valid.clear()

    async def _give_token(self, request: web.Request) -> web.Response:
        form = await request.post()
        if request.headers.get("Authorization") != self._login or form.get("grant_type") != "client_credentials":
            return web.json_response({"ErrorCode": "invalid_client", "Error": "ClientId is Invalid"}, status=401)
        self.tokens += 1
        token = f"token-{self.tokens}"
        self._valid[token] = self._now() + TOKEN_SECONDS
        # The service writes the number as text.
        return web.json_response({"access_token": token, "token_type": "BearerToken", "expires_in": str(TOKEN_SECONDS)})

    async def _search(self, request: web.Request) -> web.Response:
        if (refused := self._refuse(request, "search")) is not None:
            return refused
        query, asked = request.query.get("q", ""), request.query.get("Range", "1-25")
        bounds = _RANGE.fullmatch(asked)
        if not query or bounds is None:
            return self._fault(400, "CLIENT.InvalidQuery", "The request was not valid")
        first, last = int(bounds[1]), int(bounds[2])
        if not 1 <= first <= last <= MOST_RESULTS or last - first >= MOST_AT_A_TIME:
            return self._fault(400, "CLIENT.InvalidQuery", "The range is not supported")
        self.searches.append((query, asked))
        found = sorted((one for one in self.documents if _lies_in(one.on, query)), key=lambda one: (one.on, one.number))
        if not found:
            return self._fault(404, "SERVER.EntityNotFound", "No results found")
        return self._give(_result(query, found, first, last))

    async def _legal(self, request: web.Request) -> web.Response:
        if (refused := self._refuse(request, "inpadoc")) is not None:
            return refused
        number = request.match_info["number"]
        self.asked_for.append(number)
        known = next((one for one in self.documents if f"{one.country}.{one.number}.{one.kind}" == number), None)
        if known is None:
            return self._fault(404, "SERVER.EntityNotFound", "No results found")
        return self._give(_legal(known))

    def _refuse(self, request: web.Request, service: str) -> web.Response | None:
        if self.script and (scripted := self.script.popleft()) is not None:
            return web.Response(status=scripted.status, body=scripted.body, headers=scripted.headers)
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme != "Bearer" or self._valid.get(token, 0.0) <= self._now():
            return self._fault(400, "400", "invalid_access_token")
        calls, now = self._calls[service], self._now()
        while calls and calls[0] <= now - 60:
            calls.popleft()
        if len(calls) >= self.limits[service]:
            milliseconds = int((calls[0] + 60 - now) * 1000) + 1
            more = {"X-Rejection-Reason": "ThrottlingControlQuota", "Retry-After": str(milliseconds)}
            return self._fault(
                403, "403", "This request has been rejected due to the violation of Fair Use policy", more
            )
        calls.append(now)
        for reason, quota in (("IndividualQuotaPerHour", self.hour_bytes), ("RegisteredQuotaPerWeek", self.week_bytes)):
            if self._used_bytes >= quota:
                return self._fault(403, "403", "quota exceeded", {"X-Rejection-Reason": reason})
        return None

    def _give(self, body: bytes) -> web.Response:
        self._used_bytes += len(body)
        return web.Response(body=body, content_type="application/xml", headers=self._headers())

    def _fault(self, status: int, code: str, message: str, more: dict[str, str] | None = None) -> web.Response:
        body = f'<fault xmlns="http://ops.epo.org"><code>{code}</code><message>{message}</message></fault>'
        headers = self._headers() | (more or {})
        return web.Response(status=status, text=body, content_type="application/xml", headers=headers)

    def _headers(self) -> dict[str, str]:
        services = ", ".join(f"{name}={self._state(name)}" for name in sorted(self.limits))
        return {
            "X-Throttling-Control": f"idle ({services})",
            "X-IndividualQuotaPerHour-Used": str(self._used_bytes),
            "X-RegisteredQuotaPerWeek-Used": str(self._used_bytes),
        }

    def _state(self, service: str) -> str:
        limit, used = self.limits[service], len(self._calls[service])
        if used >= limit:
            return "black:0"
        colour = "green" if used < limit / 2 else "yellow" if used < limit * 3 / 4 else "red"
        return f"{colour}:{limit}"

    def _now(self) -> float:
        return self._clock.now().timestamp()


def _lies_in(day: date, query: str) -> bool:
    found = _DATES.search(query)
    if found is None:
        return True
    since, until = (found[1], found[2]) if found[1] else (found[3], found[3])
    return since <= f"{day:%Y%m%d}" <= until


def _result(query: str, found: list[Published], first: int, last: int) -> bytes:
    shown = "".join(_document(one) for one in found[first - 1 : last])
    total = min(len(found), COUNTED_AT_MOST)
    search = (
        f'<ops:biblio-search total-result-count="{total}"><ops:query syntax="CQL">{escape(query)}</ops:query>'
        f'<ops:range begin="{first}" end="{min(last, total)}"/><ops:search-result><exchange-documents>{shown}'
        "</exchange-documents></ops:search-result></ops:biblio-search>"
    )
    return _envelope(search)


def _document(one: Published) -> str:
    return (
        f'<exchange-document system="ops.epo.org" family-id="1" country="{one.country}" doc-number="{one.number}"'
        f' kind="{one.kind}"><bibliographic-data><publication-reference>{_reference(one)}</publication-reference>'
        '<parties><applicants><applicant sequence="1" data-format="original"><applicant-name>'
        f"<name>{escape(one.applicant)}</name></applicant-name></applicant></applicants></parties>"
        f'<invention-title lang="en">{escape(one.title)}</invention-title></bibliographic-data></exchange-document>'
    )


def _legal(one: Published) -> bytes:
    events = "".join(
        f'<ops:legal code="{code:<4}" desc="{code}" infl=" "><ops:L001EP>{one.country}</ops:L001EP>'
        f"<ops:L007EP>{one.on:%Y-%m-%d}</ops:L007EP><ops:L008EP>{code}</ops:L008EP></ops:legal>"
        for code in one.legal_codes
    )
    return _envelope(
        '<ops:patent-family legal="true" total-result-count="1"><ops:family-member family-id="1">'
        f"<publication-reference>{_reference(one)}</publication-reference>{events}"
        "</ops:family-member></ops:patent-family>"
    )


def _reference(one: Published) -> str:
    return (
        f'<document-id document-id-type="docdb"><country>{one.country}</country><doc-number>{one.number}</doc-number>'
        f"<kind>{one.kind}</kind><date>{one.on:%Y%m%d}</date></document-id>"
    )


def _envelope(content: str) -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8"?><ops:world-patent-data xmlns="http://www.epo.org/exchange"'
        f' xmlns:ops="http://ops.epo.org">{content}</ops:world-patent-data>'
    ).encode()
