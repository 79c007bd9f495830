"""One process of the measured line: ``python -m benchmarks.city.role matcher|notifier|whole-notifier|loose-… FOLDER``.

Settings come from the environment, as for every service. The clock runs ahead by what the file ``offset`` in the folder
says, so that what is told every hour becomes due when the benchmark says so. Mails are planned, not sent.
"""

import asyncio
import signal
import sys
from datetime import timedelta
from pathlib import Path

from benchmarks.city.loose import loosened
from benchmarks.installation import SteppedClock, open_with
from services.matcher.wiring import open_role as open_matcher
from services.notifier.channels.registry import open_channels
from services.notifier.intake import Intake
from services.notifier.planning.loop import Planner
from services.notifier.wiring import open_role as open_notifier
from shared.runtime.members import Everything
from shared.runtime.memory import collect_rarely
from shared.runtime.patience import Patience
from shared.runtime.role import Surroundings
from shared.settings import load_settings
from shared.unsubscribe import Unsubscriber

OFFSET_FILE = "offset"
READY = "ready"
WHOLE = "whole-notifier"
"""One that sends, too."""

LOOSE = "loose-"
"""Before a role's name: without the guarantees."""


async def main(name: str, folder: Path) -> None:
    """Run until SIGTERM."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with open_with(load_settings()) as (around, clock):
        chosen = loosened(around) if name.startswith(LOOSE) else around
        collect_rarely()
        turning = asyncio.create_task(_turn(clock, folder))
        try:
            await (_match if name.endswith("matcher") else _tell if name != WHOLE else _send)(chosen, stop)
        finally:
            turning.cancel()


async def _match(around: Surroundings, stop: asyncio.Event) -> None:
    async with open_matcher(around) as role, asyncio.TaskGroup() as group:
        group.create_task(role.run(stop))
        while await role.problems() and not stop.is_set():
            await asyncio.sleep(0.05)
        print(READY, flush=True)


async def _tell(around: Surroundings, stop: asyncio.Event) -> None:
    patience = Patience("notifier", around.clock, around.metrics, stop)
    unsubscriber = Unsubscriber(around.secrets, "https://zhitui.example.cn")
    async with open_channels(around.settings) as channels, asyncio.TaskGroup() as group:
        planner = Planner(around, channels, unsubscriber, patience, asyncio.Event(), share=Everything())
        group.create_task(Intake(around, patience, planner.wake).run())
        group.create_task(planner.run())
        print(READY, flush=True)


async def _send(around: Surroundings, stop: asyncio.Event) -> None:
    async with open_notifier(around) as role:
        print(READY, flush=True)
        await role.run(stop)


async def _turn(clock: SteppedClock, folder: Path) -> None:
    offset = folder / OFFSET_FILE
    while not offset.exists():
        await asyncio.sleep(0.2)
    clock.offset = timedelta(seconds=float(offset.read_text("ascii")))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2])))
