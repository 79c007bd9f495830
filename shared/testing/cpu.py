"""Processor time of this process and of those that it started, living ones too. Linux only."""

import resource
import time
from pathlib import Path

_OF_A_PROCESS = 2
"""``CPUCLOCK_SCHED``: with a process id turned round above it, the clock of that process (``clock_getcpuclockid``)."""


def cpu_seconds() -> float:
    """Return the seconds that this process, its ended children and its living ones have used."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + ended.ru_utime + ended.ru_stime + sum(map(_used, children()))


def children() -> list[int]:
    """Return the ids of the living processes that this one started."""
    listed = (task.read_text("ascii") for task in Path("/proc/self/task").glob("*/children"))
    return [int(pid) for some in listed for pid in some.split()]


def _used(pid: int) -> float:
    try:
        return time.clock_gettime((~pid << 3) | _OF_A_PROCESS)
    except OSError:  # it has ended meanwhile
        return 0.0
