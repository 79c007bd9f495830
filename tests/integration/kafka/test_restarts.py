"""A broker that is restarted under a living producer, consumer and reader loses nothing that was acknowledged."""

import asyncio
import contextlib
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from shared.bus.kafka import producer as producer_module
from shared.bus.kafka.bus import open_bus
from shared.bus.kafka.connecting import Link
from shared.bus.port import Bus, Record
from shared.bus.topics import Topic
from shared.errors import PartitionLostError, RetryLaterError
from tests.servers import own_services
from tools.services import KAFKA, Services

pytestmark = pytest.mark.city


STREAM = Topic(name="restarts.v1")
PARTITIONS = 3
BATCH = 20


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    with own_services(tmp_path / "own", KAFKA) as services:
        yield services


class Load:
    """Appends, consumes and reads until told to stop."""

    def __init__(self, bus: Bus) -> None:
        self.appended: set[str] = set()
        self.done: set[str] = set()
        self.seen: set[str] = set()
        self.enough = asyncio.Event()
        self.stop = asyncio.Event()
        self._bus = bus

    async def produce(self) -> None:
        n = 0
        while not self.enough.is_set():
            keys = [str(n + i) for i in range(BATCH)]
            with contextlib.suppress(RetryLaterError):
                await self._bus.append(STREAM, [Record(key=key, value=key.encode()) for key in keys])
                self.appended |= set(keys)
            n += BATCH
            await asyncio.sleep(0.005)

    async def consume(self) -> None:
        while not self.stop.is_set():
            with contextlib.suppress(RetryLaterError):
                async with self._bus.consumer(STREAM, "g", session_timeout_seconds=6) as consumer:
                    while not self.stop.is_set():
                        with contextlib.suppress(PartitionLostError):
                            work = await consumer.poll(100, 0.2)
                            await consumer.confirm(work)
                            await consumer.commit(work)
                            self.done |= {record.key for record in work}

    async def read(self) -> None:
        async with self._bus.reader(STREAM) as reader:
            while not self.stop.is_set():
                with contextlib.suppress(RetryLaterError):
                    self.seen |= {record.key for record in await reader.poll(100, 0.2)}


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while True:
            if is_so():
                return
            await asyncio.sleep(0.05)


async def until_appended(load: Load) -> None:
    before = len(load.appended)
    await until(lambda: len(load.appended) >= before + 10 * BATCH)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
async def test_nothing_that_was_acknowledged_is_lost_over_a_restart(services: Services, how: signal.Signals) -> None:
    link = Link(servers=services.kafka_bootstrap_servers, security={"security_protocol": "PLAINTEXT"})
    async with open_bus(link) as bus:
        await bus.create([STREAM], partitions=PARTITIONS)
        load = Load(bus)
        async with asyncio.TaskGroup() as tasks:
            for work in (load.produce, load.consume, load.read):
                tasks.create_task(work())
            for _ in range(2):
                await until_appended(load)
                await asyncio.to_thread(services.restart, KAFKA, how)
            await until_appended(load)
            load.enough.set()
            await until(lambda: load.appended <= load.seen and load.appended <= load.done)
            load.stop.set()
    assert len(load.appended) >= 30 * BATCH


async def test_an_append_that_gave_up_never_overtakes_a_later_one(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(producer_module, "APPEND_SECONDS", 2.0)
    link = Link(servers=services.kafka_bootstrap_servers, security={"security_protocol": "PLAINTEXT"})
    async with open_bus(link) as bus:
        await bus.create([STREAM])
        await bus.append(STREAM, [Record(key="k", value=b"first")])
        await asyncio.to_thread(services.kill, KAFKA)
        with pytest.raises(RetryLaterError):
            await bus.append(STREAM, [Record(key="k", value=b"given up")])
        await asyncio.to_thread(services.start, KAFKA)
        async with asyncio.timeout(60):
            while True:
                with contextlib.suppress(RetryLaterError):
                    await bus.append(STREAM, [Record(key="k", value=b"later")])
                    break
        async with bus.reader(STREAM) as reader:
            values = [record.value for record in await reader.poll(100, 0)]
    assert values[0] == b"first"
    assert values[-1] == b"later"


async def test_leaving_ends_while_the_broker_is_away(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(producer_module, "APPEND_SECONDS", 1.0)
    monkeypatch.setattr(producer_module, "_CLOSE_SECONDS", 1.0)
    link = Link(servers=services.kafka_bootstrap_servers, security={"security_protocol": "PLAINTEXT"})
    async with asyncio.timeout(60), open_bus(link) as bus:
        await bus.create([STREAM])
        async with bus.consumer(STREAM, "g") as consumer, bus.reader(STREAM) as reader:
            await bus.append(STREAM, [Record(key="k", value=b"1")])
            work = await consumer.poll(10, 0)
            await reader.poll(10, 0)
            await asyncio.to_thread(services.kill, KAFKA)
            with pytest.raises(RetryLaterError):
                await bus.append(STREAM, [Record(key="k", value=b"2")])
            await asyncio.sleep(6)
            with pytest.raises(RetryLaterError):  # nobody can tell whether it still is ours
                await consumer.confirm(work)
            began = time.monotonic()
    assert time.monotonic() - began < 15
