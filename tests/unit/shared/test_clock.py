"""Clocks: the machine's, and the one that a test turns."""

import asyncio
from datetime import UTC, timedelta

from shared.clock import SystemClock
from shared.testing.clock import ManualClock


async def test_the_system_clock_is_aware_utc_and_does_not_go_back() -> None:
    clock = SystemClock()
    before = clock.now()
    await clock.sleep(0)
    assert before.tzinfo is UTC
    assert clock.now() >= before


async def test_a_sleeper_wakes_when_its_time_has_come_and_not_before() -> None:
    clock = ManualClock()
    sleeper = asyncio.create_task(clock.sleep(10))
    await clock.advance(9)
    assert not sleeper.done()
    await clock.advance(1)
    assert sleeper.done()


async def test_no_time_is_slept_at_once_and_the_clock_stands_still() -> None:
    clock = ManualClock()
    start = clock.now()
    await clock.sleep(0)
    await clock.sleep(-1)
    assert clock.now() == start
    clock.set(start - timedelta(days=1))
    assert clock.now() < start
