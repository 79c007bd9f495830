"""What many ask for at one moment comes once."""

import asyncio

from services.notifier.delivery.soon import Soon


async def test_it_comes_once_for_all_who_ask_before_it_does_and_again_for_who_asks_later() -> None:
    done: list[str] = []
    with Soon(lambda: done.append("once")) as soon:
        soon.ask()
        soon.ask()
        assert done == []
        await asyncio.sleep(0)
        assert done == ["once"]
        soon.ask()
        await asyncio.sleep(0)
        assert done == ["once", "once"]


async def test_what_was_asked_for_does_not_come_after_the_end() -> None:
    done: list[str] = []
    soon = Soon(lambda: done.append("late"))
    with soon:
        soon.ask()
    soon.ask()
    await asyncio.sleep(0)
    assert done == []
