"""The console over HTTP: who is sent where, what is refused, what is cached."""

import io
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest

from services.portal.console.flashes import Flash, Flashes, Tone
from services.portal.desk.desk import Desk
from services.portal.wiring import open_role
from shared.runtime.doors import open_doors
from shared.runtime.role import Surroundings
from shared.testing.advice import PlainAdvice
from tests.people import HERE, WITH_MAIL, CountedPasswords, sign_up
from tests.surroundings import open_surroundings

ELSEWHERE = {"Host": "zhitui.example.cn"}


@pytest.fixture
async def around(tmp_path: Path) -> AsyncIterator[Surroundings]:
    async with open_surroundings(tmp_path, **{**WITH_MAIL, "public_url": None}) as made:
        yield replace(made, advice=PlainAdvice())


@pytest.fixture
async def guest(around: Surroundings) -> AsyncIterator[aiohttp.ClientSession]:
    """A browser that follows no redirect."""
    async with (
        open_role(around, passwords=CountedPasswords()) as portal,
        open_doors([portal], around) as doors,
        aiohttp.ClientSession(doors.address, cookie_jar=aiohttp.CookieJar(unsafe=True)) as session,
    ):
        yield session


@pytest.fixture
async def member(around: Surroundings, guest: aiohttp.ClientSession) -> aiohttp.ClientSession:
    desk = Desk(around, passwords=CountedPasswords())
    opened = await desk.sessions.open(await sign_up(desk), HERE, by="password")
    desk.close()
    guest.cookie_jar.update_cookies({"session": opened.token})
    return guest


async def sent_to(session: aiohttp.ClientSession, path: str, **headers: str) -> str:
    async with session.get(path, headers=headers, allow_redirects=False) as response:
        return response.headers.get("Location", "")


async def form_token(session: aiohttp.ClientSession, path: str = "/sign-in") -> str:
    async with session.get(path) as response:
        return (await response.text()).partition('name="csrf" value="')[2].partition('"')[0]


async def test_the_front_page_sends_on_to_where_its_visitor_belongs(guest: aiohttp.ClientSession) -> None:
    assert await sent_to(guest, "/") == "./centre"
    assert await sent_to(guest, "/", **ELSEWHERE) == "./sign-in"
    assert await sent_to(guest, "/", **{"X-Forwarded-For": "203.0.113.7"}) == "./sign-in"


async def test_who_is_signed_in_comes_to_the_first_room_of_the_navigation(member: aiohttp.ClientSession) -> None:
    async with member.get("/organisation") as response:
        rooms = re.findall(r'<a href="./(\w+)" *(?:aria-current="page")?><svg', await response.text())
    assert await sent_to(member, "/") == f"./{rooms[0]}"
    for room in rooms:
        async with member.get(f"/{room}") as response:
            assert response.status == 200
    assert await sent_to(member, "/sign-in?next=/profiles") == "./profiles"


async def test_who_is_not_signs_in_and_comes_back(guest: aiohttp.ClientSession) -> None:
    assert await sent_to(guest, "/profiles/p-1/history") == "../../sign-in?next=%2Fprofiles%2Fp-1%2Fhistory"
    async with guest.get("/profiles", headers={"HX-Request": "true"}, allow_redirects=False) as response:
        assert response.headers["HX-Redirect"] == "./sign-in"


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example", "//evil.example", "/\\evil.example", "/\t/evil.example", "javascript:alert(1)", ""],
)
async def test_nobody_is_sent_to_another_site(guest: aiohttp.ClientSession, elsewhere: str) -> None:
    data = {"csrf": await form_token(guest), "language": "en", "next": elsewhere}
    async with guest.post("/language", data=data, allow_redirects=False) as response:
        assert (response.status, response.headers["Location"]) == (303, "./")


async def test_a_form_of_another_site_is_refused_in_words(guest: aiohttp.ClientSession) -> None:
    for data, headers in (
        ({"language": "en"}, {}),
        ({"language": "en", "csrf": "made.up"}, {}),
        ({"language": "en", "csrf": await form_token(guest)}, {"Sec-Fetch-Site": "cross-site"}),
    ):
        async with guest.post("/language", data=data, headers=headers) as response:
            assert response.status == 403
            assert "没有办成" in await response.text()


