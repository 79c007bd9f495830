"""Technical fields through the API."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.portal.catalogue.catalogue import shipped
from services.portal.desk.actor import Role
from tests.integration.portal.api.bench import Bench, Tenant, open_bench

CODE = "xsy-2.1.1"
NARROWER = {
    "zh": "磷酸铁锂",
    "en": "LFP",
    "about": "只看磷酸锰铁锂",
    "rules": [{"groups": [["磷酸锰铁锂"]]}],
}


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with open_bench(tmp_path) as opened:
        yield opened


@pytest.fixture
async def ours(bench: Bench) -> Tenant:
    return await bench.organisation("ours")


@pytest.fixture
async def curator(bench: Bench) -> Tenant:
    return await bench.organisation("curators", Role.CURATOR)


async def published(bench: Bench, curator: Tenant) -> None:
    status, headers, _ = await bench.ask(curator.token, "PUT", f"/fields/{CODE}/draft", NARROWER, If_Match='"0"')
    assert (status, headers["ETag"]) == (200, '"1"')
    status, _, version = await bench.ask(
        curator.token, "POST", f"/fields/{CODE}/publish", {"why": "试"}, If_Match=headers["ETag"]
    )
    assert (status, version["version"], version["why"]) == (200, 1, "试")


async def test_the_catalogue_is_searched_and_begins_at_its_roots(bench: Bench, ours: Tenant) -> None:
    _, _, roots = await bench.ask(ours.token, "GET", "/fields")
    assert [one["code"] for one in roots["items"]] == [root.code for root in shipped().roots]
    _, _, found = await bench.ask(ours.token, "GET", "/fields?text=量子雷达")
    assert found["items"][0]["en"] == "Quantum radar"
    assert (await bench.ask(ours.token, "GET", "/fields/nope"))[0] == 404


async def test_a_profile_is_told_its_field_and_takes_the_new_version(
    bench: Bench, ours: Tenant, curator: Tenant
) -> None:
    status, headers, made = await bench.ask(ours.token, "POST", f"/fields/{CODE}/follow", {})
    assert status == 200
    path = f"/profiles/{made['id']}/field"
    _, _, followed = await bench.ask(ours.token, "GET", path)
    assert (followed["code"], followed["version"], followed["offered"]) == (CODE, 0, None)
    await published(bench, curator)
    _, _, followed = await bench.ask(ours.token, "GET", path)
    assert followed["offered"][0]["groups"] == [["磷酸锰铁锂"]]
    assert (await bench.ask(ours.token, "POST", f"{path}/take"))[0] == 428
    status, headers, taken = await bench.ask(ours.token, "POST", f"{path}/take", If_Match='"1"')
    assert (status, headers["ETag"]) == (200, '"2"')
    assert taken["profile"]["rules"][0]["groups"] == [["磷酸锰铁锂"]]
    assert (await bench.ask(ours.token, "PUT", path, {"automatic": True}))[0] == 204
    _, _, followed = await bench.ask(ours.token, "GET", path)
    assert (followed["version"], followed["automatic"], followed["is_own"]) == (1, True, False)


async def test_a_curator_publishes_looks_back_and_restores(bench: Bench, curator: Tenant) -> None:
    await published(bench, curator)
    _, _, preview = await bench.ask(curator.token, "POST", f"/fields/{CODE}/preview", NARROWER)
    assert preview["count"]["matches"] == 0
    status, _, _ = await bench.ask(
        curator.token, "POST", f"/fields/{CODE}/restore", {"version": 0, "why": "还原"}, If_Match='"2"'
    )
    assert status == 200
    _, _, versions = await bench.ask(curator.token, "GET", f"/fields/{CODE}/versions?limit=1")
    assert (versions["items"][0]["version"], versions["items"][0]["restores"]) == (2, 0)
    _, _, rest = await bench.ask(curator.token, "GET", f"/fields/{CODE}/versions?after={versions['next']}")
    assert [version["version"] for version in rest["items"]] == [1]
    _, _, now = await bench.ask(curator.token, "GET", f"/fields/{CODE}/draft")
    assert (now["version"], now["content"]["zh"], now["draft"]) == (2, shipped().get(CODE).zh, None)


async def test_who_is_no_curator_edits_no_field(bench: Bench, ours: Tenant) -> None:
    assert (await bench.ask(ours.token, "GET", f"/fields/{CODE}/draft"))[0] == 403
    assert (await bench.ask(ours.token, "PUT", f"/fields/{CODE}/draft", NARROWER, If_Match='"0"'))[0] == 403


async def test_a_draft_is_thrown_away_only_by_who_saw_it(bench: Bench, curator: Tenant) -> None:
    path = f"/fields/{CODE}/draft"
    await bench.ask(curator.token, "PUT", path, NARROWER, If_Match='"0"')
    assert (await bench.ask(curator.token, "DELETE", path, If_Match='"0"'))[0] == 412
    assert (await bench.ask(curator.token, "DELETE", path, If_Match='"1"'))[0] == 204
