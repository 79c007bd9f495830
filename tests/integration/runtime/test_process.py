"""A process runs its roles, and stops as it was told to."""

import asyncio
import os
import signal
import time
from collections.abc import Callable
from dataclasses import replace

import aiohttp
import pytest

from shared.errors import MisconfiguredError
from shared.runtime.process import run_process
from shared.runtime.role import Surroundings
from tests.integration.runtime.fakes import ScriptedRole, opener


async def soon(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - what it waits for is no event
            await asyncio.sleep(0.005)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_lets_roles_finish_and_ends_the_process_cleanly(
    around: Surroundings, number: signal.Signals
) -> None:
    role = ScriptedRole(finishing_seconds=0.1)
    addresses: list[str] = []
    running = asyncio.create_task(run_process(around, [opener(role)], on_listening=addresses.append))
    await soon(lambda: addresses)
    assert (around.settings.data_dir / "http.address").read_text() == addresses[0]
    os.kill(os.getpid(), number)
    await running
    assert role.finished
    assert not (around.settings.data_dir / "http.address").exists()


async def test_a_role_that_does_not_finish_is_cancelled_when_its_time_is_over(around: Surroundings) -> None:
    role = ScriptedRole(finishing_seconds=60)
    started = time.monotonic()
    running = asyncio.create_task(run_process(around, [opener(role)], until_idle=True, grace_seconds=0.2))
    await running
    assert role.cancelled
    assert time.monotonic() - started < 5


async def test_a_cancellation_that_a_library_loses_keeps_no_process_from_stopping(around: Surroundings) -> None:
    role = ScriptedRole(missing=["还在读画像"], deaf=True)
    async with asyncio.timeout(5):
        await run_process(around, [opener(role)], until_idle=True)
    assert role.finished


async def test_a_cancellation_that_a_library_loses_keeps_no_crashed_process_from_ending(around: Surroundings) -> None:
    deaf = ScriptedRole(missing=["还在读画像"], deaf=True)
    async with asyncio.timeout(5):
        with pytest.raises(ExceptionGroup):
            await run_process(around, [opener(deaf), opener(ScriptedRole(name="other", ends_early=True))])


async def test_until_idle_works_everything_off_first(around: Surroundings) -> None:
    role, idle = ScriptedRole(todo=50), ScriptedRole(name="other")
    await run_process(around, [opener(idle), opener(role)], until_idle=True)
    assert (role.done, role.finished, idle.finished) == (50, True, True)


async def test_a_wrong_setting_stops_the_process_and_says_which(around: Surroundings) -> None:
    good = ScriptedRole(name="good")
    with pytest.raises(MisconfiguredError, match="ZHITUI_X"):
        await run_process(around, [opener(good), opener(ScriptedRole(crash=MisconfiguredError("ZHITUI_X 不对")))])


@pytest.mark.parametrize("role", [ScriptedRole(crash=ValueError("boom")), ScriptedRole(ends_early=True)])
async def test_a_role_that_crashes_or_ends_by_itself_ends_the_process(around: Surroundings, role: ScriptedRole) -> None:
    with pytest.raises(ExceptionGroup):
        await run_process(around, [opener(role)])


async def test_ready_is_told_when_the_last_problem_is_gone(around: Surroundings) -> None:
    role = ScriptedRole(missing=["还在读画像"])
    told: list[list[str]] = []
    running = asyncio.create_task(run_process(around, [opener(role)], on_ready=told.append))
    await asyncio.sleep(0.1)
    assert told == []
    role.missing = []
    await soon(lambda: told)
    assert told == [[]]
    os.kill(os.getpid(), signal.SIGTERM)
    await running


async def test_what_keeps_a_role_from_being_ready_is_told_after_a_while(
    around: Surroundings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.runtime.process.PROBLEMS_AFTER_SECONDS", 0.05)
    told: list[list[str]] = []
    role = ScriptedRole(missing=["没有邮件服务器"])
    running = asyncio.create_task(run_process(around, [opener(role)], on_ready=told.append))
    await soon(lambda: told)
    os.kill(os.getpid(), signal.SIGTERM)
    await running
    assert told == [["没有邮件服务器"]]


async def test_a_port_in_use_is_told_with_what_to_do(around: Surroundings) -> None:
    server = await asyncio.start_server(lambda _reader, _writer: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    taken = around.settings.model_copy(update={"http_port": port})
    with pytest.raises(MisconfiguredError, match=f"端口 {port} 已被.*ZHITUI_HTTP_PORT"):
        await run_process(replace(around, settings=taken), [opener(ScriptedRole())])
    server.close()
    await server.wait_closed()


async def test_a_host_that_is_not_this_machines_is_told(around: Surroundings) -> None:
    elsewhere = around.settings.model_copy(update={"http_host": "203.0.113.1"})
    with pytest.raises(MisconfiguredError, match="ZHITUI_HTTP_HOST"):
        await run_process(replace(around, settings=elsewhere), [opener(ScriptedRole())])


async def test_a_request_under_way_is_answered_while_the_process_stops(around: Surroundings) -> None:
    role = ScriptedRole(finishing_seconds=0.05)
    addresses: list[str] = []
    running = asyncio.create_task(run_process(around, [opener(role)], on_listening=addresses.append))
    await soon(lambda: addresses)
    async with aiohttp.ClientSession() as session, session.get(f"{addresses[0]}/fake/x") as response:
        os.kill(os.getpid(), signal.SIGTERM)
        assert await response.text() == "fake"
    await running


async def test_an_address_that_cannot_be_written_down_stops_nothing(around: Surroundings) -> None:
    (around.settings.data_dir / "http.new").mkdir()
    role = ScriptedRole()
    await run_process(around, [opener(role)], until_idle=True)
    assert role.finished
