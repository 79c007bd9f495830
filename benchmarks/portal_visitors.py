"""People and programs at the portal: what they ask for, and how soon they are answered."""

import gzip
import random
import re
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import aiohttp
import msgspec
import numpy as np

from benchmarks.portal_city import LARGE, PASSWORD, City, email_of, token_of
from shared.wire.profile import Profile

LISTS = ("/inbox", "/profiles", "/destinations", "/subscriptions", "/fields")
API_LISTS = tuple(
    f"/api/v1/{thing}" for thing in ("profiles", "matches", "destinations", "subscriptions", "deliveries", "fields")
)
LARGE_ONES = 0.01
"""Share of requests from large organisations, far more than there are of them."""

_LIVE = frozenset({"count", "examples", "words"})
"""What the editor asks for beside its page."""

_CSRF = re.compile(r'X-CSRF-Token": "([^"]+)"')
_REFUSED = 400

Fields = list[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request of a member; ``more`` as `aiohttp.ClientSession.request` takes it."""

    member: int
    method: str
    path: str
    more: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, as it was transferred."""

    raw: bytes
    is_packed: bool

    @property
    def body(self) -> bytes:
        """It unpacked: work that the visitors do only where they read."""
        return gzip.decompress(self.raw) if self.is_packed else self.raw


@dataclass(frozen=True, slots=True)
class Editor:
    """A profile that a member has open; ``fields``: its form with the token."""

    member: int
    path: str
    token: str
    fields: Fields


@dataclass(slots=True)
class Times:
    """How long answers took, by route: seconds until the last byte, and bytes as they were transferred; and what went wrong."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    sizes: dict[str, list[int]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)

    def figure(self, route: str) -> str:
        """Return a route's median and 99th percentile."""
        some = [1e3 * one for one in self.seconds[route]]
        return f"median {np.median(some):,.0f} ms, p99 {np.percentile(some, 99):,.0f} ms"


class Visitors:
    """Members with their cookies, each behind an address of its own.

    Args:
        http: keeps no cookies and unpacks nothing by itself.
        address: of the portal.
        city: whose members they are.
        profiles: that they try.
    """

    def __init__(self, http: aiohttp.ClientSession, address: str, city: City, profiles: Sequence[Profile]) -> None:
        self._http, self._address, self._city, self._profiles = http, address, city, profiles
        self._chance = random.Random(5)
        self._editors: deque[Editor] = deque(maxlen=500)
        self.times = Times()

    def somebody(self, *, large: bool | None = None) -> int:
        """Return a member of a large organisation or of another; ``None``: of either kind."""
        if large is None:
            large = self._chance.random() < LARGE_ONES
        return self._chance.randrange(LARGE) if large else self._chance.randrange(LARGE, self._city.accounts)

    async def do(self, route: str, member: int, *, called: str = "", late_seconds: float = 0.0) -> None:
        """Do one thing and note how long the answer took.

        Args:
            route: a path, or one of ``count``, ``edit``, ``examples``, ``words``, ``save``, ``preview``, ``backtest``, ``search``.
            member: who does it.
            called: what it is noted under, ``""``: the route.
            late_seconds: how long it should have been sent already.
        """
        try:
            request = await self._prepared(route, member)
            began = time.perf_counter()
            answer = await self.ask(request)
        except (aiohttp.ClientError, TimeoutError) as error:
            self.times.errors.append(f"{route}: {error!r}")
            return
        name = called or route
        self.times.seconds.setdefault(name, []).append(time.perf_counter() - began + late_seconds)
        self.times.sizes.setdefault(name, []).append(len(answer.raw))
        if route == "edit":
            self._open(request, answer.body.decode())

    async def ask(self, request: Request, cookies: str = "") -> Answer:
        """Send a request and return its answer. What is refused is noted."""
        member = request.member
        headers = {
            "Accept-Encoding": "gzip",
            "Cookie": cookies or f"session={token_of(member)}",
            "X-Forwarded-For": f"10.{member >> 16 & 255}.{member >> 8 & 255}.{member & 255}",
        }
        more = {**request.more, "headers": {**headers, **request.more.get("headers", {})}}
        url = self._address + request.path
        async with self._http.request(request.method, url, allow_redirects=False, **more) as answer:
            found = Answer(await answer.read(), answer.headers.get("Content-Encoding") == "gzip")
            if answer.status >= _REFUSED:
                said = found.body[:200].decode()
                self.times.errors.append(f"{answer.status} {request.method} {request.path} {said}")
            return found

    async def sign_in(self, member: int) -> None:
        """Sign in by password, in a browser that was never here."""
        async with self._http.get(f"{self._address}/sign-in", headers={"Accept-Encoding": "identity"}) as answer:
            page = (await answer.read()).decode()
            guest = answer.cookies["guest"].value
        token = _CSRF.search(page)
        data = {"email": email_of(member), "password": PASSWORD, "csrf": token[1] if token else ""}
        began = time.perf_counter()
        await self.ask(Request(member=member, method="POST", path="/sign-in", more={"data": data}), f"guest={guest}")
        self.times.seconds.setdefault("sign-in", []).append(time.perf_counter() - began)

    async def _prepared(self, route: str, member: int) -> Request:
        word = str(self._a_profile().rules[0].groups[0][0])
        if route == "search":
            return Request(member=member, method="GET", path="/api/v1/publications", more={"params": {"text": word}})
        if route == "edit":
            path = f"/profiles/{self._chance.choice(self._city.profile_ids(member))}"
            return Request(member=member, method="GET", path=path)
        if route.startswith("/"):
            return Request(member=member, method="GET", path=route)
        editor = await self._editor(closes=route == "save")
        if route in {"preview", "backtest"}:
            return self._trial(editor, route)
        if route in _LIVE:
            typed = [*editor.fields, *([("add:0.groups.0", word)] if route == "count" else [])]
            more = {"data": typed, "headers": {"HX-Request": "true"}}
            return Request(member=editor.member, method="POST", path=f"/profiles/live/{route}", more=more)
        data = [*editor.fields, ("do", "save")]
        return Request(member=editor.member, method="POST", path=editor.path, more={"data": data})

    async def open_editors(self, count: int) -> None:
        """See to it that at least so many editors are open."""
        while len(self._editors) < count:
            request = await self._prepared("edit", self.somebody(large=False))
            self._open(request, (await self.ask(request)).body.decode())

    async def _editor(self, *, closes: bool) -> Editor:
        """Return one that is open; who saves leaves it, everybody else goes on in it later."""
        await self.open_editors(1)
        editor = self._editors.popleft()
        if not closes:
            self._editors.append(editor)
        return editor

    def _open(self, request: Request, page: str) -> None:
        token, form = _CSRF.search(page), _Form()
        form.feed(page)
        if token and form.fields:
            self._editors.append(Editor(request.member, request.path, token[1], form.fields))

    def _trial(self, editor: Editor, kind: str) -> Request:
        rules = msgspec.to_builtins(self._a_profile().rules)
        asked = {"profile": {"rules": rules}, **({"since": "2025-01-03"} if kind == "backtest" else {})}
        more = {"json": asked, "headers": {"X-CSRF-Token": editor.token}}
        return Request(member=editor.member, method="POST", path=f"/api/v1/trials/{kind}", more=more)

    def _a_profile(self) -> Profile:
        return self._chance.choice(self._profiles)


class _Form(HTMLParser):
    """Reads what a browser would send of the editor's form, but for its button."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: Fields = []
        self._is_inside = False
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag == "form":
            self._is_inside = said.get("id") == "editor"
        if not self._is_inside:
            return
        if tag == "select":
            self._select = said.get("name") or ""
        elif tag == "option" and "selected" in said:
            self.fields.append((self._select, said.get("value") or ""))
        elif (
            tag == "input" and said.get("name") and (said.get("type") not in {"checkbox", "radio"} or "checked" in said)
        ):
            self.fields.append((said["name"] or "", said.get("value") or ""))

    def handle_endtag(self, tag: str) -> None:
        self._is_inside = self._is_inside and tag != "form"
