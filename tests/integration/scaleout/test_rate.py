"""Ten processes, one robot: however wrong their clocks are and whichever of them die, it is never called too often."""

import asyncio
import signal
import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from shared.testing.wecom import LIMIT_CALLS, LIMIT_WINDOW_SECONDS, FakeWeCom
from tests.integration.scaleout.processes import Workers
from tests.integration.scaleout.worker import HOLD_SECONDS, MARGIN_SECONDS, WINDOW_SECONDS

pytestmark = pytest.mark.city


KEY = "693a91f6-7000-4000-8000-000000000000"
PROCESSES = 10
RUN_SECONDS = 12.0


class FastClock:
    """Runs so much faster that the robot's minute is the test's window."""

    def now(self) -> datetime:
        return datetime.fromtimestamp(time.monotonic() * LIMIT_WINDOW_SECONDS / WINDOW_SECONDS, UTC)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds * WINDOW_SECONDS / LIMIT_WINDOW_SECONDS)


async def until(done: Callable[[], bool], seconds: float) -> None:
    async with asyncio.timeout(seconds):
        while not done():  # noqa: ASYNC110 - the others are processes, and know no event
            await asyncio.sleep(0.02)


async def test_a_robot_is_called_as_often_as_it_takes_and_never_more_often(workers: Workers) -> None:
    async with workers.store():  # made before ten processes would make it
        pass
    async with FakeWeCom(clock=FastClock(), keys=[KEY]) as wecom:
        processes = [
            workers.start("lane", wecom.base_url, KEY, str(n - PROCESSES / 2 if workers.has_server else 0))
            for n in range(PROCESSES)
        ]
        await until(lambda: len(wecom.accepted) == LIMIT_CALLS, 60)
        began = time.monotonic()
        await asyncio.sleep(RUN_SECONDS / 3)
        for process in processes[:2]:
            process.kill()
        for process in processes[2:4]:
            process.send_signal(signal.SIGSTOP)
        await asyncio.sleep(HOLD_SECONDS / 2)
        for process in processes[2:4]:
            process.send_signal(signal.SIGCONT)
        await asyncio.sleep(began + RUN_SECONDS - time.monotonic())
        made = len(wecom.accepted) - LIMIT_CALLS
    assert wecom.refused == []
    assert all(process.poll() is None for process in processes[2:])
    windows = RUN_SECONDS / (WINDOW_SECONDS + MARGIN_SECONDS)
    assert made >= (windows - 1.5) * LIMIT_CALLS
