"""Questions to the store are asked together, and each is answered by what was true after it was asked."""

import asyncio
from collections.abc import Sequence

import pytest

from shared.gathering import Gathering


class Source:
    """Answers when it is let."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []
        self.known = {"a": 1, "b": 2}
        self.go_on = asyncio.Event()
        self.error: Exception | None = None

    async def ask(self, keys: Sequence[str]) -> dict[str, int]:
        self.asked.append(list(keys))
        answer = {key: self.known[key] for key in keys if key in self.known}
        await self.go_on.wait()
        if self.error is not None:
            raise self.error
        return answer


async def ask_for(gathering: Gathering[str, int], *keys: str) -> "list[asyncio.Task[int | None]]":
    tasks = [asyncio.create_task(gathering.get(key)) for key in keys]
    for _ in range(4):
        await asyncio.sleep(0)
    return tasks


async def test_what_is_asked_at_one_moment_is_one_question() -> None:
    source = Source()
    source.go_on.set()
    gathering = Gathering(source.ask)
    assert await asyncio.gather(*(gathering.get(key) for key in ("a", "b", "a", "c"))) == [1, 2, 1, None]
    assert source.asked == [["a", "b", "c"]]


async def test_what_is_asked_while_an_answer_is_on_its_way_hears_what_is_true_after_that() -> None:
    source = Source()
    gathering = Gathering(source.ask)
    early = await ask_for(gathering, "a")
    source.known["a"] = 3
    late = await ask_for(gathering, "a", "b")
    source.go_on.set()
    assert [await task for task in (*early, *late)] == [1, 3, 2]
    assert source.asked == [["a"], ["a", "b"]]


async def test_an_error_reaches_everybody_who_asked_and_nobody_after() -> None:
    source = Source()
    source.error = OSError("away")
    gathering = Gathering(source.ask)
    tasks = await ask_for(gathering, "a", "b")
    source.go_on.set()
    for task in tasks:
        with pytest.raises(OSError, match="away"):
            await task
    source.error = None
    assert await gathering.get("a") == 1


async def test_who_gives_up_asking_harms_nobody_else() -> None:
    source = Source()
    gathering = Gathering(source.ask)
    first, second = await ask_for(gathering, "a", "a")
    first.cancel()
    source.go_on.set()
    assert await second == 1
    with pytest.raises(asyncio.CancelledError):
        await first