async def test_a_refusal_is_a_piece_where_a_piece_was_asked_for(member: aiohttp.ClientSession) -> None:
    async with member.get("/profiles/none", headers={"HX-Request": "true"}) as response:
        assert response.status == 404
        assert (await response.text()).startswith('<div class="notice bad" role="alert">')


async def test_nobody_else_puts_words_onto_our_pages(around: Surroundings, guest: aiohttp.ClientSession) -> None:
    flashes = Flashes(around.secrets)
    good = flashes.written(Flash(Tone.GOOD, "已保存。"))
    assert flashes.read(good) == Flash(Tone.GOOD, "已保存。")
    for forged in (good[:-4] + "AAAA", "", "x", "电", good[10:]):
        assert flashes.read(forged) is None
    guest.cookie_jar.update_cookies({"flash": good[:-8] + "AAAAAAAA"})
    async with guest.get("/sign-in") as response:
        assert "notice" not in await response.text()


async def test_what_was_said_once_is_not_said_again(around: Surroundings, guest: aiohttp.ClientSession) -> None:
    guest.cookie_jar.update_cookies({"flash": Flashes(around.secrets).written(Flash(Tone.GOOD, "<b>已保存。"))})
    async with guest.get("/sign-in") as response:
        assert "&lt;b&gt;已保存。" in await response.text()
        assert response.cookies["flash"]["max-age"] == "0"


async def test_pages_are_kept_nowhere_and_what_they_load_for_good(guest: aiohttp.ClientSession) -> None:
    async with guest.get("/sign-in", headers={"Accept-Encoding": "gzip"}) as response:
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["Content-Encoding"] == "gzip"
        assert "script-src 'self'" in response.headers["Content-Security-Policy"]
        sheet = (await response.text()).partition('href="./assets/')[2].partition('"')[0]
    async with guest.get(f"/assets/{sheet}") as response:
        assert "immutable" in response.headers["Cache-Control"]
        assert response.headers["Content-Type"].startswith("text/css")
    async with guest.get("/assets/../wiring.py") as response:
        assert response.status == 404
    async with guest.get("/assets/console.css") as response:
        assert response.status == 404


async def test_wrong_and_unknown_look_the_same(guest: aiohttp.ClientSession) -> None:
    data = {"csrf": await form_token(guest), "email": "nobody@example.cn", "password": "x" * 12}
    async with guest.post("/sign-in", data=data) as response:
        assert response.status == 401
        text = await response.text()
    assert "邮箱或密码不对" in text
    assert "x" * 12 not in text
    assert 'value="nobody@example.cn"' in text


async def test_a_cursor_that_somebody_made_up_is_the_first_page(member: aiohttp.ClientSession) -> None:
    for after in ("x", "W10=", "bnVsbA==", "%00"):
        async with member.get(f"/profiles?after={after}") as response:
            assert response.status == 200


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=b", b"--b\r\ntorn"),
        ("application/x-www-form-urlencoded", b"csrf=\xff\xfe&language=en"),
        ("application/x-www-form-urlencoded; charset=klingon", b"csrf=a"),
        ("application/json", b'{"csrf": "a"}'),
    ],
)
async def test_what_is_no_form_is_refused_like_a_forged_one(
    guest: aiohttp.ClientSession, content_type: str, body: bytes
) -> None:
    async with guest.post("/language", data=body, headers={"Content-Type": content_type}) as response:
        assert response.status == 403


async def test_a_form_that_is_too_large_is_refused_in_words(guest: aiohttp.ClientSession) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    async with guest.post("/language", data=io.BytesIO(b"csrf=" + b"x" * 2_000_000), headers=form) as response:
        assert (response.status, response.content_type) == (413, "text/html")
        assert "最多 1 MB" in await response.text()


@pytest.mark.parametrize("path", ["/nothing", "/inbox/x/y/z", "/.env", "/%2e%2e/etc/passwd", "/a/b/"])
async def test_where_there_is_no_page_a_page_says_so_in_the_visitors_language(
    guest: aiohttp.ClientSession, path: str
) -> None:
    for language, said in {"zh": "没有这个页面", "en": "There is no such page"}.items():
        async with guest.get(path, headers={"Cookie": f"language={language}"}, allow_redirects=False) as response:
            assert (response.status, response.content_type) == (404, "text/html")
            assert said in await response.text()
