"""What messages that wait cost in memory: the same notifier beside so many deliveries that are due, to receivers that answer at once.

They are written by one process, and sent by another, whose memory is looked at before it begins and after some seconds of sending.
"""

import asyncio
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.dispatching import make_dispatcher
from benchmarks.installation import open_installation
from benchmarks.scripted_channel import ScriptedChannel
from shared.runtime.elapsed import elapsed_seconds
from shared.runtime.role import Surroundings
from shared.store.records import Delivery, GroupPlan
from shared.wire.subscription import Channel, Destination, DestinationState, Subscription

DESTINATIONS = 10_000
AT_ONCE = 5_000
SENDING_SECONDS = 5.0
NOBODYS_PORT = 9


def run(sizes: tuple[int, ...] = (1_000, 100_000, 1_000_000)) -> list[tuple[str, str]]:
    """Measure, each size in a folder and processes of its own."""
    return [(f"{size:,} deliveries wait", _measured(size)) for size in sizes]


def _measured(size: int) -> str:
    with tempfile.TemporaryDirectory() as folder:
        for what in (f"fill {size}", "send 0"):
            done = subprocess.run(
                [sys.executable, "-m", "benchmarks.backlog", folder, *what.split()],
                check=True,
                stdout=subprocess.PIPE,
                text=True,
            )
        return done.stdout.strip()


async def _fill(folder: Path, size: int) -> None:
    async with open_installation(folder, smtp_port=NOBODYS_PORT) as (around, _):
        now = around.clock.now()
        names = [f"d{n}" for n in range(min(size, DESTINATIONS))]
        for start in range(0, len(names), AT_ONCE):
            await asyncio.gather(*(_put(around, name) for name in names[start : start + AT_ONCE]))
        await around.store.archive.write("subscriptions", [_subscription(around, name) for name in names])
        for start in range(0, size, AT_ONCE):
            deliveries = tuple(
                Delivery(
                    id=f"m-{n}",
                    subscription_id=f"of-{names[n % len(names)]}",
                    destination_id=names[n % len(names)],
                    channel=Channel.WEBHOOK,
                    publication_numbers=(f"CN{110000000 + n}A",),
                    next_attempt_at=now,
                    created_at=now,
                )
                for n in range(start, min(start + AT_ONCE, size))
            )
            await around.store.alerts.plan([GroupPlan(deliveries=deliveries, planned=())])


async def _put(around: Surroundings, name: str) -> None:
    await around.store.destinations.put(
        Destination(
            id=name,
            channel=Channel.WEBHOOK,
            address=f"https://{name}.example.cn/hook",
            state=DestinationState.ACTIVE,
            created_at=around.clock.now(),
        )
    )


def _subscription(around: Surroundings, name: str) -> Subscription:
    return Subscription(id=f"of-{name}", profiles=("p",), destinations=(name,), created_at=around.clock.now())


async def _send(folder: Path) -> str:
    async with open_installation(folder, smtp_port=NOBODYS_PORT) as (around, _):
        channel = ScriptedChannel(answer_seconds=0.0, timeout_seconds=1.0)
        dispatcher = make_dispatcher(around, channel)
        before = _most_memory_mib()
        sending = asyncio.create_task(dispatcher.run())
        began = elapsed_seconds()
        while elapsed_seconds() - began < SENDING_SECONDS:
            await asyncio.sleep(0.1)
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
        return f"{before} MiB before, at most {_most_memory_mib()} MiB while sending {len(channel.sent):,} of them"


def _most_memory_mib() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10


if __name__ == "__main__":
    if len(sys.argv) == 1:
        for label, figure in run():
            print(f"{label:<60} {figure}", flush=True)
    elif sys.argv[2] == "fill":
        asyncio.run(_fill(Path(sys.argv[1]), int(sys.argv[3])))
    else:
        print(asyncio.run(_send(Path(sys.argv[1]))))
