import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer

from services.ingest.sources import http_push
from services.ingest.wiring import open_role
from shared.errors import StorageFullError
from shared.runtime.role import Surroundings
from tests.integration.ingest.made import open_surroundings, seen

GOOD = {"publication_number": "CN110007813A", "kind": "A", "title": "一种固态电池", "published_on": "2019-07-12"}
Client = TestClient[web.Request, web.Application]


@asynccontextmanager
async def serving(folder: Path, token: str | None = "geheim") -> AsyncIterator[tuple[Surroundings, Client]]:
    async with open_surroundings(folder, ingest_token=token) as around, open_role(around) as role:
        app = web.Application()
        app.add_routes(role.routes())
        async with TestClient(TestServer(app)) as client:
            yield around, client


async def push(
    client: Client, body: bytes, *, token: str = "geheim", kind: str = "application/x-ndjson"
) -> ClientResponse:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": kind}
    return await client.post("/api/v1/publications", data=body, headers=headers)


async def test_what_is_pushed_is_safe_when_the_answer_comes(tmp_path: Path) -> None:
    async with serving(tmp_path) as (around, client):
        body = "\n".join([json.dumps(GOOD), "{oops}", json.dumps(GOOD)]).encode()
        answer = await push(client, body)
        told = await answer.json()
        assert answer.status == 200
        assert (told["read"], told["accepted"], told["unchanged"], told["rejected"]) == (3, 1, 1, 1)
        assert told["rejects"][0]["location"] == "line 2"
        assert len(await seen(around)) == 1


async def test_one_object_is_pushed_as_json(tmp_path: Path) -> None:
    async with serving(tmp_path) as (_, client):
        answer = await push(client, json.dumps(GOOD, indent=1).encode(), kind="application/json")
        assert (answer.status, (await answer.json())["accepted"]) == (200, 1)


@pytest.mark.parametrize(
    ("body", "token", "kind", "status", "word"),
    [
        (b"{}", "falsch", "application/json", 401, "Bearer"),
        (b"{}", "密码", "application/json", 401, "Bearer"),
        (b"{}", "geheim", "text/csv", 415, "application/json"),
        (b'{"a": 1}', "geheim", "application/json", 422, "rejects"),
        (b"", "geheim", "application/json", 422, "rejects"),
        (b"x" * 2000, "geheim", "application/json", 413, "MiB"),
    ],
)
async def test_what_is_wrong_with_a_push_is_said(  # noqa: PLR0917 - a table's columns
    body: bytes, token: str, kind: str, status: int, word: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_push, "MAX_BODY_BYTES", 1000)
    async with serving(tmp_path) as (_, client):
        answer = await push(client, body, token=token, kind=kind)
        assert (answer.status, answer.content_type) == (status, "application/problem+json")
        assert word in (await answer.json())["detail"]


async def test_a_push_without_a_token_set_names_the_setting(tmp_path: Path) -> None:
    async with serving(tmp_path, None) as (_, client):
        answer = await push(client, b"{}")
        assert answer.status == 403
        assert "ZHITUI_INGEST_TOKEN" in await answer.text()


async def test_a_full_disk_asks_to_come_back_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving(tmp_path) as (around, client):

        async def full(*_: object) -> None:
            raise StorageFullError("满")

        monkeypatch.setattr(around.bus, "append", full)
        answer = await push(client, json.dumps(GOOD).encode())
        assert answer.status == 503
        assert int(answer.headers["Retry-After"]) > 0
