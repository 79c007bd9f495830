"""What destinations that do not answer cost those that do: the same messages, with and without a thousand dead ones.

Every dead destination is a host of its own, has a queue of messages, and is silent until the time-out; the living are
interleaved with them in the order in which they are due. "New" dead ones have never been called before; of the "known" ones a
try has failed already, as after the first minutes of an outage.
"""

import asyncio
import random
import tempfile
import time
from pathlib import Path

from benchmarks.dispatching import make_dispatcher, owe
from benchmarks.installation import open_installation
from benchmarks.scripted_channel import ScriptedChannel
from shared.runtime.elapsed import elapsed_seconds

ANSWER_SECONDS = 0.05
TIMEOUT_SECONDS = 30.0
EACH = 10


def run(living: int = 1000, dead: int = 1000) -> list[tuple[str, str]]:
    """Measure; each destination has ten messages."""
    rows = []
    alone = asyncio.run(_send(living, 0, known=False))
    rows.append((f"{living:,} living destinations alone", _said(living, alone)))
    for known in (False, True):
        seconds = asyncio.run(_send(living, dead, known=known))
        name = f"the same beside {dead:,} dead ones, {'known' if known else 'new'}"
        rows.append((name, f"{_said(living, seconds)}, {100 * (seconds[0] / alone[0] - 1):+.0f} %"))
    return rows


def _said(living: int, seconds: tuple[float, float]) -> str:
    elapsed, cpu = seconds
    return f"{living * EACH / elapsed:,.0f} messages/s, {1e3 * cpu / living / EACH:.2f} ms CPU each"


async def _send(living: int, dead: int, *, known: bool) -> tuple[float, float]:
    """Return how long the living ones' messages took, elapsed and CPU seconds."""
    with tempfile.TemporaryDirectory() as folder:
        async with open_installation(Path(folder), smtp_port=1) as (around, _):
            names = [f"living-{n}" for n in range(living)] + [f"dead-{n}" for n in range(dead)]
            random.Random(1).shuffle(names)
            silent = {name for name in names if name.startswith("dead")}
            await owe(around, dict.fromkeys(names, EACH), failed=silent if known else ())
            channel = ScriptedChannel(answer_seconds=ANSWER_SECONDS, timeout_seconds=TIMEOUT_SECONDS)
            channel.silent.update(silent)
            dispatcher = make_dispatcher(around, channel)
            began, cpu = elapsed_seconds(), time.process_time()
            sending = asyncio.create_task(dispatcher.run())
            while len(channel.sent) < living * EACH:
                await asyncio.sleep(0.02)
            took = elapsed_seconds() - began, time.process_time() - cpu
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)
            return took
