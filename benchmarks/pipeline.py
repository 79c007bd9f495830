"""The whole line in one process: files in at one end, planned deliveries at the other, and where the time goes.

Profiles are told to 100 mailboxes every hour, so that planning is measured and a mail server's speed is not. The clock
runs from the moment the files lie in the watch folder until every publication is accepted, matched and recorded as alerts,
and all alerts are planned into deliveries.
"""

import asyncio
import contextlib
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import timedelta
from pathlib import Path

from benchmarks.installation import SteppedClock, open_installation, run_until, subscribe
from benchmarks.material import gazette_files, make_profiles
from services.ingest.wiring import open_role as open_ingest
from services.matcher.wiring import open_role as open_matcher
from services.notifier.wiring import open_role as open_notifier
from shared.bus.topics import MATCHES, PUBLICATIONS, Topic
from shared.runtime.role import Role, Surroundings

MAILBOXES = 100
AN_HOUR = timedelta(hours=1, minutes=5)
NOBODYS_PORT = 9
"""The mails themselves are not part of it: the server refuses every connection."""


def run(profiles: int = 1_000) -> list[tuple[str, str]]:
    """Measure the roles one after the other, then all at once."""
    with tempfile.TemporaryDirectory() as staged, tempfile.TemporaryDirectory() as together:
        return asyncio.run(_staged(Path(staged), profiles)) + asyncio.run(_together(Path(together), profiles))


async def _staged(folder: Path, profiles: int) -> list[tuple[str, str]]:
    rows = []
    async with _ready(folder, profiles) as (around, clock):
        count = 0

        async def measure(name: str, roles: Sequence[Role], done: Callable[[], Awaitable[bool]]) -> None:
            nonlocal count
            seconds, cpu = await run_until(roles, done)
            count = count or await around.store.publications.count()
            rows.append((name, f"{seconds:.1f} s, {1e6 * cpu / count:.0f} µs CPU a publication"))

        async with open_ingest(around) as ingest, open_matcher(around) as matcher, open_notifier(around) as notifier:
            await measure("ingest alone", [ingest], lambda: _read(around))
            await measure("matcher alone", [matcher], lambda: _lag_is_gone(around, PUBLICATIONS, "matcher"))
            await measure(
                "notifier alone: record alerts", [notifier], lambda: _lag_is_gone(around, MATCHES, "notifier")
            )
            clock.offset = AN_HOUR
        async with open_notifier(around) as notifier:
            await measure("notifier alone: plan deliveries", [notifier], lambda: _planned(around))
        alerts = sum((await around.store.alerts.state_counts()).values())
        rows.append(("matches, alerts", f"{await around.store.alerts.match_count():,}, {alerts:,}"))
    return rows


async def _together(folder: Path, profiles: int) -> list[tuple[str, str]]:
    async with _ready(folder, profiles) as (around, clock):
        async with open_ingest(around) as ingest, open_matcher(around) as matcher, open_notifier(around) as notifier:

            async def done() -> bool:
                if not await _read(around) or not await _lag_is_gone(around, PUBLICATIONS, "matcher"):
                    return False
                if not await _lag_is_gone(around, MATCHES, "notifier"):
                    return False
                clock.offset = AN_HOUR
                return await _planned(around)

            seconds, cpu = await run_until([ingest, matcher, notifier], done)
        count = await around.store.publications.count()
    return [
        (
            f"the whole line: {count:,} publications × {profiles:,} profiles",
            f"{count / seconds:,.0f} publications/s (goal ≥ 3,000), {seconds:.1f} s, {cpu:.1f} s CPU",
        )
    ]


@contextlib.asynccontextmanager
async def _ready(folder: Path, profiles: int) -> AsyncIterator[tuple[Surroundings, SteppedClock]]:
    """A fresh installation with everything subscribed and the gazette in its watch folder."""
    async with open_installation(folder / "data", smtp_port=NOBODYS_PORT) as (around, clock):
        await subscribe(around, make_profiles(profiles), MAILBOXES, "hourly")
        watched = around.settings.watch_folder
        watched.mkdir(parents=True, exist_ok=True)
        for path in gazette_files(folder):
            shutil.copy2(path, watched / path.name)
        yield around, clock


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
