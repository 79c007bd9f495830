"""Where the time of a pause went: into the thread's own work, into waiting for other threads of ours, or into what the machine did.

Linux only: a thread's scheduling statistics (``/proc/thread-self/schedstat``, see sched-stats in the kernel's documentation) say
how long it was ready to run and had no processor.
"""

import os
import resource
import time
from collections.abc import Sequence
from typing import NamedTuple, Self

import numpy as np

_TICK_SECONDS = 1 / os.sysconf("SC_CLK_TCK")
_PROCESSORS = len(os.sched_getaffinity(0))
_STEAL = 8
"""The word of the first line of ``/proc/stat`` that says how long the hypervisor ran others instead of us, in ticks."""


class Moment(NamedTuple):
    """What a thread has used until now, or between two moments; times in seconds.

    Attributes:
        elapsed: by the clock.
        cpu: of the thread.
        queued: ready to run, but waiting for a processor.
        beside: CPU of all other threads of the process.
        stolen: by the hypervisor, as far as it says so, of all processors; counted in ticks of some 10 ms.
        yielded: how often the thread gave its processor up by itself: to wait for a lock, another thread, or a disk.
        displaced: how often it was taken off its processor.
        read: pages that had to be read from a disk.
        touched: pages that were given to it without that.
    """

    elapsed: float
    cpu: float
    queued: float
    beside: float
    stolen: float
    yielded: int
    displaced: int
    read: int
    touched: int

    def since(self, before: "Moment") -> "Moment":
        """Return what was used between two moments of one thread."""
        return Moment._make(now - then for now, then in zip(self, before, strict=True))

    @property
    def asleep(self) -> float:
        """Neither at work nor ready to run."""
        return max(0.0, self.elapsed - self.cpu - self.queued)

    @property
    def own(self) -> float:
        """About so much of it was of our own making, whoever else was on the machine: at most, but for what the kernel rounds.

        The thread's own work, and what it waited for our other threads or for a disk. Another thread keeps it waiting for a
        lock only as long as it works itself: while it has no processor either, the machine keeps both waiting. And from a
        processor our threads keep it only where they are on all of them.
        """
        waited = self.asleep if self.read else min(self.asleep, self.beside)
        return self.cpu + waited + min(self.queued, self.beside / _PROCESSORS)


class Meter:
    """Reads what the thread that makes it has used; a reading takes some 20 µs."""

    def __init__(self) -> None:
        self._schedule = os.open("/proc/thread-self/schedstat", os.O_RDONLY)
        self._machine = os.open("/proc/stat", os.O_RDONLY)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._schedule)
        os.close(self._machine)

    def now(self) -> Moment:
        """Return what was used until now."""
        cpu = time.thread_time()
        usage = resource.getrusage(resource.RUSAGE_THREAD)
        _, queued_nanoseconds, _ = os.pread(self._schedule, 100, 0).split()
        return Moment(
            elapsed=time.perf_counter(),
            cpu=cpu,
            queued=int(queued_nanoseconds) / 1e9,
            beside=time.process_time() - cpu,
            stolen=_TICK_SECONDS * int(os.pread(self._machine, 200, 0).split()[_STEAL]),
            yielded=usage.ru_nvcsw,
            displaced=usage.ru_nivcsw,
            read=usage.ru_majflt,
            touched=usage.ru_minflt,
        )


def spread(pauses: Sequence[Moment]) -> str:
    """Say how long the pauses were."""
    half, most, longest = 1e3 * np.quantile([one.elapsed for one in pauses], (0.5, 0.99, 1.0))
    return f"p50 {half:.1f} ms, p99 {most:.1f} ms, longest {longest:.1f} ms"


def told(pause: Moment) -> str:
    """Say what a pause went into."""
    return (
        f"{1e3 * pause.elapsed:.1f} ms, of our own making {1e3 * pause.own:.1f}: {1e3 * pause.cpu:.1f} at work,"
        f" {1e3 * pause.asleep:.1f} asleep ({pause.yielded} times), {1e3 * pause.queued:.1f} waiting for a processor"
        f" ({pause.displaced} times), our other threads at work {1e3 * pause.beside:.1f}, {1e3 * pause.stolen:.0f} stolen;"
        f" pages read {pause.read}, touched {pause.touched}"
    )


def longest(pauses: Sequence[Moment]) -> str:
    """Say what the longest pause went into."""
    return told(max(pauses, key=lambda pause: pause.elapsed))


def longest_own(pauses: Sequence[Moment]) -> str:
    """Say what the pause went into of which most was of our own making."""
    return told(max(pauses, key=lambda pause: pause.own))


def load() -> str:
    """Say how busy the machine was during the last minute."""
    return f"{os.getloadavg()[0]:.1f} on {_PROCESSORS} processors"
