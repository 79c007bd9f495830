"""What several processes could be at most beside one on this machine, just now: programs that have nothing to do with ours.

Two processors may be two threads of one core, share a cache and the way to memory, or be lent to neighbours: then nothing is
twice as fast on both. Each program does a fixed amount of work, alone and in several processes at once.
"""

import multiprocessing
import time
from collections.abc import Callable
from hashlib import blake2b
from multiprocessing.synchronize import Barrier
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from multiprocessing.queues import SimpleQueue

_SMALL_BYTES = 16 << 10
_LARGE_WORDS = 1 << 24
"""Of 8 bytes: more than the caches of most processors hold."""

_HASHED = 40_000
_STREAMED = 120
_SCATTERED = 240
_AT_ONCE = 1 << 18

Work = Callable[[], object]


def _compute() -> Work:
    """Hash what lies in the nearest cache: arithmetic alone."""
    data = bytes(_SMALL_BYTES)

    def work() -> None:
        for _ in range(_HASHED):
            blake2b(data).digest()

    return work


def _stream() -> Work:
    """Add up what no cache holds, one word after the other: the way to memory."""
    words = np.ones(_LARGE_WORDS, np.int64)
    return lambda: [words.sum() for _ in range(_STREAMED)]


def _scatter() -> Work:
    """Look words up anywhere in what no cache holds: waiting for memory, as matching mostly does."""
    words = np.ones(_LARGE_WORDS, np.int64)
    places = np.random.default_rng(0).integers(0, _LARGE_WORDS, _AT_ONCE)
    found = np.empty(_AT_ONCE, np.int64)

    def work() -> None:
        for step in range(_SCATTERED):
            words.take((places + step * _AT_ONCE) & (_LARGE_WORDS - 1), out=found, mode="wrap")

    return work


PROGRAMS: dict[str, Callable[[], Work]] = {"arithmetic": _compute, "streaming": _stream, "look-ups": _scatter}


def seconds_of(program: str, processes: int) -> float:
    """Return the elapsed seconds of so many processes that all do the work of a program at the same time."""
    fork = multiprocessing.get_context("fork")
    together = fork.Barrier(processes)
    queue: SimpleQueue[tuple[float, float]] = fork.SimpleQueue()
    started = [fork.Process(target=_run, args=(program, together, queue)) for _ in range(processes)]
    for one in started:
        one.start()
    spans = [queue.get() for _ in started]
    for one in started:
        one.join()
    return max(ended for _, ended in spans) - min(began for began, _ in spans)


def times_as_fast(program: str, processes: int) -> float:
    """Return how much more several processes do in the same time than one."""
    alone = seconds_of(program, 1)
    return processes * alone / seconds_of(program, processes)


def _run(program: str, together: Barrier, queue: "SimpleQueue[tuple[float, float]]") -> None:
    work = PROGRAMS[program]()
    together.wait()
    began = time.perf_counter()
    work()
    queue.put((began, time.perf_counter()))
