"""How soon an alert is told: publications at a steady rate, told at once, from acceptance to the mail server's hands.

    python -m benchmarks.city.latency --profiles 1000000 --subscriptions 10000 --rate 50 --seconds 60

A publication counts as accepted when its append to the bus has returned. What is measured for each (publication, mailbox)
is the time until its mail is taken by a mail server on this machine; the median and the 99th percentile are told.
"""

import argparse
import asyncio
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from time import monotonic

import numpy as np

from benchmarks.city.children import Watch, child, mail_server
from benchmarks.city.material import publication_record
from benchmarks.city.size import Size
from benchmarks.city.week import line, on, pids_of, servers_in
from benchmarks.generator import FOLDER, SEED, publication_file
from benchmarks.offline import records
from shared.bus.saved_before import saved_before
from shared.bus.topics import PUBLICATIONS
from shared.runtime.role import Surroundings
from shared.wire.publication import Publication

SETTLE_SECONDS = 5.0
LAST_MAIL_SECONDS = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """How many publications, how fast."""

    rate: float = 50.0
    seconds: float = 60.0


def run(size: Size | None = None, flow: Flow | None = None) -> list[tuple[str, str]]:
    """Measure."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_measure(Path(folder), size or Size(publications=0, subscriptions=10_000), flow or Flow()))


async def _measure(folder: Path, size: Size, flow: Flow) -> list[tuple[str, str]]:
    taken = folder / "mails"
    with servers_in(folder / "services") as servers, mail_server(taken) as port:
        environment = on(servers, "latency") | {"ZHITUI_SMTP_PORT": str(port)}
        async with line(folder / "line", size, environment, pids_of(servers), schedule="immediate") as one:
            with ExitStack() as stack:
                pids = {
                    name: stack.enter_context(child(name, folder, one.environment)).pid
                    for name in ("matcher", "whole-notifier")
                }
                await asyncio.sleep(SETTLE_SECONDS)
                spent = Watch(pids | one.servers)
                accepted = await _publish(one.around, flow)
                took = spent.spent()
                await asyncio.sleep(LAST_MAIL_SECONDS)
    mails = [text.split() for text in taken.read_text("ascii").splitlines()]
    waits = [float(moment) - accepted[number] for moment, *numbers in mails for number in set(numbers)]
    half, most = np.quantile(waits, (0.5, 0.99)) if waits else (np.nan, np.nan)
    return [
        (
            "flow",
            f"{flow.rate:.0f} publications a second, {size.profiles:,} profiles, {size.subscriptions:,} subscribed",
        ),
        ("told", f"{len(waits):,} alerts in {len(mails):,} mails"),
        ("accepted → told (goals ≤ 1 s, ≤ 3 s)", f"p50 {half:.2f} s, p99 {most:.2f} s"),
        ("while it lasted", str(took)),
    ]


async def _publish(around: Surroundings, flow: Flow) -> dict[str, float]:
    """Accept one publication after the other, at the rate's own moments and however long one takes; return when each was."""
    accepted: dict[str, float] = {}
    began = monotonic()
    async with asyncio.TaskGroup() as group:
        for number, publication in enumerate(_publications(int(flow.rate * flow.seconds))):
            await asyncio.sleep(max(0.0, began + number / flow.rate - monotonic()))
            group.create_task(_accept(around, publication, accepted))
    return accepted


async def _accept(around: Surroundings, publication: Publication, accepted: dict[str, float]) -> None:
    headers = await saved_before(around.bus)
    await around.bus.append(PUBLICATIONS, [publication_record(around, publication, headers)])
    accepted[publication.publication_number] = monotonic()


def _publications(count: int) -> Iterator[Publication]:
    return islice(records(publication_file(FOLDER, count, Size().length, seed=SEED + 2), Publication), count)


def main() -> None:
    """Measure what the options say."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.city.latency", description=__doc__)
    parser.add_argument("--profiles", type=int, default=1_000_000)
    parser.add_argument("--subscriptions", type=int, default=10_000)
    parser.add_argument("--rate", type=float, default=50.0)
    parser.add_argument("--seconds", type=float, default=60.0)
    asked = parser.parse_args()
    size = Size(publications=0, profiles=asked.profiles, subscriptions=asked.subscriptions)
    for label, figure in run(size, Flow(rate=asked.rate, seconds=asked.seconds)):
        print(f"{label:<60} {figure}", flush=True)


if __name__ == "__main__":
    main()
