"""``zhitui source`` and the doctor say how it stands with sources, and the role brings what they find to the bus."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from services.cli.app import app
from services.ingest.sources.ops.source import NAME
from services.ingest.wiring import open_role
from shared.clock import SystemClock
from shared.runtime.role import Role, Watchful
from shared.runtime.role_lock import hold_roles
from shared.testing.ops import FakeOps, Published
from tests.integration.ingest.made import open_surroundings, seen

KEY, SECRET = "consumer-key", "consumer-s3cret"


@pytest.fixture
async def ops(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeOps]:
    """An OPS that knows two publications, and settings that lead to it."""
    clock = SystemClock()
    yesterday = (clock.now() - timedelta(days=1)).date()
    known = [Published(number=str(100_000_000 + number), on=yesterday) for number in range(2)]
    monkeypatch.chdir(tmp_path)
    async with FakeOps(clock=clock, key=KEY, secret=SECRET, documents=known) as server:
        server.limits["search"] = 6000
        for name, value in {
            "DATA_DIR": str(tmp_path / "data"),
            "OPS_BASE_URL": server.base_url,
            "OPS_KEY": KEY,
            "OPS_SECRET": SECRET,
            "OPS_QUERY": "pa=example",
            "HTTP_PORT": "0",
        }.items():
            monkeypatch.setenv(f"ZHITUI_{name}", value)
        yield server


async def zhitui(*arguments: str) -> Result:
    """Run a command in a thread: the server answers meanwhile."""
    return await asyncio.to_thread(CliRunner().invoke, app, arguments)


@asynccontextmanager
async def running(role: Role) -> AsyncIterator[None]:
    stop = asyncio.Event()
    task = asyncio.ensure_future(role.run(stop))
    try:
        yield
    finally:
        stop.set()
        await task


async def until(asked: Callable[[], Awaitable[object]]) -> None:
    async with asyncio.timeout(20):
        while not await asked():  # noqa: ASYNC110 - a role has no event for it
            await asyncio.sleep(0.01)


async def listed() -> dict[str, Any]:
    result = await zhitui("source", "list", "--json")
    assert result.exit_code == 0, result.output
    return {one["name"]: one for one in map(json.loads, result.stdout.splitlines())}


async def test_a_source_is_listed_tried_visited_and_listed_again(ops: FakeOps, tmp_path: Path) -> None:
    before = await listed()
    assert list(before) == [NAME, "watch-folder", "http-push"]
    assert before[NAME]["succeeded_at"] is None
    check = await zhitui("source", "check", "--json")
    assert check.exit_code == 0, check.output
    assert "有 2 件公开符合查询式" in json.loads(check.stdout)["detail"]
    run = await zhitui("source", "run", NAME, "--json")
    assert run.exit_code == 0, run.output
    (taken,) = map(json.loads, run.stdout.splitlines())
    assert (taken["source"], taken["accepted"], taken["format"]) == (NAME, 2, "ops-xml")
    assert "读取 2，接受 2，未变 0，更正 0，拒绝 0" in run.stderr
    assert "2 条是新的" in run.stderr
    after = await listed()
    assert after[NAME]["new_at"] is not None
    assert after[NAME]["next_visit_at"] is not None
    assert after[NAME]["remarks"] == []
    async with open_surroundings(tmp_path / "data") as around:
        assert len(await seen(around)) == 2


async def test_what_is_wrong_is_told_by_every_command_without_the_secret(
    ops: FakeOps, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZHITUI_OPS_SECRET", "wr0ng-s3cret")
    outputs = []
    for arguments in (("source", "check"), ("source", "run", NAME), ("doctor",)):
        result = await zhitui(*arguments)
        assert result.exit_code == 1
        outputs.append(result.output)
    (remark,) = (await listed())[NAME]["remarks"]
    outputs.append(json.dumps(remark, ensure_ascii=False))
    for output in outputs:
        assert "不接受账号" in output.replace("\n", "")
        assert "s3cret" not in output


async def test_a_query_without_an_account_is_a_setting_to_mend(ops: FakeOps, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (await zhitui("source", "run", NAME)).exit_code == 0
    monkeypatch.delenv("ZHITUI_OPS_KEY")
    result = await zhitui("doctor")
    assert result.exit_code == 1
    assert "ZHITUI_OPS_KEY" in result.output


async def test_a_source_that_is_not_there_is_named_with_those_that_are(ops: FakeOps) -> None:
    result = await zhitui("source", "run", "feed:x")
    assert "已设置的有：ops" in str(result.exception)


async def test_a_visit_is_left_to_the_process_that_runs(ops: FakeOps, tmp_path: Path) -> None:
    async with open_surroundings(tmp_path / "data") as around, open_role(around) as role:
        with hold_roles(tmp_path / "data", ["ingest"]):
            async with running(role):
                await until(role.is_idle)
                asked = len(ops.searches)
                ops.documents.append(Published(number="100000009", on=ops.documents[0].on))
                result = await zhitui("source", "run", NAME, "--json")
        assert result.exit_code == 0, result.output
        assert [json.loads(line)["accepted"] for line in result.stdout.splitlines()] == [1]
        assert (asked, len(ops.searches)) == (1, 2)
        assert len(await seen(around)) == 3


async def test_a_problem_warns_and_takes_nobody_out_of_service(ops: FakeOps, tmp_path: Path) -> None:
    async with open_surroundings(tmp_path / "data", ops_secret="wrong") as around:
        async with open_role(around) as role, running(role):
            await until(role.is_idle)
            assert await role.problems() == []
        # What one process has seen, the next one tells at its start.
        async with open_role(around) as role, running(role):
            assert isinstance(role, Watchful)
            await until(role.warnings)
            (warning,) = await role.warnings()
            assert "来源 ops：OPS 不接受账号" in warning
            assert await role.problems() == []
        samples = {tuple(one.labels.values()) for one in next(iter(around.metrics.source_problem.collect())).samples}
        assert samples == {(NAME, "visit")}
    assert ops.searches == []
