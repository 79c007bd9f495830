"""One run from beginning to end: feed, edit, let it suffer, let it come to rest, count."""

import asyncio
import sys
import time
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.cli.session import open_session
from shared.errors import RetryLaterError
from tests.crash.city.edits import Editor
from tests.crash.city.faults import EDITOR
from tests.crash.city.stream import Stream
from tests.crash.city.verdict import Verdict, count, expected, seen_by_sinks, unrest

if TYPE_CHECKING:
    from collections.abc import Callable

    from shared.settings import Settings
    from tests.crash.city.city import City

REST_SECONDS = 300.0
"""Longest wait for everything to be told after the last fault: leases, windows of the robots, what is due again."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """What came of it."""

    verdict: Verdict
    stream: Stream
    editor: Editor
    done: "Counter[tuple[str, str]]"
    exits: "Counter[tuple[str, int]]"
    elapsed_seconds: float


def run(city: "City", suffer: "Callable[[Stream, Editor], None]", *, seed: int) -> Run:
    """Do it: everything is started, then the city suffers, then it must come to rest by itself."""
    settings = city.settings()
    stream = Stream(city.root / "watch", city.ingest_address, seed)
    editor = Editor(city.settings_of(EDITOR), seed, stream.now.set)
    began = time.monotonic()
    city.supervise()
    stream.start()
    editor.start()
    suffer(stream, editor)
    editor.stop()
    stream.stop()
    asyncio.run(_rest(settings, stream, city))
    elapsed = time.monotonic() - began
    verdict = asyncio.run(count(settings, stream, editor.edits, city.journal))
    city.hand_over()
    return Run(verdict=verdict, stream=stream, editor=editor, done=city.done, exits=city.exits, elapsed_seconds=elapsed)


async def _rest(settings: "Settings", stream: Stream, city: "City") -> None:
    deadline = time.monotonic() + REST_SECONDS
    due = expected(stream.told)
    while time.monotonic() < deadline:
        try:
            async with open_session(settings) as around:
                while time.monotonic() < deadline:
                    if due <= set(seen_by_sinks(city.journal)[0]) and not stream.unread() and not await unrest(around):
                        return
                    await asyncio.sleep(0.5)
        except RetryLaterError:  # the supervisor is still starting a server
            await asyncio.sleep(0.5)


def table(run: Run, *, seed: int, command: str) -> str:
    """Return what was counted, in the form of docs/reliability.md."""
    verdict = run.verdict
    by_target: Counter[str] = Counter()
    for (kind, target), times in run.done.items():
        by_target[f"{kind} {target}"] += times
    rows = [
        ("faults", sum(run.done.values())),
        *((f"… {what}", times) for what, times in sorted(by_target.items())),
        ("publications offered", verdict.publications),
        ("… pushed and acknowledged", len(run.stream.acknowledged)),
        ("pushes repeated by the client", run.stream.retries),
        ("matches", verdict.matches),
        ("deliveries", verdict.deliveries),
        ("messages at the sinks", verdict.messages),
        ("… repeated", verdict.messages - verdict.deliveries),
        ("publications lost", len(verdict.lost_publications)),
        ("matches lost", len(verdict.lost_matches)),
        ("deliveries lost", len(verdict.lost_deliveries)),
        ("attempts with an unknown end", verdict.ambiguous),
        ("publications told twice to somebody, within that window", len(verdict.doubled) - len(verdict.unexplained)),
        ("publications told twice to somebody, outside the window", len(verdict.unexplained)),
        ("profile edits acknowledged", sum(edit.acknowledged < float("inf") for edit in run.editor.edits)),
        ("matches held against edits", verdict.edits.judged),
        ("… that one version explains", verdict.edits.sharp),
        ("edits lost, reordered or not in force", len(verdict.edits.violations) + len(verdict.edits_lost)),
        ("exits that nobody caused by a kill", sum(run.exits.values())),
        ("elapsed, s", round(run.elapsed_seconds)),
    ]
    lines = [f"| {name} | {value} |" for name, value in rows]
    return "\n".join(["", f"seed {seed}: {command}", "", "| counted | |", "| --- | ---: |", *lines, ""])


def tell(run: Run, *, seed: int, command: str) -> None:
    """Print it, for the log of the run."""
    verdict = run.verdict
    lost = len(verdict.lost_publications) + len(verdict.lost_matches) + len(verdict.lost_deliveries)
    sys.stdout.write(table(run, seed=seed, command=command))
    sys.stdout.write(
        f"chaos: {sum(run.done.values())} faults (seed {seed}): {verdict.publications} publications, "
        f"{verdict.messages} messages, {lost} lost, {verdict.messages - verdict.deliveries} messages repeated "
        f"for {verdict.ambiguous} attempts with an unknown end, {len(verdict.unexplained)} told twice otherwise\n"
    )
    for (name, status), times in sorted(run.exits.items()):
        sys.stdout.write(f"{name} ended by itself with {status}: {times} times\n")
    for pair, times in sorted(verdict.doubled.items()):
        sys.stdout.write(f"told {times} times: {pair}\n")
    sys.stdout.flush()
