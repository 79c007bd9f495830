"""The pages of fields as they are sent: in English, and with nothing in them that curators or searchers smuggle in."""

from collections.abc import AsyncIterator

import aiohttp
import msgspec
import pytest

from services.portal.catalogue.catalogue import shipped
from services.portal.desk.actor import Actor
from services.portal.desk.desk import Desk
from services.portal.desk.field_contents import content_of
from services.portal.desk.visitor import Visitor
from services.portal.wiring import open_role
from shared.filing.accounts import ACCOUNTS, Account
from shared.runtime.doors import open_doors
from shared.runtime.role import Surroundings

HOSTILE = '"><img src=x onerror=alert(1)><script>alert(2)</script>{{7*7}}'


class Reader:
    """Somebody of the centre who looks at pages."""

    def __init__(self, session: aiohttp.ClientSession, address: str) -> None:
        self._session, self._address = session, address

    async def read(self, path: str, **query: str) -> str:
        async with self._session.get(self._address + path, params=query) as response:
            assert response.status == 200
            return await response.text()


@pytest.fixture
async def reader(desk: Desk, around: Surroundings) -> AsyncIterator[Reader]:
    account = Account(id="a-1", organisation_id="o-1", role="curator", created_at=around.clock.now())
    await around.store.shelf(ACCOUNTS).add([account])
    token = (await desk.sessions.open(account, Visitor(), by="code")).token
    async with (
        open_role(around) as portal,
        open_doors([portal], around) as doors,
        aiohttp.ClientSession(cookies={"session": token, "language": "en"}) as session,
    ):
        yield Reader(session, doors.address)


async def test_names_and_words_are_english_and_what_is_chinese_says_so(reader: Reader) -> None:
    found = await reader.read("/fields", q="face recognition")
    assert "Face recognition" in found
    assert "Catalogue of technical fields" in found
    field = await reader.read("/fields/ai-3.4.2")
    for said in ("What belongs to this field", "Subscribe in one tap", '<p lang="zh-CN">以人脸辨认身份与表情'):
        assert said in field
    assert "Related fields in the classification tables" in await reader.read("/fields/beidou")


async def test_what_a_curator_or_a_searcher_writes_is_text_and_nothing_else(
    reader: Reader, desk: Desk, curator: Actor
) -> None:
    before = content_of(shipped().get("xsy-2.1.1"))
    rule = msgspec.structs.replace(before.rules[0], groups=((HOSTILE,),))
    spoilt = msgspec.structs.replace(before, zh=HOSTILE, en=HOSTILE, about=HOSTILE, rules=(rule,))
    saved = await desk.curating.write(curator, "xsy-2.1.1", spoilt, revision=0)
    await desk.curating.publish(curator, "xsy-2.1.1", why=HOSTILE, revision=saved.revision)
    for page in (
        await reader.read("/fields", q=HOSTILE),
        await reader.read("/fields", q="xsy-2.1.1"),
        await reader.read("/fields/xsy-2.1.1"),
        await reader.read("/fields/xsy-2.1"),
        await reader.read("/fields/xsy-2.1.1/edit"),
        await reader.read("/fields/xsy-2.1.1/history"),
    ):
        assert "&lt;script&gt;alert" in page
        assert "{{7*7}}" in page
        assert "<script>alert" not in page
        assert "<img src=x" not in page
