"""What calling webhooks costs: the channel alone, and the notifier from what is owed to the last call answered.

The receivers are ports of one process that takes everything and keeps nothing; a host gets `ONE_HOST` calls at a time, so there are several.
"""

import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

from benchmarks.installation import all_sent, open_with, run_until
from benchmarks.mails import owed_alert
from services.notifier.channels.port import Frame, Means, Message
from services.notifier.channels.webhook import WebhookChannel
from services.notifier.delivery.places import LANES
from services.notifier.wiring import open_role as open_notifier
from shared.clock import SystemClock
from shared.runtime.role import Surroundings
from shared.settings import load_settings
from shared.testing.sinks import WEBHOOK_KEY
from shared.wire.subscription import Channel, Destination, DestinationState, Subscription
from tools.services.ports import answers, free_port

HOSTS = 4


def run(calls: int = 5_000) -> list[tuple[str, str]]:
    """Measure.

    Args:
        calls: how many in each part.
    """
    with _sinks() as ports:
        alone = asyncio.run(_channel(ports, calls))
        with tempfile.TemporaryDirectory() as folder:
            notifier = asyncio.run(_notifier(Path(folder), ports, calls))
    return [
        (f"{calls:,} webhook calls, the channel alone", alone),
        (f"{calls:,} webhook calls, from what is owed to the last answer", notifier),
    ]


async def _channel(ports: Sequence[int], calls: int) -> str:
    settings = load_settings(intranet_receivers="127.0.0.1")
    channel = WebhookChannel(Means(settings=settings, clock=SystemClock()))
    messages = [
        Message(
            id="d-0",
            destination=_destination(n, ports),
            frame=Frame(subscription_id="battery", count=1),
            alerts=(owed_alert("battery", f"hook-{n}"),),
            created_at=SystemClock().now(),
        )
        for n in range(len(ports))
    ]
    numbers = iter(range(calls))

    async def lane() -> None:
        for number in numbers:
            await channel.send(replace(messages[number % len(messages)], id=f"d-{number:024}"))

    try:
        await channel.send(messages[0])
        began, cpu = time.perf_counter(), time.process_time()
        await asyncio.gather(*(lane() for _ in range(LANES)))
        return _figure(calls, time.perf_counter() - began, time.process_time() - cpu)
    finally:
        await channel.close()


async def _notifier(folder: Path, ports: Sequence[int], calls: int) -> str:
    settings = load_settings(data_dir=folder, intranet_receivers="127.0.0.1", log_level="error")
    async with open_with(settings) as (around, _):
        await _owe(around, ports, calls)

        told = partial(all_sent, around, Channel.WEBHOOK, calls)
        async with open_notifier(around) as notifier:
            return _figure(calls, *await run_until([notifier], told))


async def _owe(around: Surroundings, ports: Sequence[int], calls: int) -> None:
    now = around.clock.now()
    destinations = [_destination(n, ports) for n in range(calls)]
    await asyncio.gather(*(around.store.destinations.put(one) for one in destinations))
    subscriptions = [
        Subscription(id=f"of-{one.id}", profiles=("p",), destinations=(one.id,), created_at=now) for one in destinations
    ]
    await around.store.archive.write("subscriptions", subscriptions)
    await around.store.alerts.record([], [owed_alert(one.id, one.destinations[0]) for one in subscriptions])


def _destination(number: int, ports: Sequence[int]) -> Destination:
    return Destination(
        id=f"hook-{number}",
        channel=Channel.WEBHOOK,
        address=f"http://127.0.0.1:{ports[number % len(ports)]}/receiver-{number}",
        options={"secret": WEBHOOK_KEY},
        state=DestinationState.ACTIVE,
        created_at=SystemClock().now(),
    )


def _figure(calls: int, seconds: float, cpu_seconds: float) -> str:
    return f"{calls / seconds:,.0f} calls/s, {1e3 * cpu_seconds / calls:.2f} ms CPU each"


@contextmanager
def _sinks() -> Iterator[list[int]]:
    ports = [free_port() for _ in range(HOSTS)]
    processes = [subprocess.Popen([sys.executable, "-m", "benchmarks.hook_sink", str(port)]) for port in ports]
    try:
        while not all(answers(port) for port in ports):
            time.sleep(0.05)
        yield ports
    finally:
        for process in processes:
            process.terminate()
            process.wait()


if __name__ == "__main__":
    for label, figure in run():
        print(f"{label:<60} {figure}")
