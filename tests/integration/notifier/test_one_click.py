"""One click in a mail program, from the header of a mail that went out to the alerts that are not told any more (RFC 8058)."""

import re
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from services.portal.unsubscribe import unsubscribe_routes
from shared.store.records import AlertState, DeliveryState
from tests.integration.notifier.conftest import Bench
from tests.unit.notifier.making import alert, mailbox, publication

LONG = "https://ip-information-centre.guangzhou.example.cn/a/path/behind/a/proxy/that/makes/the/address/long/zhitui"


@pytest.fixture
def changes() -> dict[str, object]:
    return {"public_url": LONG}


@pytest.fixture
async def portal(bench: Bench) -> AsyncIterator[str]:
    """What a reverse proxy makes of the public address."""
    app = web.Application()
    app.add_routes(unsubscribe_routes(bench.around))
    async with TestServer(app) as server:
        yield str(server.make_url("")).rstrip("/")


async def test_the_mails_own_header_unsubscribes_by_a_post_without_login(bench: Bench, portal: str) -> None:
    store = bench.around.store
    first = (await bench.plan(mailbox(), alert(created_at=bench.clock.now())))[0]
    assert (await bench.send(first)).state is DeliveryState.SENT
    (mail,) = bench.mailbox.mails
    header = re.search(rb"^List-Unsubscribe: <(\S+)>\r?$", mail.raw, re.MULTILINE)
    assert header is not None
    assert mail.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    url = header.group(1).decode("ascii")
    assert url.startswith(LONG + "/u/")
    assert url in mail.body("plain")
    assert url in mail.body("html")

    planned = (await bench.plan(mailbox(), alert(publication("CN110000002A"), created_at=bench.clock.now())))[0]
    await store.alerts.record([], [alert(publication("CN110000003A"), created_at=bench.clock.now())])
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        here = url.replace(LONG, portal)
        async with session.get(here) as looked:
            assert looked.status == 200
        assert (await store.alerts.state_counts()).get(AlertState.DROPPED, 0) == 0
        form = {"List-Unsubscribe": "One-Click"}
        async with session.post(here, data=form, allow_redirects=False) as response:
            assert response.status == 200

    assert (await store.alerts.state_counts())[AlertState.DROPPED] == 1
    verdict = await bench.send(planned)
    assert verdict.state is DeliveryState.DEAD
    assert "退订" in (verdict.detail or "")
    await bench.clock.advance(2)
    await bench.planner.plan_due()
    assert len(await store.deliveries.recent()) == 2
    assert len(bench.mailbox.mails) == 1
