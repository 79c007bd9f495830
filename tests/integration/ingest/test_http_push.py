import asyncio
import io
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import ClientResponse, FormData, web
from aiohttp.test_utils import TestClient, TestServer

from services.ingest.sources.push import bodies
from services.ingest.wiring import open_role
from shared.bus.port import Record
from shared.bus.topics import Topic
from shared.errors import StorageFullError
from shared.filing.application_texts import APPLICATION_TEXTS, SaidText
from shared.runtime.openapi import describe_app
from shared.runtime.role import Surroundings
from tests.integration.ingest.made import open_surroundings, row, seen, table

GOOD = {"publication_number": "CN110007813A", "kind": "A", "title": "一种固态电池", "published_on": "2019-07-12"}
TOKEN = {"Authorization": "Bearer geheim"}
MEBIBYTE = 1024 * 1024
Client = TestClient[web.Request, web.Application]


@asynccontextmanager
async def serving(
    folder: Path, token: str | None = "geheim", **settings: object
) -> AsyncIterator[tuple[Surroundings, Client]]:
    async with open_surroundings(folder, ingest_token=token, **settings) as around, open_role(around) as role:
        app = web.Application()
        app.add_routes(role.routes())
        async with TestClient(TestServer(app)) as client:
            yield around, client


async def push(
    client: Client,
    body: bytes | io.BytesIO | AsyncIterator[bytes],
    *,
    token: str = "geheim",
    kind: str = "application/x-ndjson",
    key: str | None = None,
) -> ClientResponse:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": kind} | ({"Idempotency-Key": key} if key else {})
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
        (io.BytesIO(b"x" * (MEBIBYTE + 1)), "geheim", "application/json", 413, "1 MiB"),
    ],
)
async def test_what_is_wrong_with_a_push_is_said(  # noqa: PLR0917 - a table's columns
    body: bytes | io.BytesIO, token: str, kind: str, status: int, word: str, tmp_path: Path
) -> None:
    async with serving(tmp_path, push_limit_bytes=MEBIBYTE) as (_, client):
        answer = await push(client, body, token=token, kind=kind)
        assert (answer.status, answer.content_type) == (status, "application/problem+json")
        assert word in (await answer.json())["detail"]


async def test_a_disk_without_room_for_temporary_files_asks_to_come_back_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    async with serving(tmp_path) as (_, client):
        with monkeypatch.context() as patch:
            patch.setattr("tempfile.TemporaryDirectory", full)
            assert (await push(client, json.dumps(GOOD).encode())).status == 503
        assert (await push(client, json.dumps(GOOD).encode())).status == 200


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


async def test_a_stream_has_no_end_but_the_limit_and_leaves_nothing_behind_there(tmp_path: Path) -> None:
    line = json.dumps(GOOD).encode() + b"\n"

    async def stream() -> AsyncIterator[bytes]:
        for _ in range(2 * MEBIBYTE // len(line)):
            yield line

    async with serving(tmp_path, push_limit_bytes=MEBIBYTE) as (around, client):
        answer = await push(client, stream())
        assert answer.status == 413
        assert await seen(around) == []
        assert await around.store.runs.recent() == []


async def test_a_sender_that_falls_silent_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "SILENT_SECONDS", 0.05)

    async def stream() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.sleep(0.5)
        yield b"}"

    async with serving(tmp_path) as (around, client):
        assert (await push(client, stream())).status == 408
        assert await around.store.runs.recent() == []


async def test_a_request_with_a_key_is_done_once_and_answered_alike_even_after_a_restart(tmp_path: Path) -> None:
    answers = []
    for _ in range(2):
        async with serving(tmp_path) as (around, client):
            for _ in range(2):
                answer = await push(client, json.dumps(GOOD).encode(), key='"k-1"')
                answers.append((answer.status, await answer.read()))
            assert len(await around.store.runs.recent()) == 1
    assert answers == [answers[0]] * 4
    assert json.loads(answers[0][1])["accepted"] == 1


async def test_a_key_that_comes_with_other_content_is_refused(tmp_path: Path) -> None:
    async with serving(tmp_path) as (_, client):
        assert (await push(client, json.dumps(GOOD).encode(), key='"k"')).status == 200
        answer = await push(client, json.dumps(GOOD | {"title": "别的"}).encode(), key="k")
        assert answer.status == 422
        assert "Idempotency-Key" in (await answer.json())["detail"]


@pytest.mark.parametrize("key", ['""', '"a', "a b", "键", "x" * 256])
async def test_a_key_that_is_none_is_refused(key: str, tmp_path: Path) -> None:
    async with serving(tmp_path) as (around, client):
        assert (await push(client, b"{}", key=key)).status == 400
        assert await around.store.runs.recent() == []


