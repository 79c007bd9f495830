"""Scheduled sources are visited by one process, at their time; what a visit was doing when it ended is done again, never left out."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.ingest.sources.problems import NOTHING_RECOGNISED, WEB_PAGE
from services.ingest.sources.scheduled import Visit
from services.ingest.sources.timing import FIRST_RETRY_SECONDS, ask_now, next_visit_at
from services.ingest.sources.visits import LOOK_SECONDS, Visits
from services.ingest.wiring import make_visiting
from shared.errors import RetryLaterError, SourceProblemError
from shared.runtime.ownership import Alone, Leased, Ownership
from shared.runtime.patience import Patience
from shared.runtime.role import Surroundings
from shared.store.incoming import SourceState
from shared.testing.clock import ManualClock
from tests.integration.ingest.made import open_surroundings, row, seen, table

NUMBERS = [f"CN11000781{n}A" for n in range(6)]


class Shelf:
    """A source of six files, one publication each; it remembers how many were taken."""

    name, kind, every = "shelf", "folder", timedelta(hours=1)

    def __init__(self, *, before: Callable[[int], Awaitable[None]] | None = None) -> None:
        self.visits = 0
        self.failure: Exception | None = None
        self.instead: bytes | None = None
        self._before = before

    async def visit(self, visit: Visit) -> None:
        self.visits += 1
        if self.failure is not None:
            raise self.failure
        if self.instead is not None:
            await visit.take("page", self.instead)
            return
        for place in range(int(visit.cursor.get("taken", "0")), len(NUMBERS)):
            await visit.take(f"{place}.csv", table(row(NUMBERS[place])).encode())
            if self._before is not None:
                await self._before(place)
            await visit.remember({"taken": str(place + 1)})

    async def check(self) -> str:
        return "六份文件"


class Process:
    """A process that visits the source."""

    def __init__(self, around: Surroundings, clock: ManualClock, source: Shelf, instance: str | None = None) -> None:
        patience = Patience("ingest", clock, around.metrics, asyncio.Event())
        self.ownership: Ownership = Leased(instance, around.store.leases, patience) if instance else Alone()
        visiting = make_visiting(around, source, ownership=self.ownership, patience=patience)
        visiting.clock = clock
        self.visits = Visits(visiting, ownership=self.ownership, metrics=around.metrics)
        self.stop = patience.stop
        self.task = asyncio.ensure_future(self.visits.run())

    async def end(self) -> None:
        self.stop.set()
        await self.task

    async def die(self) -> None:
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)


@pytest.fixture
async def around(tmp_path: Path) -> AsyncIterator[Surroundings]:
    async with open_surroundings(tmp_path) as opened:
        yield opened


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(datetime(2026, 1, 5, 2, 0, tzinfo=UTC))


@asynccontextmanager
async def running(
    around: Surroundings, clock: ManualClock, source: Shelf, instance: str | None = None
) -> AsyncIterator[Process]:
    process = Process(around, clock, source, instance)
    try:
        yield process
    finally:
        await process.end()


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not holds():  # noqa: ASYNC110 - what is waited for tells nobody
            await asyncio.sleep(0.005)


async def numbers_seen(around: Surroundings) -> list[str]:
    return sorted(one.publication.publication_number for one in await seen(around))


async def state(around: Surroundings) -> SourceState:
    found = await around.store.sources.get("shelf")
    assert found is not None
    return found


async def comes(clock: ManualClock, process: Process, source: Shelf, seconds: float) -> None:
    """Move the clock on; the source is visited then."""
    before = source.visits
    await clock.advance(seconds)
    await until(lambda: source.visits == before + 1 and process.visits.is_idle)


async def stays_away(clock: ManualClock, source: Shelf, seconds: float) -> None:
    """Move the clock on; nobody visits the source."""
    before = source.visits
    await clock.advance(seconds)
    await asyncio.sleep(0.05)
    assert source.visits == before


async def test_a_source_is_visited_at_once_and_then_at_its_time_with_jitter(
    around: Surroundings, clock: ManualClock
) -> None:
    source = Shelf()
    async with running(around, clock, source) as process:
        assert not process.visits.is_idle
        await until(lambda: process.visits.is_idle)
        assert await numbers_seen(around) == NUMBERS
        known = await state(around)
        assert (known.cursor, known.problem, known.new_at) == ({"taken": "6"}, None, clock.now())
        due = next_visit_at(known, source.every)
        assert due is not None
        assert source.every <= due - clock.now() <= 1.1 * source.every
        await stays_away(clock, source, 3590)
        await comes(clock, process, source, 0.11 * 3600)
    again = await state(around)
    assert again.new_at == known.new_at
    assert again.succeeded_at > known.succeeded_at  # type: ignore[operator]


async def test_a_process_that_dies_between_taking_and_remembering_loses_nothing(
    around: Surroundings, clock: ManualClock
) -> None:
    reached = asyncio.Event()

    async def hang(place: int) -> None:
        if place == 2:
            reached.set()
            await asyncio.Event().wait()

    dying = Process(around, clock, Shelf(before=hang))
    await reached.wait()
    await dying.die()
    assert (await state(around)).cursor == {"taken": "2"}
    source = Shelf()
    async with running(around, clock, source) as process:
        await until(lambda: process.visits.is_idle)
    assert await numbers_seen(around) == NUMBERS
    runs = await around.store.runs.recent()
    assert [run.name for run in runs if run.unchanged] == ["2.csv"]


async def test_trouble_is_told_and_tried_again_later_and_later(around: Surroundings, clock: ManualClock) -> None:
    source = Shelf()
    source.failure = RetryLaterError("门关着")
    async with running(around, clock, source) as process:
        await until(lambda: process.visits.is_idle)
        first = await state(around)
        assert (first.problem, first.problem_since, first.succeeded_at) == ("门关着", clock.now(), None)
        await stays_away(clock, source, FIRST_RETRY_SECONDS - 2)
        await comes(clock, process, source, 2 + 0.1 * FIRST_RETRY_SECONDS)
        await stays_away(clock, source, 2 * FIRST_RETRY_SECONDS - 10)
        source.failure = None
        await comes(clock, process, source, 3 * FIRST_RETRY_SECONDS)
    assert (await state(around)).problem is None
    assert await numbers_seen(around) == NUMBERS


async def test_a_process_that_starts_after_trouble_neither_hurries_nor_forgets(
    around: Surroundings, clock: ManualClock
) -> None:
    source = Shelf()
    source.failure = RetryLaterError("流量用完了", after_seconds=600)
    async with running(around, clock, source) as process:
        await until(lambda: process.visits.is_idle)
    again = Shelf()
    async with running(around, clock, again) as process:
        await until(lambda: process.visits.is_idle)
        await stays_away(clock, again, 590)
        await comes(clock, process, again, 11)


async def test_a_disk_without_room_for_temporary_files_is_waited_for(around: Surroundings, clock: ManualClock) -> None:
    source = Shelf()
    source.failure = OSError(28, "No space left on device")
    async with running(around, clock, source) as process:
        await until(lambda: process.visits.is_idle)
        assert "No space left" in str((await state(around)).problem)
        source.failure = None
        await comes(clock, process, source, 1.2 * FIRST_RETRY_SECONDS)


async def test_a_wait_that_is_asked_for_is_kept(around: Surroundings, clock: ManualClock) -> None:
    source = Shelf()
    source.failure = RetryLaterError("流量用完了", after_seconds=7200)
    async with running(around, clock, source) as process:
        await until(lambda: process.visits.is_idle)
        await stays_away(clock, source, 7190)
        await comes(clock, process, source, 11)


@pytest.mark.parametrize(
    ("failure", "instead", "told"),
    [
        (SourceProblemError("密码不对"), None, "密码不对"),
        (ValueError("secret"), None, "程序出错（ValueError），下次再试。请把日志报告给开发者。"),
        (None, b"<!DOCTYPE html><html><script>challenge()</script></html>", WEB_PAGE),
        (None, b"\x00\x01 nothing that anybody knows", NOTHING_RECOGNISED),
    ],
    ids=["refused", "mistake of ours", "web page", "unread"],
)
async def test_a_problem_stands_with_the_source_until_a_visit_goes_well(
    around: Surroundings, clock: ManualClock, failure: Exception | None, instead: bytes | None, told: str
) -> None:
    source = Shelf()
    source.failure, source.instead = failure, instead
    async with running(around, clock, source) as process:
        await until(lambda: process.visits.is_idle)
        since = clock.now()
        assert (await state(around)).problem == told
        await comes(clock, process, source, 1.11 * 3600)
        assert (await state(around)).problem_since == since
        source.failure = source.instead = None
        await comes(clock, process, source, 1.11 * 3600)
    known = await state(around)
    assert (known.problem, known.problem_since) == (None, None)


async def test_of_two_processes_one_visits_and_the_other_goes_on_when_it_ends(
    around: Surroundings, clock: ManualClock
) -> None:
    first, second = Shelf(), Shelf()
    one = Process(around, clock, first, "a")
    await until(lambda: first.visits == 1)
    other = Process(around, clock, second, "b")
    await until(lambda: other.ownership.owner == "a")
    assert other.visits.is_idle
    await one.end()
    await around.store.sources.save(ask_now(await state(around)))
    await clock.advance(1.5)
    await until(lambda: second.visits == 1)
    await other.end()
    assert await numbers_seen(around) == NUMBERS


async def test_a_visit_that_somebody_asks_for_comes_at_once(around: Surroundings, clock: ManualClock) -> None:
    source = Shelf()
    async with running(around, clock, source) as process:
        await until(lambda: process.visits.is_idle)
        await around.store.sources.save(ask_now(await state(around)))
        await comes(clock, process, source, LOOK_SECONDS)


async def test_a_visit_that_the_end_of_the_process_cuts_short_counts_as_none(
    around: Surroundings, clock: ManualClock
) -> None:
    class Stopping(Shelf):
        async def visit(self, visit: Visit) -> None:
            await visit.take("0.csv", table(row()).encode())
            visit.stop.set()

    source = Stopping()
    process = Process(around, clock, source)
    await process.task
    assert await around.store.sources.get("shelf") is None
    assert len(await seen(around)) == 1
