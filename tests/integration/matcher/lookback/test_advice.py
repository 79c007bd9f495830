"""The advice as the portal is given it: in processes of its own, over an index that follows store and bus."""

import asyncio
import os
import signal
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import date, timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import TypeVar

import msgspec
import pytest

from services.matcher.lookback import advice as face
from services.matcher.lookback import keeper, process, processes
from services.matcher.lookback.advice import Lookback, open_advice
from services.matcher.lookback.answers import Answers
from services.matcher.lookback.folder import CONTENTS, FOLDER
from services.matcher.lookback.past import made_by
from shared.advice import Count, Search
from shared.bus.port import Record
from shared.bus.topics import PUBLICATIONS
from shared.errors import RetryLaterError
from shared.runtime.role import Surroundings
from shared.store.records import PublicationVersion
from shared.wire.content import content_hash
from shared.wire.events import Change, PublicationSeen, encode_event
from shared.wire.publication import Publication
from tests.surroundings import open_surroundings
from tests.unit.matcher.lookback.made import MONDAY, published
from tests.unit.matcher.made import profile

T = TypeVar("T")

STORED = [published(number, "一种固态电池" if number % 3 else "数控机床", day=number % 28) for number in range(60)]
BATTERIES = profile(("电池",))
PATIENCE_SECONDS = 60.0


async def store(around: Surroundings, *publications: Publication) -> None:
    now = around.clock.now()
    versions = [
        PublicationVersion(publication=one, version=1, content_hash=content_hash(one), accepted_at=now)
        for one in publications
    ]
    await around.store.publications.save(versions)


async def tell(around: Surroundings, *publications: Publication) -> None:
    now = around.clock.now()
    events = (
        PublicationSeen(publication=one, content_hash=content_hash(one), change=Change.NEW, seen_at=now)
        for one in publications
    )
    records = [Record(key=event.publication.publication_number, value=encode_event(event)) for event in events]
    await around.bus.append(PUBLICATIONS, records)


@asynccontextmanager
async def asked(folder: Path, *stored: Publication) -> AsyncIterator[tuple[Surroundings, Lookback]]:
    async with open_surroundings(folder) as around:
        await store(around, *stored)
        async with open_advice(around) as advice:
            yield around, advice


async def until(look: Callable[[], Awaitable[T]], wanted: T) -> None:
    """Ask until the answer is this one."""
    found: T | RetryLaterError | None = None
    async with asyncio.timeout(PATIENCE_SECONDS):
        while found != wanted:
            try:
                found = await look()
            except RetryLaterError as error:
                found = error
            await asyncio.sleep(0.05)


