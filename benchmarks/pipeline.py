"""The whole line in one process: files in at one end, planned deliveries at the other, and where the time goes.

1,000 profiles, told to 100 mailboxes every hour, so that planning is measured and a mail server's speed is not. The clock
runs from the moment the files lie in the watch folder until every publication is accepted, matched and recorded as alerts,
and then until all alerts are planned into deliveries.
"""

import asyncio
import contextlib
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.material import gazette_files, make_profiles, titles
from services.ingest.wiring import open_role as open_ingest
from services.matcher.wiring import open_role as open_matcher
from services.notifier.wiring import open_role as open_notifier
from shared.backends import open_backends
from shared.bus.port import Record
from shared.bus.topics import MATCHES, PROFILES, PUBLICATIONS, Topic
from shared.logs import configure_logs
from shared.metrics import Metrics
from shared.runtime.role import Role, Surroundings
from shared.secret_box import open_secret_box
from shared.settings import load_settings
from shared.wire.events import ProfileSaved, encode_event
from shared.wire.subscription import Channel, Destination, DestinationState, Subscription

PROFILES_COUNT = 1_000
SUBSCRIPTIONS_COUNT = 100


class SteppedClock:
    """The machine's clock with an offset, so that hourly alerts become due when the benchmark says so."""

    def __init__(self) -> None:
        self.offset = timedelta()

    def now(self) -> datetime:
        """Return the present moment plus the offset."""
        return datetime.now(UTC) + self.offset

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)


def run() -> list[tuple[str, str]]:
    """Measure the roles one after the other, then all at once."""
    with tempfile.TemporaryDirectory() as staged, tempfile.TemporaryDirectory() as together:
        return asyncio.run(_staged(Path(staged))) + asyncio.run(_together(Path(together)))


async def _staged(folder: Path) -> list[tuple[str, str]]:
    rows = []
    async with _installation(folder) as (around, clock):
        count = 0

        async def measure(name: str, roles: Sequence[Role], done: Callable[[], Awaitable[bool]]) -> float:
            nonlocal count
            seconds, cpu = await _run_until(roles, done)
            count = count or await around.store.publications.count()
            rows.append((name, f"{seconds:.1f} s, {1e6 * cpu / count:.0f} µs CPU a publication"))
            return seconds

        async with open_ingest(around) as ingest, open_matcher(around) as matcher, open_notifier(around) as notifier:
            await measure("ingest alone", [ingest], lambda: _read(around))
            await measure("matcher alone", [matcher], lambda: _lag_is_gone(around, PUBLICATIONS, "matcher"))
            await measure(
                "notifier alone: record alerts", [notifier], lambda: _lag_is_gone(around, MATCHES, "notifier")
            )
            clock.offset = timedelta(hours=1, minutes=5)
        async with open_notifier(around) as notifier:
            await measure("notifier alone: plan deliveries", [notifier], lambda: _planned(around))
        alerts = sum((await around.store.alerts.state_counts()).values())
        rows.append(("matches, alerts", f"{await around.store.alerts.match_count():,}, {alerts:,}"))
    return rows


async def _together(folder: Path) -> list[tuple[str, str]]:
    async with _installation(folder) as (around, clock):
        async with open_ingest(around) as ingest, open_matcher(around) as matcher, open_notifier(around) as notifier:

            async def done() -> bool:
                if not await _read(around) or not await _lag_is_gone(around, PUBLICATIONS, "matcher"):
                    return False
                if not await _lag_is_gone(around, MATCHES, "notifier"):
                    return False
                clock.offset = timedelta(hours=1, minutes=5)
                return await _planned(around)

            seconds, cpu = await _run_until([ingest, matcher, notifier], done)
        count = await around.store.publications.count()
    return [
        (
            f"the whole line: {count:,} publications × {PROFILES_COUNT:,} profiles",
            f"{count / seconds:,.0f} publications/s (goal ≥ 3,000), {seconds:.1f} s, {cpu:.1f} s CPU",
        )
    ]


@contextlib.asynccontextmanager
async def _installation(folder: Path) -> AsyncIterator[tuple[Surroundings, SteppedClock]]:
    """A fresh installation with everything subscribed and the gazette in its watch folder."""
    settings = load_settings(data_dir=folder, smtp_host="127.0.0.1", smtp_port=9, log_level="error")
    configure_logs(settings)
    clock = SteppedClock()
    secrets = open_secret_box(settings)
    async with open_backends(settings, clock, secrets) as backends:
        around = Surroundings(
            settings=settings, bus=backends.bus, store=backends.store, clock=clock, metrics=Metrics(), secrets=secrets
        )
        files, _ = gazette_files(folder)
        profiles = make_profiles(titles(files), PROFILES_COUNT)
        now = clock.now()
        await backends.bus.append(
            PROFILES,
            [Record(key=p.id, value=encode_event(ProfileSaved(profile=p, saved_at=now))) for p in profiles],
        )
        await backends.store.profiles.put(profiles, saved_at=now)
        share = len(profiles) // SUBSCRIPTIONS_COUNT
        for index in range(SUBSCRIPTIONS_COUNT):
            await backends.store.destinations.put(
                Destination(
                    id=f"box-{index}",
                    channel=Channel.EMAIL,
                    address=f"sme{index}@example.com",
                    state=DestinationState.ACTIVE,
                    created_at=now,
                )
            )
            await backends.store.subscriptions.put(
                Subscription(
                    id=f"sub-{index}",
                    profiles=tuple(p.id for p in profiles[index * share : (index + 1) * share]),
                    destinations=(f"box-{index}",),
                    schedule="hourly",
                    created_at=now,
                )
            )
        settings.watch_folder.mkdir(parents=True, exist_ok=True)
        for path in files:
            shutil.copy2(path, settings.watch_folder / path.name)
        yield around, clock


async def _run_until(roles: Sequence[Role], done: Callable[[], Awaitable[bool]]) -> tuple[float, float]:
    """Run the roles until the condition holds; return wall and CPU seconds."""
    stop = asyncio.Event()
    began, cpu_began = time.perf_counter(), time.process_time()
    async with asyncio.TaskGroup() as group:
        for role in roles:
            group.create_task(role.run(stop))
        while not await done():
            await asyncio.sleep(0.02)
        seconds, cpu = time.perf_counter() - began, time.process_time() - cpu_began
        stop.set()
    return seconds, cpu


async def _read(around: Surroundings) -> bool:
    runs = await around.store.runs.recent()
    left = [path for path in around.settings.watch_folder.iterdir() if path.is_file()]
    return bool(runs) and not left and all(run.finished_at for run in runs)


async def _lag_is_gone(around: Surroundings, topic: Topic, group: str) -> bool:
    return await around.bus.lag(topic, group) == 0


async def _planned(around: Surroundings) -> bool:
    return not await around.store.alerts.pending_groups()


if __name__ == "__main__":
    for label, figure in run():
        print(f"{label:<60} {figure}")
