"""Runs mutated inputs through workers, with a limit of time and memory each, and collects what must not be."""

import hashlib
import multiprocessing
import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path, PurePath

import msgspec

from tests.fuzz.judge import Verdict
from tests.fuzz.mutations import mutated
from tests.fuzz.seeds import Seed, seeds
from tests.fuzz.worker import Told, work

MOST_CPU_SECONDS = 5.0
MOST_WALL_SECONDS = 60.0
"""A worker that does not answer for so long is killed; on a busy machine only time on the processor counts."""

MOST_GROWN_BYTES = 300 * 1024 * 1024

_decode = msgspec.json.Decoder(Told).decode


@dataclass(frozen=True)
class Input:
    """One mutated input; its number and the seed of the run make it again."""

    number: int
    seed: str
    done: list[str]
    content: bytes


@dataclass
class Report:
    """What a run found."""

    inputs: int = 0
    parsed: int = 0
    rejected: int = 0
    slowest_seconds: float = 0.0
    largest_growth_bytes: int = 0
    formats: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    findings: list[tuple[Input, list[str]]] = field(default_factory=list)

    def count(self, given: Input, told: Told) -> None:
        """Take in how one input went."""
        verdict = told.verdict
        self.inputs += 1
        self.parsed += verdict.parsed
        self.rejected += verdict.rejected
        self.formats.update(verdict.formats)
        self.codes.update(verdict.codes)
        self.slowest_seconds = max(self.slowest_seconds, told.cpu_seconds)
        self.largest_growth_bytes = max(self.largest_growth_bytes, told.grown_bytes)
        problems = [*verdict.problems]
        if told.cpu_seconds > MOST_CPU_SECONDS:
            problems.append(f"took {told.cpu_seconds:.1f} s of the processor")
        if told.grown_bytes > MOST_GROWN_BYTES:
            problems.append(f"grew by {told.grown_bytes / 2**20:.0f} MiB")
        if problems:
            self.findings.append((given, problems))


def inputs(count: int, run_seed: int, wanted: str = "") -> Iterator[Input]:
    """Yield mutated inputs, each seed in its turn, of the seeds whose name begins so."""
    chosen = [seed for seed in seeds() if seed.name.startswith(wanted)]
    for number in range(count):
        yield make_input(chosen[number % len(chosen)], number, run_seed)


def make_input(seed: Seed, number: int, run_seed: int) -> Input:
    """Return the input of this number."""
    content, done = mutated(seed, random.Random(f"{run_seed}:{number}:{seed.name}"))
    return Input(number, seed.name, done, content)


class Worker:
    """A process that reads inputs; begun anew when it died or hung.

    Args:
        does: what it does with its link.
        wall_seconds: how long an answer may take.
    """

    def __init__(self, does: Callable[[Connection], None] = work, *, wall_seconds: float = MOST_WALL_SECONDS) -> None:
        self._does = does
        self._wall_seconds = wall_seconds
        self._context = multiprocessing.get_context("spawn")
        self._start()

    def read(self, given: Input) -> Told:
        """Read one input."""
        self._link.send((f"fuzz-{given.number}-{PurePath(given.seed).name}", given.content))
        problem = f"no answer within {self._wall_seconds:.0f} s"
        try:
            if self._link.poll(self._wall_seconds):
                return _decode(self._link.recv())
        except (EOFError, ConnectionError):
            self._process.join(10)
            problem = f"the process died: {self._process.exitcode}"
        self.close()
        self._start()
        return Told(Verdict(problems=[problem]))

    def close(self) -> None:
        """End it."""
        self._link.close()
        self._process.kill()
        self._process.join()

    def _start(self) -> None:
        self._link, theirs = self._context.Pipe()
        self._process = self._context.Process(target=self._does, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()


def run(given: Iterator[Input], *, workers: int = 2, tell: Callable[[Report], None] = lambda _report: None) -> Report:
    """Read all inputs."""
    report, turn = Report(), threading.Lock()

    def work_off() -> None:
        worker = Worker()
        try:
            while True:
                with turn:
                    one = next(given, None)
                if one is None:
                    return
                told = worker.read(one)
                with turn:
                    report.count(one, told)
                    tell(report)
        finally:
            worker.close()

    with ThreadPoolExecutor(workers) as threads:
        for working in [threads.submit(work_off) for _ in range(workers)]:
            working.result()
    return report


def keep(given: Input, problems: list[str], folder: Path) -> None:
    """Write what was found into a folder: the input, and beside it what was wrong."""
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{given.seed.replace('/', '-')[:60]}-{hashlib.blake2b(given.content, digest_size=4).hexdigest()}"
    (folder / name).write_bytes(given.content)
    (folder / f"{name}.txt").write_text(
        f"{given.seed} #{given.number}\n{' '.join(given.done)}\n\n" + "\n".join(problems), "utf-8"
    )
