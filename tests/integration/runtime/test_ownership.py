"""One process at a time does the work; the next goes on when the one before it is gone, and who stood still does no more."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from shared.clock import SystemClock
from shared.embedded import open_embedded
from shared.errors import RetryLaterError
from shared.metrics import Metrics
from shared.runtime import cancelling, ownership
from shared.runtime.ownership import Leased
from shared.runtime.patience import Patience
from shared.secret_box import SecretBox
from shared.settings import load_settings
from shared.store.coordination import Lease
from shared.store.port import Store


@pytest.fixture
async def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Store]:
    monkeypatch.setattr(ownership, "LEASE_SECONDS", 0.4)
    monkeypatch.setattr(ownership, "RENEW_SECONDS", 0.05)
    monkeypatch.setattr(ownership, "ASK_SECONDS", 0.05)
    monkeypatch.setattr(cancelling, "AGAIN_SECONDS", 0.05)
    settings = load_settings(data_dir=tmp_path)
    async with open_embedded(settings, SystemClock(), SecretBox(Fernet.generate_key().decode())) as (_, opened):
        yield opened


class Process:
    """Somebody who wants to do the work."""

    def __init__(self, name: str, store: Store) -> None:
        self.stop = asyncio.Event()
        self.works = asyncio.Event()
        self.cancelled = False
        self.leases = Standing(store)
        self.right = Leased(name, self.leases, Patience("test", SystemClock(), Metrics(), self.stop))
        self.task: asyncio.Task[None] | None = None

    async def _name(self) -> str:
        return "source"

    async def _work(self) -> None:
        self.works.set()
        try:
            await self.right.sure()
            await self.stop.wait()
        except asyncio.CancelledError:
            self.cancelled = True
            raise
        finally:
            self.works.clear()

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator["Process"]:
        self.task = asyncio.create_task(self.right.keep(self._name, self._work))
        try:
            yield self
        finally:
            self.stop.set()
            await asyncio.gather(self.task, return_exceptions=True)


class Standing:
    """Leases that a process does not reach while it `stands`."""

    def __init__(self, store: Store) -> None:
        self._leases = store.leases
        self.stands = False

    async def acquire(self, name: str, owner: str, *, seconds: float) -> Lease | None:
        self._look()
        return await self._leases.acquire(name, owner, seconds=seconds)

    async def renew(self, lease: Lease, *, seconds: float) -> bool:
        self._look()
        return await self._leases.renew(lease, seconds=seconds)

    async def release(self, lease: Lease) -> None:
        self._look()
        await self._leases.release(lease)

    async def held(self) -> list[Lease]:
        return await self._leases.held()

    def _look(self) -> None:
        if self.stands:
            raise RetryLaterError("away")


async def until(event: asyncio.Event) -> None:
    async with asyncio.timeout(10):
        await event.wait()


async def test_one_works_and_the_other_knows_who_until_it_stops(store: Store) -> None:
    async with Process("two", store).running() as two, Process("one", store).running() as one:
        await asyncio.sleep(0.6)
        (first, second) = (one, two) if one.works.is_set() else (two, one)
        assert first.works.is_set()
        assert not second.works.is_set()
        told = [second.right.owner]
        first.stop.set()
        await until(second.works)
        assert [*told, second.right.owner] == ["one" if first is one else "two", None]
        assert not first.cancelled


async def test_who_does_not_reach_the_store_stops_before_another_begins(store: Store) -> None:
    async with Process("one", store).running() as one:
        await until(one.works)
        async with Process("two", store).running() as two:
            one.leases.stands = True
            await until(two.works)
            assert one.cancelled
            assert not one.works.is_set()
            one.leases.stands = False
            await asyncio.sleep(0.3)
            assert two.works.is_set()
            assert not one.works.is_set()


async def test_who_died_is_followed_when_its_lease_is_over(store: Store) -> None:
    await store.leases.acquire("source", "dead", seconds=0.3)
    async with Process("one", store).running() as one:
        await until(one.works)


async def test_whoever_wakes_after_its_lease_writes_no_more(store: Store) -> None:
    async with Process("one", store).running() as one:
        await until(one.works)
        one.right._sure_until = 0.0  # what a process finds that stood still
        one.leases.stands = True
        writing = asyncio.create_task(one.right.sure())
        await asyncio.sleep(0.2)
        assert not writing.done() or writing.cancelled()
        writing.cancel()


@pytest.mark.parametrize("waits", ["to be sure", "for anything"])
async def test_work_whose_cancellation_was_lost_ends_nonetheless_and_begins_anew(store: Store, waits: str) -> None:
    one = Process("one", store)
    begun: list[int] = []
    swallowed = asyncio.Event()

    async def work() -> None:
        begun.append(len(begun))
        one.works.set()
        if len(begun) > 1:
            return await one._work()
        with contextlib.suppress(asyncio.CancelledError):  # as a database's client does that is waiting for an answer
            await one.stop.wait()
        swallowed.set()
        one.works.clear()
        await (one.right.sure() if waits == "to be sure" else one.stop.wait())
        raise AssertionError("it does no more")

    keeping = asyncio.create_task(one.right.keep(one._name, work))
    await until(one.works)
    one.leases.stands = True
    await until(swallowed)
    one.leases.stands = False
    await until(one.works)
    assert begun == [0, 1]
    one.stop.set()
    await keeping


async def test_a_short_trouble_with_the_store_interrupts_nothing(store: Store) -> None:
    async with Process("one", store).running() as one:
        await until(one.works)
        one.leases.stands = True
        await asyncio.sleep(0.15)
        one.leases.stands = False
        await asyncio.sleep(0.6)
        assert one.works.is_set()
        await one.right.sure()
        assert not one.cancelled


async def test_work_that_crashes_crashes_its_process_and_frees_the_lease(store: Store) -> None:
    one = Process("one", store)

    async def crash() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await one.right.keep(one._name, crash)
    assert await store.leases.held() == []
