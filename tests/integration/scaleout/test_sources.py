"""Two ingest processes, one watched folder: whoever reads it is killed or frozen, the other one goes on within seconds."""

import asyncio
import json
import signal
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.backends import Backends, open_backends
from shared.bus.topics import PUBLICATIONS
from shared.clock import SystemClock
from shared.secret_box import open_secret_box
from shared.store.coordination import Lease
from shared.wire.events import PublicationSeen, decode_event
from tests.crash.scene import number_of
from tests.integration.scaleout.cluster import Cluster, open_cluster_scene

pytestmark = pytest.mark.city


RECORDS = 30_000
"""Enough to be found half-way."""

TAKEN_OVER_SECONDS = 30.0
"""The lease lasts eight; the rest is for machines that have better things to do."""


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Cluster]:
    with open_cluster_scene(tmp_path) as scene:
        scene.serve("ingest1", "ingest2")
        scene.wait_ready()
        yield scene


@pytest.mark.parametrize("way", [signal.SIGKILL, signal.SIGSTOP], ids=lambda way: way.name)
async def test_a_file_that_is_half_read_is_read_to_its_end_by_the_other_process(
    scene: Cluster, way: signal.Signals
) -> None:
    settings = scene.settings()
    async with open_backends(settings, SystemClock(), open_secret_box(settings)) as backends:
        drop(scene)
        first = await leased(backends, other_than=None)
        await counted(backends, at_least=500)
        victim = next(name for name, process in scene.processes.items() if f"-{process.pid}-" in first.owner)
        scene.processes[victim].send_signal(way)
        stopped = time.monotonic()
        second = await leased(backends, other_than=first.owner)
        took = time.monotonic() - stopped
        assert second.token > first.token
        await counted(backends, at_least=RECORDS)
        scene.processes[victim].send_signal(signal.SIGCONT)  # what was frozen finds that it is no more its turn
        await moved(scene)
        versions = [len(await backends.store.publications.history(number_of(n))) for n in range(0, RECORDS, 97)]
        (run,) = await backends.store.runs.recent()
        contents = await contents_on_the_bus(backends)
    assert took < TAKEN_OVER_SECONDS
    assert set(versions) == {1}
    assert (run.read, run.rejected, run.corrected) == (RECORDS, 0, 0)
    assert run.unchanged >= 500
    assert set(contents) == {number_of(n) for n in range(RECORDS)}
    assert all(len(hashes) == 1 for hashes in contents.values())


def drop(scene: Cluster) -> None:
    lines = [
        json.dumps({"publication_number": number_of(n), "kind": "A", "title": f"一种固态电池 {n}"}, ensure_ascii=False)
        for n in range(RECORDS)
    ]
    watch = scene.root / "watch"
    hidden = watch / ".large.part"
    hidden.write_text("\n".join(lines), "utf-8")
    hidden.rename(watch / "large.jsonl")


async def leased(backends: Backends, *, other_than: str | None) -> Lease:
    async with asyncio.timeout(2 * TAKEN_OVER_SECONDS):
        while True:
            for lease in await backends.store.leases.held():
                if lease.owner != other_than:
                    return lease
            await asyncio.sleep(0.1)


async def counted(backends: Backends, *, at_least: int) -> None:
    async with asyncio.timeout(180):
        while await backends.store.publications.count() < at_least:  # noqa: ASYNC110 - asking is the interface
            await asyncio.sleep(0.05)


async def moved(scene: Cluster) -> None:
    async with asyncio.timeout(60):
        while not (scene.root / "watch" / "done" / "large.jsonl").exists():  # noqa: ASYNC110 - as a person sees it
            await asyncio.sleep(0.1)


async def contents_on_the_bus(backends: Backends) -> dict[str, Counter[str]]:
    contents: dict[str, Counter[str]] = {}
    async with backends.bus.reader(PUBLICATIONS) as reader:
        while received := await reader.poll(2_000, 2.0):
            for record in received:
                event = decode_event(record.value or b"", PublicationSeen)
                contents.setdefault(record.key, Counter())[event.content_hash] += 1
    return contents
