"""The administrator's page: what it shows once, what it never shows, and to whom."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from aiohttp import ClientSession

from services.portal.desk.visitor import Visitor
from shared.filing.accounts import Account
from shared.filing.errands import ERRANDS, Task
from shared.filing.organisations import ORGANISATIONS, Organisation
from shared.testing.wecom_app import AGENT_ID, CORP_ID, SECRET
from shared.testing.wecom_callbacks import AES_KEY, TOKEN
from shared.testing.wecom_enterprise import Enterprise, Person
from tests.integration.portal.wecom.conftest import CONNECTION, ORGANISATION, Town

PLACE = "/organisation/wecom"


@pytest.fixture
def is_whole() -> bool:
    return True


@pytest.fixture
def wrong() -> dict[str, object]:
    return {"public_url": "http://zt.example.cn"}


@dataclass(frozen=True, slots=True)
class Browser:
    """A browser in which somebody is signed in; it knows no scripts."""

    session: ClientSession
    address: str

    async def get(self, path: str) -> tuple[int, str]:
        async with self.session.get(f"{self.address}{path}", allow_redirects=False) as response:
            return response.status, await response.text()

    async def post(self, path: str, **fields: str) -> tuple[int, str]:
        """Send a form of the page."""
        _, page = await self.get(PLACE)
        token = re.search(r'name="csrf" value="([^"]+)"', page)
        given = {"csrf": token.group(1) if token else "", **fields}
        async with self.session.post(f"{self.address}{path}", data=given, allow_redirects=False) as response:
            return response.status, await response.text()


async def browsing(town: Town, organisation_id: str, role: str) -> Browser:
    account = Account(
        id=f"a-{organisation_id}-{role}", organisation_id=organisation_id, role=role, created_at=town.clock.now()
    )
    await town.desk.means.accounts.shelf.add([account])
    opened = await town.desk.sessions.open(account, Visitor(), by="password")
    return Browser(ClientSession(cookies={"session": opened.token}), town.address)


@pytest.fixture
async def owner(town: Town) -> AsyncIterator[Browser]:
    browser = await browsing(town, ORGANISATION, "owner")
    yield browser
    await browser.session.close()


@pytest.fixture
async def stranger(town: Town) -> AsyncIterator[Browser]:
    now = town.clock.now()
    await town.around.store.shelf(ORGANISATIONS).add([Organisation(id="o-2", name="另一家", created_at=now)])
    browser = await browsing(town, "o-2", "owner")
    yield browser
    await browser.session.close()


async def test_an_administrator_enters_three_values_and_reads_what_is_missing(town: Town, stranger: Browser) -> None:
    theirs = town.vendor.add(Enterprise(town.clock, "ww0theirs", 1000009, "a-secret-of-theirs"))
    theirs.hire(Person(user_id="wang", name="王工"))
    values = {"corp_id": "ww0theirs", "agent_id": "1000009", "secret": "a-secret-of-theirs", "newcomers": "editor"}
    status, page = await stranger.post(PLACE, **values)
    assert status == 200
    assert "可信 IP 已放行" in page
    assert "还没收到企业微信的验证" in page
    assert "http://zt.example.cn/wecom/wc-" in page
    (corp,) = [c.document for c in await town.rooms.corps.shelf.page("o-2", limit=9)]
    assert page.count(corp.token) == 1
    assert page.count(corp.aes_key) == 1
    for path in (PLACE, f"{PLACE}/{corp.id}"):
        _, again = await stranger.get(path)
        for secret in (corp.secret, corp.token, corp.aes_key):
            assert secret not in again


async def test_what_is_wrong_is_shown_where_it_stands_and_no_secret_comes_back(stranger: Browser) -> None:
    values = {"corp_id": "'><script>", "agent_id": "7", "secret": "hunter2hunter2", "newcomers": "editor"}
    status, page = await stranger.post(PLACE, **values)
    assert status == 422
    assert "以 ww 开头" in page
    assert "<script>" not in page.replace('<script src="', "")
    assert "hunter2hunter2" not in page


async def test_another_organisations_connection_is_not_there(stranger: Browser) -> None:
    assert (await stranger.get(f"{PLACE}/{CONNECTION}"))[0] == 404
    for action in ("check", "secret", "keys", "file", "people", "destination", "menu", "remove"):
        status, page = await stranger.post(
            f"{PLACE}/{CONNECTION}/{action}", secret="x" * 20, file="f", file_content="c"
        )
        assert status == 404
        assert CORP_ID not in page


async def test_a_form_of_somebody_else_changes_nothing(town: Town, owner: Browser) -> None:
    status, _ = await owner.post(f"{PLACE}/{CONNECTION}/remove", csrf="forged")
    assert status == 403
    assert await town.rooms.corps.get(CONNECTION) is not None


async def test_names_of_members_are_text_whatever_they_are(town: Town, owner: Browser) -> None:
    town.vendor.home.hire(Person(user_id="evil", name='<img src=x onerror="alert(1)">'))
    status, page = await owner.post(f"{PLACE}/{CONNECTION}/people")
    assert status == 200
    assert "&lt;img src=x" in page
    assert "<img src=x" not in page


async def test_members_are_picked_by_name_and_become_a_destination_that_is_tested(town: Town, owner: Browser) -> None:
    status, page = await owner.post(f"{PLACE}/{CONNECTION}/people")
    assert (status, 'name="member" value="lisi"' in page) == (200, True)
    status, page = await owner.post(f"{PLACE}/{CONNECTION}/destination", name="研发部")
    assert (status, "的账号" in page) == (422, True)
    status, _ = await owner.post(f"{PLACE}/{CONNECTION}/destination", name="研发部", member="lisi")
    assert status == 303
    (destination,) = await town.around.store.destinations.all()
    assert (destination.address, destination.options["corp"]) == ("lisi", CONNECTION)
    (errand,) = await town.around.store.shelf(ERRANDS).page("waiting", limit=9)
    assert (errand.document.task, errand.document.destination_id) == (Task.VERIFY, destination.id)


async def test_new_keys_are_shown_once_and_the_old_ones_never(town: Town, owner: Browser) -> None:
    _, page = await owner.post(f"{PLACE}/{CONNECTION}/keys")
    corp = await town.rooms.corps.get(CONNECTION)
    assert corp is not None
    assert corp.token in page
    for secret in (SECRET, TOKEN, AES_KEY):
        assert secret not in page
    assert await town.say("帮助")  # signed with the old ones, for a day


async def test_a_member_takes_a_code_and_a_viewer_changes_nothing(town: Town, owner: Browser) -> None:
    viewer = await browsing(town, ORGANISATION, "viewer")
    _, page = await viewer.post(f"{PLACE}/code")
    code = re.search(r"绑定 ([A-Z2-9]{8})", page)
    assert code
    assert "绑定成功" in await town.say(f"绑定 {code.group(1)}")
    assert (await viewer.post(f"{PLACE}/{CONNECTION}/check"))[0] == 403
    assert (await viewer.post(PLACE, corp_id=CORP_ID, agent_id=str(AGENT_ID), secret=SECRET))[0] == 403
    await viewer.session.close()
    assert "已连接" in (await owner.get(PLACE))[1] or "还差接收消息" in (await owner.get(PLACE))[1]


async def test_the_vendors_file_lies_at_the_root_and_nowhere_else(town: Town, owner: Browser) -> None:
    name, content = "WW_verify_0123456789abcdef.txt", "0123456789abcdef"
    assert (await owner.get(f"/{name}"))[0] == 404
    status, _ = await owner.post(f"{PLACE}/{CONNECTION}/file", file=name, file_content=content)
    assert status == 303
    assert await owner.get(f"/{name}") == (200, content)
    wrong_file = {"file": "../../etc/passwd", "file_content": "<script>"}
    assert (await owner.post(f"{PLACE}/{CONNECTION}/file", **wrong_file))[0] == 422
    del town
