"""Work that cannot be done now is held and tried again."""

import asyncio

import pytest

from shared.errors import InvalidInputError, RetryLaterError, StorageFullError
from shared.metrics import Metrics
from shared.runtime.patience import FIRST_SECONDS, LONGEST_SECONDS, Patience
from shared.testing.clock import ManualClock


class Work:
    """Fails with these, one after the other, then succeeds."""

    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)
        self.tries = 0

    async def __call__(self) -> str:
        await asyncio.sleep(0)
        self.tries += 1
        if self.failures:
            raise self.failures.pop(0)
        return "done"


def patience_of(clock: ManualClock) -> tuple[Patience, Metrics]:
    metrics = Metrics()
    return Patience("matcher", clock, metrics, asyncio.Event()), metrics


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def test_work_is_tried_again_until_it_is_done_and_what_kept_it_is_shown_meanwhile() -> None:
    clock = ManualClock()
    patience, metrics = patience_of(clock)
    work = Work(RetryLaterError("没有应答"), StorageFullError("磁盘已满"))
    doing = asyncio.create_task(patience.persist(work))
    await settle()
    assert metrics.registry.get_sample_value("zhitui_server_unreachable") == 1
    await clock.advance(LONGEST_SECONDS)
    await settle()
    assert metrics.registry.get_sample_value("zhitui_server_unreachable") == 0
    assert metrics.registry.get_sample_value("zhitui_storage_full") == 1
    await clock.advance(LONGEST_SECONDS)
    assert await doing == "done"
    assert metrics.registry.get_sample_value("zhitui_storage_full") == 0


async def test_the_wait_grows_from_short_to_a_second() -> None:
    clock = ManualClock()
    patience, _ = patience_of(clock)
    work = Work(*[RetryLaterError("没有应答")] * 50)
    doing = asyncio.create_task(patience.persist(work))
    await settle()
    await clock.advance(FIRST_SECONDS)
    await settle()
    assert work.tries == 2
    for tries in range(3, 52):
        await clock.advance(LONGEST_SECONDS)
        await settle()
        assert work.tries == tries
    assert await doing == "done"


async def test_the_other_side_may_ask_for_a_longer_wait() -> None:
    clock = ManualClock()
    patience, _ = patience_of(clock)
    work = Work(RetryLaterError("太快了", after_seconds=30))
    doing = asyncio.create_task(patience.persist(work))
    await settle()
    await clock.advance(29)
    await settle()
    assert not doing.done()
    await clock.advance(1)
    assert await doing == "done"


async def test_a_stop_ends_the_waiting_with_the_error() -> None:
    clock = ManualClock()
    patience, _ = patience_of(clock)
    work = Work(*[RetryLaterError("没有应答")] * 9)
    doing = asyncio.create_task(patience.persist(work))
    await settle()
    patience.stop.set()
    with pytest.raises(RetryLaterError):
        await doing


async def test_what_can_never_succeed_is_not_tried_again() -> None:
    patience, _ = patience_of(ManualClock())
    work = Work(InvalidInputError("坏的"))
    with pytest.raises(InvalidInputError):
        await patience.persist(work)
    assert work.tries == 1


async def test_what_is_repeated_rests_only_where_nothing_was_done_and_ends_with_the_process() -> None:
    clock = ManualClock()
    patience, _ = patience_of(clock)
    looks: list[int] = []

    async def look() -> int:
        looks.append(len(looks))
        return int(len(looks) < 3)

    doing = asyncio.create_task(patience.repeat(look, seconds=60))
    await settle()
    assert len(looks) == 3
    await clock.advance(59)
    assert len(looks) == 3
    await clock.advance(1)
    await settle()
    assert len(looks) == 4
    patience.stop.set()
    await doing
