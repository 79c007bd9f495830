"""Health, readiness, metrics and the API's description, over a real socket."""

import asyncio
import re
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import replace

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

from shared.bus.port import Record
from shared.bus.topics import PUBLICATIONS
from shared.errors import RetryLaterError
from shared.metrics import Metrics
from shared.runtime.doors import Doors, make_app, open_doors
from shared.runtime.openapi import describe_app
from shared.runtime.role import Surroundings
from tests.integration.runtime.fakes import ScriptedRole


@pytest.fixture
def role() -> ScriptedRole:
    return ScriptedRole()


@pytest.fixture
async def doors(around: Surroundings, role: ScriptedRole) -> AsyncIterator[Doors]:
    async with open_doors([role], around) as opened:
        yield opened


async def get(doors: Doors, path: str) -> tuple[int, aiohttp.ClientResponse, str]:
    async with aiohttp.ClientSession() as session, session.get(doors.address + path) as response:
        return response.status, response, await response.text()


async def get_json(doors: Doors, path: str) -> tuple[int, dict[str, object]]:
    async with aiohttp.ClientSession() as session, session.get(doors.address + path) as response:
        return response.status, await response.json()


async def test_a_living_process_is_healthy(doors: Doors) -> None:
    status, body = await get_json(doors, "/healthz")
    assert status == 200
    assert (body["status"], body["store"], body["roles"]) == ("ok", "ok", ["fake"])


async def test_a_store_that_cannot_be_written_makes_it_unhealthy(
    doors: Doors, around: Surroundings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def ping() -> None:
        raise RetryLaterError("磁盘已满")

    monkeypatch.setattr(around.store, "ping", ping)
    status, body = await get_json(doors, "/healthz")
    assert (status, body["store"]) == (503, "磁盘已满")


async def test_a_store_that_hangs_makes_it_unhealthy(
    doors: Doors, around: Surroundings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.runtime.health.PING_SECONDS", 0.05)
    monkeypatch.setattr(around.store, "ping", lambda: asyncio.sleep(5))
    assert (await get_json(doors, "/healthz"))[0] == 503


async def test_it_is_ready_when_every_role_is(doors: Doors, role: ScriptedRole) -> None:
    assert (await get_json(doors, "/readyz"))[0] == 200
    role.missing = ["没有邮件服务器"]
    assert await get_json(doors, "/readyz") == (503, {"status": "not ready", "problems": {"fake": ["没有邮件服务器"]}})


async def test_what_a_role_warns_of_is_told_and_keeps_it_in_service(around: Surroundings) -> None:
    class WatchfulRole(ScriptedRole):
        async def warnings(self) -> list[str]:
            return ["来源 ops：流量用完了"]

    async with open_doors([WatchfulRole()], around) as opened:
        status, body = await get_json(opened, "/readyz")
    assert (status, body["status"], body["warnings"]) == (200, "ready", {"fake": ["来源 ops：流量用完了"]})


async def test_every_metric_of_the_list_is_served_and_lag_is_fresh(doors: Doors, around: Surroundings) -> None:
    await around.bus.append(PUBLICATIONS, [Record(key="a", value=b"1"), Record(key="b", value=b"2")])
    status, response, text = await get(doors, "/metrics")
    assert status == 200
    assert response.headers["Content-Type"].startswith("text/plain")
    families = {family.name: family for family in text_string_to_metric_families(text)}
    listed = {family.name for family in around.metrics.registry.collect()}
    assert listed <= set(families)
    lags = {sample.labels["topic"]: sample.value for sample in families["zhitui_lag"].samples}
    assert lags[PUBLICATIONS.name] == 2
    assert "process_resident_memory_bytes" in families


@pytest.mark.parametrize("answer", ["none", "error"])
async def test_metrics_are_served_while_the_bus_does_not_answer_and_tell_no_lag(
    doors: Doors, around: Surroundings, answer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await get(doors, "/metrics")

    async def lag(*_: object) -> int:
        if answer == "none":
            await asyncio.sleep(3600)
        raise RetryLaterError("没有应答")

    monkeypatch.setattr(type(around.bus), "lag", lag)
    monkeypatch.setattr("shared.runtime.health.PING_SECONDS", 0.1)
    status, _, text = await get(doors, "/metrics")
    assert status == 200
    assert "process_resident_memory_bytes" in text
    assert "zhitui_lag{" not in text


async def test_the_description_tells_of_every_route_and_of_no_other(
    doors: Doors, around: Surroundings, role: ScriptedRole
) -> None:
    _, document = await get_json(doors, "/api/openapi.json")
    assert document["openapi"] == "3.1.0"
    app = make_app([role], _fresh(around))
    routes = {
        (re.sub(r":[^}]*", "", route.resource.canonical), route.method.lower())
        for route in app.router.routes()
        if route.resource is not None and route.method != "HEAD"
    }
    paths = document["paths"]
    assert isinstance(paths, dict)
    assert {(path, method) for path, operations in paths.items() for method in operations} == routes
    assert paths["/fake/{thing}"]["get"]["parameters"][0]["name"] == "thing"
    assert all(operation["summary"] for operations in paths.values() for operation in operations.values())
    assert "Publication" in describe_app(app)["components"]["schemas"]


async def test_answers_do_not_tell_what_they_were_made_with(doors: Doors) -> None:
    _, response, _ = await get(doors, "/healthz")
    assert response.headers["Server"] == "zhitui"
    assert sqlite3.sqlite_version not in str(response.headers)


def _fresh(around: Surroundings) -> Surroundings:
    return replace(around, metrics=Metrics())
