"""A process that runs until nothing is left to do ends then, and not before."""

import asyncio

from shared.errors import RetryLaterError
from shared.metrics import Metrics
from shared.runtime.idle import wait_until_idle


class Answers:
    """A role that answers whether it is idle with these, the last one for ever."""

    name = "ingest"

    def __init__(self, *answers: bool | Exception) -> None:
        self.left = list(answers)
        self.asked = 0

    async def is_idle(self) -> bool:
        await asyncio.sleep(0)
        self.asked += 1
        answer = self.left.pop(0) if len(self.left) > 1 else self.left[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


async def waited_for(*answers: bool | Exception) -> int:
    role, stop = Answers(*answers), asyncio.Event()
    await wait_until_idle([role], Metrics(), stop, pause_seconds=0)  # type: ignore[list-item]
    assert stop.is_set()
    return role.asked


async def test_one_idle_answer_is_not_enough() -> None:
    assert await waited_for(True) == 2  # noqa: FBT003 - an answer
    assert await waited_for(True, False, True) == 4  # noqa: FBT003


async def test_a_server_that_does_not_answer_is_asked_again() -> None:
    assert await waited_for(True, RetryLaterError("总线没有应答"), True) == 4  # noqa: FBT003
