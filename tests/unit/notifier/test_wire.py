"""Calls wait for one another before they go out."""

import asyncio

import pytest

from services.notifier.delivery.breakers import Standing
from services.notifier.delivery.width import FEWEST
from services.notifier.delivery.wire import Wire
from shared.errors import RetryLaterError


class Vendor:
    """Answers when it is let."""

    def __init__(self) -> None:
        self.wire = Wire()
        self.out: list[str] = []
        self.answers: dict[str, asyncio.Future[None]] = {}

    def call(self, name: str, standing: Standing = Standing.LIVING) -> "asyncio.Task[None]":
        return asyncio.create_task(self._call(name, standing))

    async def _call(self, name: str, standing: Standing) -> None:
        async with self.wire.call(standing):
            self.out.append(name)
            self.answers[name] = asyncio.get_running_loop().create_future()
            try:
                await self.answers[name]
            finally:
                self.out.remove(name)


async def turns() -> None:
    for _ in range(6):
        await asyncio.sleep(0)


async def end(*calls: "asyncio.Task[None]") -> None:
    for call in calls:
        call.cancel()
    for ending in await asyncio.gather(*calls, return_exceptions=True):
        assert ending is None or isinstance(ending, asyncio.CancelledError | RetryLaterError), repr(ending)


async def test_a_call_goes_out_when_one_before_it_was_answered_in_order() -> None:
    vendor = Vendor()
    calls = [vendor.call(str(n)) for n in range(FEWEST + 2)]
    await turns()
    first = [str(n) for n in range(FEWEST)]
    assert vendor.out == first
    assert vendor.wire.is_wanted
    vendor.answers["1"].set_result(None)
    await turns()
    assert vendor.out == [*(name for name in first if name != "1"), str(FEWEST)]
    await end(*calls)
    assert not vendor.wire.is_wanted


async def test_those_who_answered_last_time_do_not_wait_for_those_of_whom_nobody_knows() -> None:
    vendor = Vendor()
    calls = [vendor.call(f"new-{n}", Standing.UNKNOWN) for n in range(FEWEST + 1)]
    calls += [vendor.call("living")]
    await turns()
    assert "living" in vendor.out
    assert len(vendor.out) == FEWEST + 1
    await end(*calls)


async def test_those_of_whom_nobody_knows_get_the_room_that_the_others_leave_and_that_of_one_call_at_least() -> None:
    vendor = Vendor()
    living = [vendor.call(f"living-{n}") for n in range(FEWEST)]
    unknown = [vendor.call(f"new-{n}", Standing.UNKNOWN) for n in range(FEWEST + 1)]
    await turns()
    assert vendor.out == [*(f"living-{n}" for n in range(FEWEST)), "new-0"]
    for answer in list(vendor.answers.values())[:FEWEST]:
        answer.set_result(None)
    await turns()
    assert vendor.out == [f"new-{n}" for n in range(FEWEST)]
    await end(*living, *unknown)


async def test_nobody_waits_for_the_silent() -> None:
    vendor = Vendor()
    calls = [vendor.call(f"silent-{n}", Standing.SILENT) for n in range(3 * FEWEST)]
    calls += [vendor.call("living")]
    await turns()
    assert len(vendor.out) == 3 * FEWEST + 1
    await end(*calls)


async def test_who_waits_for_an_answer_for_long_lets_others_call_once() -> None:
    vendor = Vendor()
    vendor.wire.quick_seconds = 0.0
    calls = [vendor.call(str(n)) for n in range(3 * FEWEST)]
    async with asyncio.timeout(5):
        while len(vendor.out) < 3 * FEWEST:  # noqa: ASYNC110 - no event tells it
            await asyncio.sleep(0)
    vendor.wire.quick_seconds = 60.0
    for name in list(vendor.out):
        vendor.answers[name].set_result(None)  # they had let go already: no room comes of it
    await turns()
    calls += [vendor.call(f"next-{n}") for n in range(3 * FEWEST)]
    await turns()
    assert len(vendor.out) == FEWEST
    await end(*calls)


async def test_who_gives_up_waiting_takes_no_room() -> None:
    vendor = Vendor()
    calls = [vendor.call(str(n)) for n in range(FEWEST)]
    await turns()
    waits, next_one = vendor.call("gives up"), vendor.call("next")
    await turns()
    waits.cancel()
    vendor.answers["0"].set_result(None)
    await turns()
    assert "next" in vendor.out
    assert "gives up" not in vendor.answers
    await end(next_one, *calls)


async def test_who_is_cancelled_the_moment_it_may_call_leaves_its_room_to_the_next() -> None:
    vendor = Vendor()
    calls = [vendor.call(str(n)) for n in range(FEWEST)]
    await turns()
    waits, next_one = vendor.call("gives up"), vendor.call("next")
    await turns()
    vendor.answers["0"].set_result(None)
    await asyncio.sleep(0)  # it is let in, and has not heard of it
    waits.cancel()
    await turns()
    assert "next" in vendor.out
    await end(next_one, *calls)


async def test_a_call_that_fails_leaves_its_room_too() -> None:
    wire = Wire()
    for _ in range(2 * FEWEST):
        with pytest.raises(RetryLaterError):
            async with wire.call(Standing.UNKNOWN):
                raise RetryLaterError("对方说稍后再试")
    async with wire.call(Standing.UNKNOWN):
        pass
