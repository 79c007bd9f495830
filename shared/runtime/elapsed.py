"""How much time has gone by: a clock that nobody sets, and that goes on while the machine sleeps."""

import time

_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def elapsed_seconds() -> float:
    """Return seconds since some moment in the past; only differences mean anything."""
    return time.clock_gettime(_CLOCK)
