"""Processes of the line, and what they and the servers cost."""

import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from benchmarks.city.role import READY

TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


@contextmanager
def child(name: str, folder: Path, environment: Mapping[str, str]) -> Iterator[subprocess.Popen[str]]:
    """Run a role until the context is left; return its process once it is ready."""
    with _started("benchmarks.city.role", name, str(folder), environment=environment) as process:
        if _first_line(process) != READY:
            raise RuntimeError(f"{name} did not start")
        yield process


@contextmanager
def mail_server(path: Path) -> Iterator[int]:
    """Run a mail server that notes in a file what it takes; return its port."""
    with _started("benchmarks.city.mail_server", str(path), environment={}) as process:
        yield int(_first_line(process))


@contextmanager
def _started(module: str, *arguments: str, environment: Mapping[str, str]) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()  # what it holds is thrown away, and whoever waits here may be whom it waits for
        process.wait()


def _first_line(process: subprocess.Popen[str]) -> str:
    return "" if process.stdout is None else process.stdout.readline().strip()


def check_alive(children: Iterable[subprocess.Popen[str]]) -> None:
    """Raise when one of them has ended: nobody would do its work."""
    for one in children:
        if one.poll() is not None:
            raise RuntimeError(f"a role ended with status {one.returncode}: {one.args!r}")


@dataclass(frozen=True, slots=True)
class Spent:
    """What a stretch of work took, in seconds; CPU by name."""

    elapsed: float
    cpu: dict[str, float]

    def __str__(self) -> str:
        shares = ", ".join(f"{name} {seconds:.0f}" for name, seconds in self.cpu.items())
        return f"{self.elapsed:.0f} s (CPU seconds: {shares})"


class Watch:
    """Measures from now on.

    Args:
        pids: name → process id.
    """

    def __init__(self, pids: Mapping[str, int]) -> None:
        self._pids = dict(pids)
        self._began = perf_counter()
        self._cpu = {name: _cpu_seconds(pid) for name, pid in self._pids.items()}

    def spent(self) -> Spent:
        """Return what was spent since."""
        cpu = {name: _cpu_seconds(pid) - self._cpu[name] for name, pid in self._pids.items()}
        return Spent(perf_counter() - self._began, cpu)


def peak_bytes(pid: int) -> int:
    """Return the most memory that a process ever had."""
    status = Path(f"/proc/{pid}/status").read_text("ascii")
    return int(status.split("VmHWM:")[1].split()[0]) * 1024


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_A_SECOND
