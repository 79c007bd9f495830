"""What it costs to record who is owed what, and to plan it: the notifier without its channels.

Publications with their matches lie on the bus; one profile in ten has a subscription, with one mailbox, told every hour. The
notifier's intake records them, once before anybody has subscribed and once after, so that what a match costs and what an alert
costs can be told apart. Then the clock is turned past the hour, and the planner plans.

The store and the bus are those that the environment names (``ZHITUI_STORE``, ``ZHITUI_BUS``). CPU is that of this process, in
which the embedded store works, too; where ``MONGO_PID`` names a server on this machine, its CPU is told beside it.
"""

import argparse
import asyncio
import os
import random
import resource
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from time import perf_counter, process_time

from benchmarks.installation import open_installation
from services.notifier.channels.registry import open_channels
from services.notifier.intake import GROUP, Intake
from services.notifier.planning.loop import Planner
from services.notifier.routes import RoutesInForce
from shared.bus.port import Record
from shared.bus.topics import MATCHES
from shared.runtime.members import Everything
from shared.runtime.patience import Patience
from shared.runtime.role import Surroundings
from shared.unsubscribe import Unsubscriber
from shared.wire.events import Change, PublicationMatched, encode_event, matched_key
from shared.wire.match import Evidence, HitKind, Match
from shared.wire.publication import Applicant, Publication
from shared.wire.subscription import Channel, Destination, DestinationState, Subscription

AT_ONCE = 50
NOBODYS_PORT = 9
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much there is. A tenth of the profiles has a subscription."""

    publications: int = 2_000
    matches: int = 200
    profiles: int = 100_000

    @property
    def subscriptions(self) -> int:
        """How many there are."""
        return self.profiles // 10


@dataclass(frozen=True, slots=True)
class Spent:
    """What a stretch of work took, in seconds; of the server ``None`` when there is none of ours."""

    elapsed: float
    cpu: float
    server_cpu: float | None

    def each(self, count: int) -> str:
        """Return what one of so many took."""
        server = "" if self.server_cpu is None else f" + {1e6 * self.server_cpu / count:.1f} µs in the server"
        return f"{1e6 * self.cpu / count:.1f} µs CPU{server}, {1e6 * self.elapsed / count:.1f} µs elapsed"

    def without(self, other: "Spent") -> "Spent":
        """Return what this took beyond the other."""
        server = None if self.server_cpu is None or other.server_cpu is None else self.server_cpu - other.server_cpu
        return Spent(self.elapsed - other.elapsed, self.cpu - other.cpu, server)


def run(size: Size | None = None) -> list[tuple[str, str]]:
    """Measure."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_measure(Path(folder), size or Size()))


async def _measure(folder: Path, size: Size) -> list[tuple[str, str]]:
    async with open_installation(folder, smtp_port=NOBODYS_PORT) as (around, clock):
        rows = [("input", f"{size.publications:,} publications × {size.matches} matches, {size.profiles:,} profiles")]
        matches = size.publications * size.matches

        await _publish(around, size, first=0)
        unsubscribed = await _spent(lambda: _take_in(around))
        rows.append(("recorded, nobody subscribed: a match", unsubscribed.each(matches)))

        await _subscribe(around, size)
        await _publish(around, size, first=size.publications)
        before = _memory_bytes()
        loaded = await _spent(RoutesInForce(around.store).catch_up)
        routes = _memory_bytes() - before
        subscribed = (await _spent(lambda: _take_in(around))).without(loaded)
        alerts = sum((await around.store.alerts.state_counts()).values())
        rows += [
            ("recorded, one in ten subscribed: a match", subscribed.each(matches)),
            (f"recorded: an alert, of {alerts:,}, beyond its match", subscribed.without(unsubscribed).each(alerts)),
            ("recorded: an alert, all in", subscribed.each(alerts)),
            (
                f"{size.subscriptions:,} subscriptions read into memory",
                f"{loaded.cpu:.2f} s CPU, at most {routes >> 20} MiB more",
            ),
            ("memory: before, and at most while recording", f"{before >> 20} MiB, {_memory_bytes() >> 20} MiB"),
        ]
        async with _planner(around) as planner:
            idle = await _spent(planner.plan_due)
            groups = len(await around.store.alerts.pending_groups())
            rows.append((f"planner's look while {groups:,} groups sleep", idle.each(1)))
            clock.offset = timedelta(hours=2)
            planned = await _spent(planner.plan_due)
        rows += [
            (f"planned: a delivery, of {groups:,}", planned.each(groups)),
            ("planned: an alert", planned.each(alerts)),
            ("memory at most", f"{_memory_bytes() >> 20} MiB"),
        ]
        return rows


