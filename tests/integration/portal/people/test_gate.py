"""What browsers and programs get over HTTP."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from services.portal.access.gate import AccessGate
from services.portal.desk.actor import Actor, Permission
from services.portal.desk.desk import Desk
from services.portal.desk.refusals import RefusalError
from shared.filing.accounts import Account
from tests.people import PASSWORD

NAMES = {"session": "__Host-session", "guest": "__Host-guest", "device": "__Host-device"}


@dataclass
class Site:
    """A site of four pages behind the gate, and what its server has.

    Attributes:
        cookies: as a browser would hold them: https is told, but not spoken, so the client keeps them by hand.
    """

    session: aiohttp.ClientSession
    url: str
    cookies: dict[str, str]

    async def ask(
        self, method: str, path: str, *, data: dict[str, str] | None = None, headers: dict[str, str] | None = None
    ) -> aiohttp.ClientResponse:
        held = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        response = await self.session.request(method, self.url + path, headers=held | (headers or {}), data=data)
        for name, morsel in response.cookies.items():
            if morsel.value:
                self.cookies[name] = morsel.value
            else:
                self.cookies.pop(name, None)
        await response.read()
        return response

    async def form(self) -> str:
        return await (await self.ask("GET", "/form")).text()

    async def sign_in(self) -> aiohttp.ClientResponse:
        return await self.ask("POST", "/sign-in", data={"csrf": await self.form(), "password": PASSWORD})


def pages(desk: Desk) -> web.Application:
    gate = AccessGate(desk)

    def told(
        handler: Callable[[web.Request], Awaitable[web.Response]],
    ) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def answer(request: web.Request) -> web.Response:
            await gate.actor_of(request)
            try:
                if request.method == "POST" and not request.path.startswith("/api"):
                    gate.check_form(request, str((await request.post()).get("csrf", "")))
                response = await handler(request)
            except RefusalError as error:
                response = web.Response(status=error.status, text=error.code)
            gate.leave(request, response)
            return response

        return answer

    @told
    async def form(request: web.Request) -> web.Response:
        return web.Response(text=gate.form_token(request))

    @told
    async def sign_in(request: web.Request) -> web.Response:
        password = str((await request.post())["password"])
        account = await desk.sign_in.by_password(gate.visitor(request), "wang@example.cn", password)
        response = web.Response()
        await gate.sign_in(request, response, account, by="password")
        return response

    @told
    async def sign_out(request: web.Request) -> web.Response:
        response = web.Response()
        await gate.sign_out(request, response)
        return response

    @told
    async def me(request: web.Request) -> web.Response:
        actor = await gate.actor_of(request)
        return web.json_response({"account": actor and actor.account_id, "address": gate.visitor(request).address})

    @told
    async def api(request: web.Request) -> web.Response:
        caller = await gate.caller(request)
        status = 200 if caller.actor else 401
        way = caller.actor.way.value if caller.actor else ""
        return web.Response(status=status, text=way, headers=caller.allowance.headers)

    app = web.Application()
    app.add_routes(
        [
            web.get("/form", form),
            web.post("/sign-in", sign_in),
            web.post("/sign-out", sign_out),
            web.get("/me", me),
            web.get("/api", api),
            web.post("/api", api),
        ]
    )
    return app


@pytest.fixture
async def site(desk: Desk, account: Account) -> AsyncIterator[Site]:
    async with TestServer(pages(desk)) as server, aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        yield Site(session, str(server.make_url("")), {})


async def test_the_cookies_are_out_of_reach_for_scripts_other_sites_and_other_hosts(site: Site) -> None:
    response = await site.sign_in()
    set_cookies = {cookie.partition("=")[0]: cookie for cookie in response.headers.getall("Set-Cookie")}
    for name in (NAMES["session"], NAMES["device"]):
        for attribute in ("HttpOnly", "Secure", "SameSite=Lax", "Path=/"):
            assert attribute in set_cookies[name]
        assert "Domain" not in set_cookies[name]


async def test_on_plain_http_the_cookies_have_plain_names(desk: Desk, account: Account) -> None:
    settings = desk.around.settings.model_copy(update={"public_url": None})
    plain = Desk(replace(desk.around, settings=settings))
    async with (
        TestServer(pages(plain)) as server,
        aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session,
    ):
        response = await session.get(server.make_url("/form"))
        assert "Secure" not in response.headers["Set-Cookie"]
        assert response.headers["Set-Cookie"].startswith("guest=")
    plain.close()


async def test_signing_in_replaces_whatever_session_a_browser_was_given(
    site: Site, account: Account, desk: Desk
) -> None:
    site.cookies[NAMES["session"]] = "planted-by-somebody"
    await site.sign_in()
    first = site.cookies[NAMES["session"]]
    assert first != "planted-by-somebody"
    await site.sign_in()
    second = site.cookies[NAMES["session"]]
    assert first != second
    site.cookies[NAMES["session"]] = first
    assert (await (await site.ask("GET", "/me")).json())["account"] is None
    site.cookies[NAMES["session"]] = second
    assert (await (await site.ask("GET", "/me")).json())["account"] == account.id


async def test_a_form_from_before_signing_in_is_worth_nothing_after_it(site: Site) -> None:
    old = await site.form()
    await site.sign_in()
    response = await site.ask("POST", "/sign-out", data={"csrf": old})
    assert (response.status, await response.text()) == (403, "stale-form")


async def test_another_site_cannot_have_anything_done_even_with_a_right_token(site: Site) -> None:
    await site.sign_in()
    data = {"csrf": await site.form()}
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        response = await site.ask("POST", "/sign-out", data=data, headers=headers)
        assert (response.status, await response.text()) == (403, "other-site")
    assert (await (await site.ask("GET", "/me")).json())["account"]


async def test_another_browsers_token_does_not_do(site: Site, account: Account) -> None:
    other = Site(site.session, site.url, {})
    await other.sign_in()
    await site.sign_in()
    response = await site.ask("POST", "/sign-out", data={"csrf": await other.form()})
    assert response.status == 403


async def test_nobody_is_signed_in_by_another_sites_form(site: Site) -> None:
    response = await site.ask("POST", "/sign-in", data={"password": PASSWORD})
    assert response.status == 403
    assert NAMES["session"] not in site.cookies


async def test_who_signs_out_is_out_and_the_cookie_opens_nothing_any_more(site: Site) -> None:
    await site.sign_in()
    held = site.cookies[NAMES["session"]]
    await site.ask("POST", "/sign-out", data={"csrf": await site.form()})
    assert NAMES["session"] not in site.cookies
    site.cookies[NAMES["session"]] = held
    assert (await (await site.ask("GET", "/me")).json())["account"] is None


async def test_a_browser_in_which_its_owner_signed_in_stays_known(site: Site, desk: Desk, account: Account) -> None:
    await site.sign_in()
    mark = site.cookies[NAMES["device"]]
    assert desk.devices.known(account, mark)
    assert desk.devices.known(None, mark) is None
    assert desk.devices.known(account, mark[:-1] + "0") is None or mark.endswith("0")


async def test_a_header_that_anybody_can_send_makes_nobody_somebody_else(site: Site) -> None:
    told = await (await site.ask("GET", "/me", headers={"X-Forwarded-For": "203.0.113.9"})).json()
    assert told["address"] == "127.0.0.1"


async def test_a_bearer_token_speaks_for_its_maker_and_tells_what_is_left(site: Site, desk: Desk, owner: Actor) -> None:
    issued = await desk.tokens.issue(owner, name="OA", scopes=[Permission.READ])
    response = await site.ask("POST", "/api", headers={"Authorization": f"bearer {issued.value}"})
    assert (response.status, await response.text()) == (200, "token")
    assert response.headers["RateLimit"] == '"token";r=599;t=1'


async def test_a_wrong_token_is_nobodys_and_counts_for_the_address(site: Site) -> None:
    for value in ("Bearer zhitui_wrong", "Bearer ", "Bearer \u00e9", "Basic abc", ""):
        response = await site.ask("GET", "/api", headers={"Authorization": value})
        assert response.status == 401
        assert response.headers["RateLimit-Policy"].startswith('"address"')


async def test_a_token_is_not_outdone_by_a_session_beside_it(site: Site, desk: Desk) -> None:
    await site.sign_in()
    response = await site.ask("GET", "/api", headers={"Authorization": "Bearer zhitui_wrong"})
    assert response.status == 401


async def test_a_page_of_ours_calls_the_api_with_the_token_of_its_form(site: Site) -> None:
    await site.sign_in()
    assert (await site.ask("GET", "/api")).status == 200
    assert (await site.ask("POST", "/api")).status == 403
    response = await site.ask("POST", "/api", headers={"X-CSRF-Token": await site.form()})
    assert (response.status, await response.text()) == (200, "session")
