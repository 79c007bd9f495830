"""What destinations that do not answer cost those that do: the same messages, with and without a thousand dead ones.

Every dead destination is a host of its own, has a queue of messages, and is silent until the time-out; the living are
interleaved with them in the order in which they are due. "New" dead ones have never been called before; of the "known" ones a
try has failed already, as after the first minutes of an outage.

A machine is now faster, now slower, by more than what is looked for. So the living are measured alone and beside the dead in
turn, again and again; each is held against the one alone of the same round, and what counts is the median.
"""

import asyncio
import random
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.dispatching import make_dispatcher, owe
from benchmarks.installation import open_installation
from benchmarks.scripted_channel import ScriptedChannel
from shared.runtime.elapsed import elapsed_seconds

ANSWER_SECONDS = 0.05
TIMEOUT_SECONDS = 30.0
EACH = 10
ALONE, KNOWN, NEW = "alone", "known", "new"


@dataclass(frozen=True)
class Took:
    """How long the messages of the living took."""

    seconds: float
    cpu_seconds: float


def run(living: int = 1000, dead: int = 1000, rounds: int = 7) -> list[tuple[str, str]]:
    """Measure; each destination has ten messages."""
    asyncio.run(_send(living // 10, 0, known=False))  # what is slow once is over
    took: dict[str, list[Took]] = {ALONE: [], KNOWN: [], NEW: []}
    for number in range(rounds):
        order = list(took)
        for beside in order[number % 3 :] + order[: number % 3]:
            took[beside].append(asyncio.run(_send(living, 0 if beside == ALONE else dead, known=beside == KNOWN)))
    messages = living * EACH
    return [
        (f"{messages:,} messages to {living:,} living destinations alone", _said(took[ALONE], messages)),
        *(
            (
                f"the same beside {dead:,} dead ones, {beside}",
                f"{_said(took[beside], messages)}; {_more(took[ALONE], took[beside])}",
            )
            for beside in (KNOWN, NEW)
        ),
    ]


def _said(took: list[Took], messages: int) -> str:
    rate = messages / median(one.seconds for one in took)
    return f"{rate:,.0f} messages/s, {1e3 * median(one.cpu_seconds for one in took) / messages:.2f} ms CPU each"


def _more(alone: list[Took], beside: list[Took]) -> str:
    pairs = list(zip(alone, beside, strict=True))
    time_more = sorted(100 * (there.seconds / here.seconds - 1) for here, there in pairs)
    cpu_more = median(100 * (there.cpu_seconds / here.cpu_seconds - 1) for here, there in pairs)
    return f"time {median(time_more):+.1f} % ({time_more[0]:+.0f} to {time_more[-1]:+.0f}), CPU {cpu_more:+.0f} %"


async def _send(living: int, dead: int, *, known: bool) -> Took:
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
            took = Took(elapsed_seconds() - began, time.process_time() - cpu)
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)
            return took


if __name__ == "__main__":
    for label, figure in run():
        print(f"{label:<60} {figure}")
