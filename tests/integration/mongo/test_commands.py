"""``zhitui store`` and ``zhitui doctor`` on MongoDB: what they say is so, and what they promise not to change stays."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from typer.testing import CliRunner, Result

from services.cli.app import app
from shared.secret_box import SecretBox
from shared.settings import load_settings
from shared.store.mongo.link import Link, open_link
from shared.store.mongo.migrations import LATEST
from shared.store.mongo.schema import MIGRATIONS
from shared.store.mongo.store import open_mongo_store
from shared.store.records import GroupPlan
from shared.testing.clock import ManualClock
from tests.contract.made import alert, delivery, item
from tests.integration.mongo.conftest import UNFINISHED
from tests.servers import mongo_address


@pytest.fixture(autouse=True)
def _own_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    names = {"STORE": "mongo", "MONGO_URI": mongo_address(), "MONGO_DATABASE": f"zhitui-{uuid.uuid4().hex[:12]}"}
    for name, value in {**names, "DATA_DIR": str(tmp_path / "data"), "HTTP_PORT": "0"}.items():
        monkeypatch.setenv(f"ZHITUI_{name}", value)
    yield
    on_database(lambda link: link.database.client.drop_database(link.database.name))


def zhitui(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def on_database(work: Callable[[Link], Awaitable[Any]]) -> Any:  # noqa: ANN401 - whatever the work returns
    async def run() -> Any:  # noqa: ANN401
        async with open_link(load_settings()) as link:
            return await work(link)

    return asyncio.run(run())


def fill() -> None:
    async def run() -> None:
        secrets = SecretBox(Fernet.generate_key().decode())
        async with open_mongo_store(load_settings(), ManualClock(), secrets) as store:
            await store.alerts.record([], [alert("CN1A"), alert("CN2A")])
            plan = GroupPlan(deliveries=(delivery("m-1", "CN1A"),), planned=((alert("CN1A").key, "m-1"),))
            assert await store.alerts.plan([plan]) == [True]
            await store.quarantine.add([(item(), b"raw")])

    asyncio.run(run())


def test_a_dry_run_says_what_would_be_done_and_does_nothing() -> None:
    result = zhitui("store", "migrate", "--dry-run")
    assert result.exit_code == 0, result.output
    assert "新建集合 alerts" in result.output
    assert "什么也没有改" in result.output
    assert on_database(lambda link: link.database.list_collection_names()) == []


def test_migrating_twice_is_migrating_once() -> None:
    first = zhitui("store", "migrate")
    assert first.exit_code == 0, first.output
    assert f"现在是版本 {LATEST}" in first.output
    assert "已经是最新的版本" in zhitui("store", "migrate").output
    assert "什么也不用做" in zhitui("store", "migrate", "--dry-run").output


def test_a_sound_database_is_told_so() -> None:
    fill()
    result = zhitui("store", "check")
    assert result.exit_code == 0, result.output
    assert "✗" not in result.output
    assert "数据库完好" in result.output


DAMAGES: dict[str, tuple[Callable[[Link], Awaitable[Any]], str]] = {
    "a delivery is gone": (lambda link: link["deliveries"].delete_many({}), "已排定的提醒都有它的推送"),
    "what an alert tells is gone": (lambda link: link["told_publications"].delete_many({}), "提醒要说的公开都在"),
    "a part of a quarantined content is gone": (
        lambda link: link["quarantine_chunks"].delete_many({}),
        "隔离区的内容完整",
    ),
    "an alert waits that nobody will plan": (
        lambda link: link["alerts"].update_one({"state": "pending"}, {"$unset": {"due": ""}}),
        "等待中的提醒都会被排定",
    ),
    "an index is gone": (lambda link: link["alerts"].drop_index("due"), "给 alerts 建索引 due"),
    "a document is not as it must be": (
        lambda link: link.database.command(
            "update",
            "deliveries",
            updates=[{"q": {}, "u": {"$set": {"state": "lost"}}}],
            bypassDocumentValidation=True,
        ),
        "deliveries 的文档符合校验规则",
    ),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_whatever_does_not_fit_is_found(damage: str) -> None:
    fill()
    work, sentence = DAMAGES[damage]
    on_database(work)
    result = zhitui("store", "check")
    assert result.exit_code == 1
    (line,) = [line for line in result.output.splitlines() if sentence in line]
    assert "✗" in result.output
    assert line.startswith(("✗", "    →"))


def test_the_doctor_tells_server_and_structure() -> None:
    fill()
    result = zhitui("doctor")
    assert result.exit_code == 0, result.output
    assert "副本集" in result.output
    assert f"结构版本 {LATEST}" in result.output


def test_the_doctor_says_who_is_too_old() -> None:
    fill()
    on_database(
        lambda link: link[MIGRATIONS].insert_one({"_id": LATEST + 1, "title": "", "applied_at": item().quarantined_at})
    )
    result = zhitui("doctor")
    assert result.exit_code == 1
    assert "升级知推" in result.output


@UNFINISHED
@pytest.mark.usefixtures("swept")
def test_the_doctor_says_which_setting_is_wrong_and_not_what_it_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHITUI_MONGO_URI", "mongodb://u:geheim@127.0.0.1:1/?replicaSet=rs0")
    monkeypatch.setenv("ZHITUI_MONGO_TIMEOUT_SECONDS", "1")
    result = zhitui("doctor")
    assert result.exit_code == 1
    assert "ZHITUI_MONGO_URI" in result.output
    assert "geheim" not in result.output
    monkeypatch.setenv("ZHITUI_MONGO_URI", mongo_address())