async def test_a_request_whose_twin_is_under_way_is_asked_to_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving(tmp_path) as (around, client):
        append, begun, go_on = around.bus.append, asyncio.Event(), asyncio.Event()

        async def slow(topic: Topic, records: list[Record]) -> None:
            begun.set()
            await go_on.wait()
            await append(topic, records)

        monkeypatch.setattr(around.bus, "append", slow)
        first = asyncio.create_task(push(client, json.dumps(GOOD).encode(), key="k"))
        await begun.wait()
        second = await push(client, json.dumps(GOOD).encode(), key="k")
        assert second.status == 409
        assert int(second.headers["Retry-After"]) > 0
        go_on.set()
        assert (await first).status == 200


async def test_a_key_is_free_again_when_nothing_could_be_stored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving(tmp_path) as (around, client):

        async def full(*_: object) -> None:
            raise StorageFullError("满")

        with monkeypatch.context() as patch:
            patch.setattr(around.bus, "append", full)
            assert (await push(client, json.dumps(GOOD).encode(), key="k")).status == 503
        answer = await push(client, json.dumps(GOOD).encode(), key="k")
        assert (answer.status, (await answer.json())["read"]) == (200, 1)


async def test_a_form_of_files_is_read_and_told_file_by_file(tmp_path: Path) -> None:
    form = FormData(quote_fields=False)
    form.add_field("note", "not a file")
    form.add_field("file", table(row()).encode("gb18030"), filename="../../公报.csv", content_type="text/csv")
    form.add_field("file", b"<html>", filename="page.html")
    async with serving(tmp_path) as (around, client):
        answer = await client.post("/api/v1/files", data=form, headers=TOKEN)
        told = await answer.json()
        assert (answer.status, told["read"], told["accepted"], told["rejected"]) == (200, 2, 1, 1)
        gazette, page = told["files"]
        assert (gazette["name"], gazette["format"], gazette["state"]) == ("公报.csv", "gazette-csv", "done")
        assert (page["state"], page["rejects"][0]["reason_code"]) == ("failed", "html")
        assert {run.name for run in await around.store.runs.recent()} == {"公报.csv", "page.html"}


@pytest.mark.parametrize("named", ["path", "header"])
async def test_one_file_is_put_or_posted_as_it_is(named: str, tmp_path: Path) -> None:
    async with serving(tmp_path) as (around, client):
        body = table(row()).encode("gb18030")
        if named == "path":
            answer = await client.put("/api/v1/files/公报.csv", data=body, headers=TOKEN)
        else:
            told = {"Content-Disposition": "attachment; filename*=UTF-8''%E5%85%AC%E6%8A%A5.csv"}
            answer = await client.post("/api/v1/files", data=body, headers=TOKEN | told)
        assert answer.status == 200
        assert [run.name for run in await around.store.runs.recent()] == ["公报.csv"]
        assert len(await seen(around)) == 1


@pytest.mark.parametrize("body", [b"--x\r\nnonsense", b"--x\r\n\r\nno file\r\n--x--\r\n", b"", b"--y--"])
async def test_a_form_that_cannot_be_read_is_refused(body: bytes, tmp_path: Path) -> None:
    async with serving(tmp_path) as (around, client):
        headers = TOKEN | {"Content-Type": "multipart/form-data; boundary=x"}
        answer = await client.post("/api/v1/files", data=body, headers=headers)
        assert (answer.status, answer.content_type) == (400, "application/problem+json")
        assert await around.store.runs.recent() == []


async def test_the_description_tells_of_every_answer_of_every_push(tmp_path: Path) -> None:
    async with serving(tmp_path) as (_, client):
        paths = describe_app(client.app)["paths"]
    operations = [
        paths["/api/v1/publications"]["post"],
        paths["/api/v1/files"]["post"],
        paths["/api/v1/files/{name}"]["put"],
    ]
    for operation in operations:
        assert {"200", "400", "401", "403", "408", "409", "413", "422", "503"} <= set(operation["responses"])
        assert "Idempotency-Key" in [one["name"] for one in operation["parameters"]]
        assert operation["security"] == [{"token": []}]
    assert [one["name"] for one in operations[2]["parameters"]] == ["name", "Idempotency-Key"]


async def test_a_file_of_an_application_is_told_by_the_name_that_its_sender_gives_it(tmp_path: Path) -> None:
    body = "<cn-application-body><cn-abstract><p>一种固态电池。</p></cn-abstract></cn-application-body>".encode()
    async with serving(tmp_path) as (around, client):
        name = "application_2017108541235_100004_DA000000000104.xml"
        answer = await client.put(f"/api/v1/files/{name}", data=body, headers=TOKEN)
        assert (answer.status, (await answer.json())["accepted"]) == (200, 1)
        kept = await around.store.shelf(APPLICATION_TEXTS).get("201710854123.5")
        assert kept is not None
        assert kept.document.abstract == SaidText(text="一种固态电池。", words_of="摘要 DA000000000104", origin=name)
