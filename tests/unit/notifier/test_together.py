"""Ends that come closely are written down in one go, and who is alone does not wait."""

import asyncio

import pytest

from services.notifier.delivery.together import MOST, Together


async def gone(together: Together, count: int) -> "list[asyncio.Task[None]]":
    tasks = [asyncio.create_task(together.wait()) for _ in range(count)]
    for _ in range(4):
        await asyncio.sleep(0)
    return tasks


async def test_who_is_alone_goes_at_once() -> None:
    (one,) = await gone(Together(lambda: False), 1)
    assert one.done()


async def test_all_go_when_the_last_one_comes() -> None:
    expected = True
    together = Together(lambda: expected)
    waiting = await gone(together, 3)
    assert not any(one.done() for one in waiting)
    expected = False
    last = await gone(together, 1)
    assert all(one.done() for one in (*waiting, *last))


async def test_many_do_not_wait_for_more() -> None:
    together = Together(lambda: True)
    waiting = await gone(together, MOST - 1)
    assert not any(one.done() for one in waiting)
    last = await gone(together, 1)
    assert all(one.done() for one in (*waiting, *last))
    (next_one,) = await gone(together, 1)
    assert not next_one.done()
    together.let_go()
    await next_one


async def test_nobody_waits_longer_than_a_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.notifier.delivery.together.LONGEST_SECONDS", 0.0)
    together = Together(lambda: True)
    async with asyncio.timeout(5):
        await asyncio.gather(together.wait(), together.wait())