@pytest.fixture
def in_threads(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Answer in a thread, where it does not matter that a process would, and as soon as the event is set."""
    pools: list[ThreadPoolExecutor] = []
    loaded = threading.Event()
    loaded.set()

    def threads(data_dir: Path, _until: object) -> ThreadPoolExecutor:
        pools.append(ThreadPoolExecutor(1, initializer=loaded.wait))
        monkeypatch.setattr(process, "_answers", Answers(data_dir))
        return pools[-1]

    monkeypatch.setattr(processes, "pool", threads)
    yield loaded
    loaded.set()
    for pool in pools:
        pool.shutdown()


async def test_what_is_stored_is_answered_from_and_what_comes_after_too(tmp_path: Path, in_threads: object) -> None:
    async with asked(tmp_path, *STORED) as (around, advice):
        await until(lambda: advice.count(BATTERIES), Count(matches=40))
        newer = published(99, "电池的壳体", day=27)
        corrected = msgspec.structs.replace(STORED[0], title="其实是电池")
        event = msgspec.structs.replace(STORED[3], event="transfer", title="电池")
        await tell(around, newer, corrected, event)
        await until(lambda: advice.count(BATTERIES), Count(matches=42))
        found = await advice.search(Search(text="电池", limit=1))
        assert found.publications == (newer,)
        assert found.total == Count(matches=42)
        told = await advice.why_not(BATTERIES, STORED[0].publication_number)
        assert told is not None
        assert told.publication == corrected
        assert told.match is not None

        progress = [one async for one in advice.backtest(BATTERIES, since=MONDAY + timedelta(days=7))]
        assert [one.done for one in progress] == sorted(one.done for one in progress)
        assert all(one.result is None for one in progress[:-1])
        preview = await advice.preview(BATTERIES, weeks=3)
        result = progress[-1].result
        assert result is not None
        assert (result.count, result.weeks, result.a_week) == (preview.count, preview.weeks, preview.a_week)
        assert progress[-1].done == progress[-1].total

        ancient = [one async for one in advice.backtest(BATTERIES, since=date.min)][-1].result
        assert ancient is not None
        assert ancient.count == Count(matches=42)
        assert len(ancient.weeks) < 60, "two thousand years without publications are not listed"


async def test_the_next_start_goes_on_where_this_one_ended_and_reads_anew_what_it_then_still_misses(
    tmp_path: Path, in_threads: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeper, "AGAIN_SECONDS", 0.1)
    async with asked(tmp_path, *STORED[:30]) as (_, advice):
        await until(lambda: advice.count(BATTERIES), Count(matches=20))
    kept = {path.name for path in (tmp_path / FOLDER).iterdir()}
    async with open_surroundings(tmp_path) as around:
        await tell(around, published(99, "电池的壳体"))
        await store(around, published(99, "电池的壳体"))
        async with open_advice(around) as advice:
            await until(lambda: advice.count(BATTERIES), Count(matches=21))
    assert kept <= {path.name for path in (tmp_path / FOLDER).iterdir()}
    async with asked(tmp_path, *STORED[30:]) as (_, advice):  # stored, but never told on the bus
        assert (await advice.count(BATTERIES)).matches >= 21, "what was there answers until then"
        await until(lambda: advice.count(BATTERIES), Count(matches=41))
    assert not kept <= {path.name for path in (tmp_path / FOLDER).iterdir()}


async def test_two_processes_on_one_folder_answer_alike_and_one_of_them_writes(
    tmp_path: Path, in_threads: object
) -> None:
    async with asked(tmp_path, *STORED) as (around, advice):
        await until(lambda: advice.count(BATTERIES), Count(matches=40))
        async with open_advice(around) as other:
            await until(lambda: other.count(BATTERIES), Count(matches=40))
            await tell(around, published(99, "电池的壳体"))
            await until(lambda: other.count(BATTERIES), Count(matches=41))


async def test_when_the_process_ends_that_writes_another_one_on_its_folder_goes_on(
    tmp_path: Path, in_threads: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeper, "AGAIN_SECONDS", 0.05)
    async with open_surroundings(tmp_path) as around, AsyncExitStack() as stack:
        await store(around, *STORED)
        async with open_advice(around) as first:
            await until(lambda: first.count(BATTERIES), Count(matches=40))
            second = await stack.enter_async_context(open_advice(around))
            await until(lambda: second.count(BATTERIES), Count(matches=40))
        await tell(around, published(99, "电池的壳体"))
        await until(lambda: second.count(BATTERIES), Count(matches=41))


async def test_questions_wait_a_moment_for_the_index_and_say_so_when_that_is_not_enough(
    tmp_path: Path, in_threads: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(face, "PATIENCE_SECONDS", 0.01)
    async with open_surroundings(tmp_path) as around:
        advice = Lookback(around)  # and nobody who reads anything in
        await advice.ready()
        with pytest.raises(RetryLaterError, match="正在读入"):
            await advice.count(BATTERIES)
        assert [one.symbol for one in await advice.ipc()] == list("ABCDEFGH")
        await advice.close()


async def test_who_asks_before_the_processes_are_ready_is_told_so_at_once_and_answered_when_they_are(
    tmp_path: Path, in_threads: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_threads.clear()
    async with asked(tmp_path, *STORED) as (_, advice):
        with monkeypatch.context() as patched:
            patched.setattr(face, "PATIENCE_SECONDS", 0.01)
            for question in (advice.count(BATTERIES), advice.check(BATTERIES), advice.ipc()):
                with pytest.raises(RetryLaterError, match="正在准备") as told:
                    await question
                assert told.value.after_seconds
        in_threads.set()
        await until(lambda: advice.count(BATTERIES), Count(matches=40))


async def test_processes_begin_without_being_asked_unless_nobody_will(
    tmp_path: Path, in_threads: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def has_begun() -> bool:
        return (tmp_path / FOLDER / CONTENTS).exists()

    async with open_surroundings(tmp_path) as around:
        await store(around, *STORED)
        async with open_advice(around, unasked_seconds=0.0):
            await until(has_begun, wanted=True)
        async with open_advice(around, unasked_seconds=None) as advice:
            await asyncio.sleep(0.05)
            assert advice._processes._getting_ready is None


def test_while_the_index_is_made_anew_the_one_of_an_older_program_answers(tmp_path: Path) -> None:
    def add(asked: Answers, publications: list[Publication]) -> None:
        asked.add([msgspec.msgpack.encode(publications)], None)

    first = Answers(tmp_path)
    first.begin("topic", {})
    add(first, STORED)
    with pytest.raises(RetryLaterError, match="已读 60 件"):
        first.count(BATTERIES, None)
    first.finish()
    contents = tmp_path / FOLDER / CONTENTS
    older = msgspec.json.decode(contents.read_bytes())
    older["made_by"] = made_by()[:-1] + "…"
    contents.write_bytes(msgspec.json.encode(older))

    second = Answers(tmp_path)
    assert second.contents() == (None, 0, 0), "it is to be made anew"
    second.begin("topic", {})
    add(second, STORED[:3])
    assert second.count(BATTERIES, None) == Count(matches=40)
    second.finish()
    assert second.count(BATTERIES, None) == Count(matches=2)


async def test_a_process_that_is_killed_is_replaced_and_the_question_may_be_asked_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "WORKERS", 1)
    monkeypatch.setattr(keeper, "AGAIN_SECONDS", 0.1)
    async with asked(tmp_path, *STORED) as (_, advice):
        await until(lambda: advice.count(BATTERIES), Count(matches=40))
        first = workers(advice)
        for worker in first:
            os.kill(worker.pid or 0, signal.SIGKILL)
        with pytest.raises(RetryLaterError, match="重新启动"):
            await advice._processes.ask("check", BATTERIES)
        await until(lambda: advice.count(BATTERIES), Count(matches=40))
        second = workers(advice)
        assert not {one.pid for one in first} & {one.pid for one in second}
    assert not any(worker.is_alive() for worker in second)


def workers(advice: Lookback) -> list[BaseProcess]:
    pool = advice._processes._pool
    assert isinstance(pool, ProcessPoolExecutor)
    assert pool._processes
    return list(pool._processes.values())