async def _take_in(around: Surroundings) -> None:
    patience = Patience("notifier", around.clock, around.metrics, asyncio.Event())
    async with asyncio.TaskGroup() as group:
        group.create_task(Intake(around, patience, asyncio.Event()).run())
        while await around.bus.lag(MATCHES, GROUP):
            await asyncio.sleep(0.05)
        patience.stop.set()


@asynccontextmanager
async def _planner(around: Surroundings) -> AsyncIterator[Planner]:
    patience = Patience("notifier", around.clock, around.metrics, asyncio.Event())
    unsubscriber = Unsubscriber(around.secrets, "https://zhitui.example.cn")
    async with open_channels(around.settings) as channels:
        yield Planner(around, channels, unsubscriber, patience, asyncio.Event(), share=Everything())


async def _publish(around: Surroundings, size: Size, *, first: int) -> None:
    drawn = random.Random(first)
    for start in range(first, first + size.publications, AT_ONCE):
        events = [
            _event(n, drawn.sample(range(size.profiles), size.matches), around)
            for n in range(start, min(start + AT_ONCE, first + size.publications))
        ]
        await around.bus.append(
            MATCHES, [Record(key=matched_key(e.publication), value=encode_event(e)) for e in events]
        )


async def _subscribe(around: Surroundings, size: Size) -> None:
    for start in range(0, size.subscriptions, AT_ONCE):
        ids = range(start, min(start + AT_ONCE, size.subscriptions))
        await asyncio.gather(*(around.store.destinations.put(_mailbox(n, around)) for n in ids))
        await around.store.archive.write("subscriptions", [_subscription(n, around) for n in ids])


def _event(number: int, profiles: list[int], around: Surroundings) -> PublicationMatched:
    name = f"CN{110000000 + number}A"
    hits = tuple(
        Evidence(term="固态电池", field=field, start=4, end=8, kind=HitKind.WORD, score=1.0)
        for field in ("title", "abstract", "claim")
    )
    return PublicationMatched(
        publication=Publication(
            publication_number=name,
            kind="A",
            title=f"一种固态电池的隔膜及其制备方法 {number}",
            abstract="本发明公开了一种固态电池的隔膜，涉及电池技术领域，包括基层和涂层。" * 8,
            application_number=f"2026{number:08}.5",
            applicants=(Applicant(name="广州某某新能源科技有限公司", region="440112"),),
            ipc=("H01M10/0562", "H01M50/40"),
        ),
        content_hash="0" * 32,
        change=Change.NEW,
        matches=tuple(
            Match(profile_id=f"profile-{n}", publication_number=name, score=0.5 + n % 50 / 100, rule=0, evidence=hits)
            for n in profiles
        ),
        profile_names={f"profile-{n}": "固态电池隔膜" for n in profiles},
        matched_at=around.clock.now(),
    )


def _mailbox(number: int, around: Surroundings) -> Destination:
    return Destination(
        id=f"box-{number}",
        channel=Channel.EMAIL,
        address=f"sme{number}@example.com",
        state=DestinationState.ACTIVE,
        created_at=around.clock.now(),
    )


def _subscription(number: int, around: Surroundings) -> Subscription:
    return Subscription(
        id=f"subscription-{number}",
        profiles=(f"profile-{number}",),
        destinations=(f"box-{number}",),
        schedule="hourly",
        created_at=around.clock.now(),
    )


async def _spent(work: Callable[[], Awaitable[object]]) -> Spent:
    began, cpu, server = perf_counter(), process_time(), _server_cpu_seconds()
    await work()
    now = _server_cpu_seconds()
    return Spent(perf_counter() - began, process_time() - cpu, None if now is None or server is None else now - server)


def _server_cpu_seconds() -> float | None:
    pid = os.environ.get("MONGO_PID")
    if pid is None or os.environ.get("ZHITUI_STORE") != "mongo":
        return None
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_A_SECOND


def _memory_bytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.owing", description=__doc__)
    parser.add_argument("--publications", type=int, default=2_000)
    parser.add_argument("--matches", type=int, default=200)
    parser.add_argument("--profiles", type=int, default=100_000)
    for label, figure in run(Size(**vars(parser.parse_args()))):
        print(f"{label:<60} {figure}", flush=True)
