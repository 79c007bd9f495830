"""How little memory the peer can do with: the smallest heap that does not slow it, and the smallest that it survives.

A Java process takes as much memory as it may before it collects garbage, so that its size says nothing until its heap is
bounded; and the tighter the bound, the more CPU goes into collecting.
"""

import subprocess
from collections.abc import Callable
from pathlib import Path

import msgspec

from benchmarks.peers.lucene.peer import OUT_OF_MEMORY, SMALL, PeerRun, Runner

MIB = 1 << 20
SLOWED = 1.1
"""So many times the CPU of the process with a roomy heap is too much."""
ROOMY = 8
"""A roomy heap is so many times what is in use after a collection."""
STEP_MIB = 64


class Sized(msgspec.Struct, frozen=True):
    """A run with a bounded heap, in MiB."""

    heap_mib: int
    run: PeerRun


class Tight(msgspec.Struct, frozen=True):
    """What the search found.

    Attributes:
        roomy: a run that memory did not slow.
        unslowed: the smallest heap found that took at most `SLOWED` times the CPU.
        surviving: the smallest heap found with which it ended well, however slowly.
    """

    roomy: Sized
    unslowed: Sized
    surviving: Sized


def search(used_bytes: int, measure: Callable[[int], PeerRun | None]) -> Tight:
    """Find both heaps by halving, to `STEP_MIB`.

    Args:
        used_bytes: of the heap after a collection; less cannot do.
        measure: runs the peer with a heap of so many MiB; ``None`` where that was too small.

    Raises:
        ValueError: a roomy heap was too small.
    """
    least = used_bytes // MIB
    if (found := measure(ROOMY * least)) is None:
        raise ValueError(f"a heap of {ROOMY * least} MiB is too small")
    roomy = Sized(ROOMY * least, found)
    known: dict[int, PeerRun | None] = {roomy.heap_mib: found}

    def halve(low: int, is_enough: Callable[[PeerRun], bool]) -> Sized:
        best = min(
            (Sized(heap, run) for heap, run in known.items() if run and is_enough(run)), key=lambda one: one.heap_mib
        )
        low = max(
            [low, *(heap for heap, run in known.items() if heap < best.heap_mib and not (run and is_enough(run)))]
        )
        while best.heap_mib - low > STEP_MIB:
            middle = (low + best.heap_mib) // 2
            known[middle] = run = measure(middle)
            if run is not None and is_enough(run):
                best = Sized(middle, run)
            else:
                low = middle
        return best

    most = SLOWED * found.cpu_seconds
    unslowed = halve(least, lambda run: run.cpu_seconds <= most)
    return Tight(roomy, unslowed, surviving=halve(least, lambda _: True))


def bound(runner: Runner, used_bytes: int) -> Tight:
    """Search with the collector that takes least, one round of each kind of run."""

    def measure(heap_mib: int) -> PeerRun | None:
        try:
            return runner.run(Path("/dev/null"), rounds=1, heap=f"{heap_mib}m", collector=SMALL)
        except subprocess.CalledProcessError as error:
            if error.returncode != OUT_OF_MEMORY:
                raise
            return None

    return search(used_bytes, measure)
