"""The portal as `zhitui serve portal` runs it, over a folder that is filled, which tells what it took whenever it is asked.

    python -m benchmarks.portal_server FOLDER

The first line that it prints is its address. For each line it reads it prints, as JSON, what it took since the line before; the
line ``warm`` makes the processes ready that answer from the past first.
"""

import asyncio
import os
import sys
import time
from dataclasses import replace
from pathlib import Path

import msgspec

from services.matcher.lookback.advice import Lookback
from services.notifier.outlets import ChannelOutlets
from services.portal.wiring import open_role
from shared.backends import open_backends
from shared.clock import SystemClock
from shared.logs import configure_logs
from shared.metrics import Metrics
from shared.runtime.doors import open_doors
from shared.runtime.memory import collect_rarely
from shared.runtime.role import Surroundings
from shared.secret_box import open_secret_box
from shared.settings import load_settings

WARM = "warm"
_LOOK_EVERY_SECONDS = 0.005


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """What the portal took since it was last asked.

    Attributes:
        cpu_seconds: of its process, without those that answer from the past.
        peak_mib: resident at most, since the start.
        pause_seconds: the event loop's longest.
    """

    cpu_seconds: float
    peak_mib: float
    pause_seconds: float


async def serve(folder: Path) -> None:
    """Serve until the standard input ends."""
    settings = load_settings(
        data_dir=folder, http_host="127.0.0.1", http_port=0, log_level="error", trusted_proxies="127.0.0.1",
        smtp_host="127.0.0.1",
    )  # fmt: skip
    configure_logs(settings)
    clock, secrets = SystemClock(), open_secret_box(settings)
    async with open_backends(settings, clock, secrets) as backends:
        around = Surroundings(
            settings=settings, bus=backends.bus, store=backends.store, clock=clock, metrics=Metrics(), secrets=secrets
        )
        advice = Lookback(around)
        advice._keeper.is_whole.set()  # noqa: SLF001 - the index is whole, and nobody is to follow a bus here
        around = replace(around, outlets=ChannelOutlets(settings, clock), advice=advice)
        try:
            async with open_role(around) as portal, open_doors([portal], around) as doors:
                portal.warm()
                collect_rarely()
                print(doors.address, flush=True)
                await _tell_what_it_takes(advice)
        finally:
            await advice.close()


async def _tell_what_it_takes(advice: Lookback) -> None:
    longest = [0.0]
    watching = asyncio.create_task(_watch(longest))
    began = time.process_time()
    while said := await asyncio.to_thread(sys.stdin.readline):
        if said.strip() == WARM:
            await advice.ready()
        now = time.process_time()
        taken = Taken(cpu_seconds=now - began, peak_mib=_peak_mib(), pause_seconds=longest[0])
        longest[0], began = 0.0, now
        print(msgspec.json.encode(taken).decode(), flush=True)
    watching.cancel()


async def _watch(longest: list[float]) -> None:
    while True:
        began = time.perf_counter()
        await asyncio.sleep(_LOOK_EVERY_SECONDS)
        longest[0] = max(longest[0], time.perf_counter() - began - _LOOK_EVERY_SECONDS)


def _peak_mib() -> float:
    lines = Path(f"/proc/{os.getpid()}/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1])))
