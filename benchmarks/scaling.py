"""How much faster several processes match than one, beside what the machine allows in the same minutes."""

from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.ceiling import PROGRAMS, times_as_fast
from benchmarks.offline import match


def rows(profiles: Path, stream: Path, workers: int, rounds: int) -> list[tuple[str, str]]:
    """Match with one process and with several, and let other programs do their work so, in turn.

    Args:
        profiles: JSON Lines; compiled once, and mapped by all.
        stream: publications, JSON Lines.
        workers: how many processes.
        rounds: how often; of each figure the middle one counts.
    """
    ours: list[float] = []
    others: dict[str, list[float]] = {name: [] for name in PROGRAMS}
    cpu: dict[int, list[float]] = {1: [], workers: []}
    with TemporaryDirectory() as folder:
        index = Path(folder) / "index"
        match(profiles, stream, index=index)
        for _ in range(rounds):
            for name, times in others.items():
                times.append(times_as_fast(name, workers))
            elapsed = {}
            for number in (1, workers):
                totals = match(profiles, stream, explain=True, workers=number, index=index).totals
                elapsed[number] = totals.match_seconds
                cpu[number].append(1e6 * totals.match_cpu_seconds / max(1, totals.publications))
            ours.append(elapsed[1] / elapsed[workers])
    beside = ", ".join(f"{name} {median(times):.2f}×" for name, times in others.items())
    return [
        (f"{totals.profiles:,} profiles: {workers} processes beside one", f"{median(ours):.2f}×{_range(ours)}"),
        ("… CPU a document, one process, then several", f"{median(cpu[1]):.0f} µs, {median(cpu[workers]):.0f} µs"),
        ("… the machine's own ceiling, in the same rounds", beside),
    ]


def _range(figures: list[float]) -> str:
    return f" ({min(figures):.2f} to {max(figures):.2f})"
