"""The catalogue in English, as it is sent."""

import aiohttp

from services.portal.desk.desk import Desk
from services.portal.desk.visitor import Visitor
from services.portal.wiring import open_role
from shared.filing.accounts import ACCOUNTS, Account
from shared.runtime.doors import open_doors
from shared.runtime.role import Surroundings


async def test_names_words_and_reasons_are_english_and_what_is_chinese_says_so(
    desk: Desk, around: Surroundings
) -> None:
    account = Account(id="a-1", organisation_id="o-1", role="viewer", created_at=around.clock.now())
    await around.store.shelf(ACCOUNTS).add([account])
    token = (await desk.sessions.open(account, Visitor(), by="code")).token
    async with (
        open_role(around) as portal,
        open_doors([portal], around) as doors,
        aiohttp.ClientSession(cookies={"session": token, "language": "en"}) as session,
    ):
        async with session.get(f"{doors.address}/fields", params={"q": "face recognition"}) as response:
            found = await response.text()
        async with session.get(f"{doors.address}/fields/ai-3.4.2") as response:
            field = await response.text()
    assert "Face recognition" in found
    assert "Catalogue of technical fields" in found
    for said in (
        "What belongs to this field",
        "Your role cannot make profiles",
        '<p lang="zh-CN">以人脸辨认身份与表情',
    ):
        assert said in field
