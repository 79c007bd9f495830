"""Two ingest processes, one search at OPS: one visits; when it is killed half-way the other goes on, and nothing is left out."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from services.ingest.sources.ops.source import NAME
from services.ingest.sources.visits import lease_name
from shared.backends import Backends, open_backends
from shared.clock import SystemClock
from shared.secret_box import open_secret_box
from shared.testing.ops import FakeOps, Published
from tests.integration.scaleout.cluster import Cluster, open_cluster_scene

pytestmark = pytest.mark.city

DOCUMENTS = 1500
KEY, SECRET = "key", "secret"


async def test_a_visit_that_is_killed_half_way_is_finished_by_the_other_process(tmp_path: Path) -> None:
    clock = SystemClock()
    on = (clock.now() - timedelta(days=2)).date()
    known = [Published(number=str(100_000_000 + number), on=on) for number in range(DOCUMENTS)]
    async with FakeOps(clock=clock, key=KEY, secret=SECRET, documents=known) as ops:
        ops.limits["search"] = 240
        opened = open_cluster_scene(tmp_path)
        scene = await asyncio.to_thread(opened.__enter__)
        try:
            scene.environment |= {
                "ZHITUI_OPS_BASE_URL": ops.base_url,
                "ZHITUI_OPS_KEY": KEY,
                "ZHITUI_OPS_SECRET": SECRET,
                "ZHITUI_OPS_QUERY": "pa=example",
            }
            scene.serve("ingest1", "ingest2")
            settings = scene.settings()
            async with open_backends(settings, clock, open_secret_box(settings)) as backends:
                await until_asked(ops, 6)
                victim = await visitor(backends, scene)
                await asyncio.to_thread(scene.kill_one, victim)
                before = len(ops.searches)
                await until_visited(backends)
                count = await backends.store.publications.count()
                state = await backends.store.sources.get(NAME)
        finally:
            await asyncio.to_thread(opened.__exit__, None, None, None)
    assert count == DOCUMENTS
    assert state is not None
    assert state.problem is None
    begins = [int(asked.split("-")[0]) for _, asked in ops.searches]
    assert set(begins) == set(range(1, DOCUMENTS, 100))
    assert begins[before] > 1, "the second process began anew"
    assert len(begins) <= DOCUMENTS // 100 + 2


async def visitor(backends: Backends, scene: Cluster) -> str:
    """Return which process visits."""
    owner = next(held.owner for held in await backends.store.leases.held() if held.name == lease_name(NAME))
    return next(name for name, process in scene.processes.items() if f"-{process.pid}-" in owner)


async def until_asked(ops: FakeOps, count: int) -> None:
    async with asyncio.timeout(180):
        while len(ops.searches) < count:  # noqa: ASYNC110 - a server tells nobody
            await asyncio.sleep(0.05)


async def until_visited(backends: Backends) -> None:
    async with asyncio.timeout(120):
        while True:
            state = await backends.store.sources.get(NAME)
            if state is not None and state.succeeded_at is not None:
                return
            await asyncio.sleep(0.1)
