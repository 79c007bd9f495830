"""`zhitui match` as a process of its own, with what it says about itself: the door that all figures of matching come through."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import msgspec

from services.matcher.offline import Totals

T = TypeVar("T")

_WARM_PROFILE = '{"id":"warm","rules":[{"groups":[["固态电池"]],"none":["铅酸"],"ipc":["H01M*"]}],"fuzziness":"%s","fields":["title"]}'
_WARM_PUBLICATION = '{"publication_number":"CN110000001A","kind":"A","title":"一种固态电池","ipc":["H01M10/0525"]}'

BETWEEN = ("/bin/sh", "-c", '"$@"; exit $?', "sh")
"""A small process that forks the measured one: by the kernel's account a program's peak memory is at least that of the
process it was forked from."""


class Run(msgspec.Struct, frozen=True):
    """One run of the command.

    Attributes:
        totals: the summary that it wrote.
        seconds: from start to end.
    """

    totals: Totals
    seconds: float

    @property
    def start_seconds(self) -> float:
        """From start to ready, of a run with one worker: the interpreter, reading the profiles, compiling them."""
        return self.seconds - self.totals.match_cpu_seconds

    @property
    def micros(self) -> float:
        """CPU of matching a publication, reading and writing JSON included, in microseconds."""
        return 1e6 * self.totals.match_cpu_seconds / max(1, self.totals.publications)

    @property
    def hits(self) -> float:
        """Matches a publication."""
        return self.totals.matches / max(1, self.totals.publications)


def match(
    profiles: Path,
    publications: Path,
    *,
    explain: bool = False,
    workers: int = 1,
    matches: Path | None = None,
    index: Path | None = None,
) -> Run:
    """Run it once.

    Args:
        profiles: JSON Lines.
        publications: JSON Lines.
        explain: with evidence.
        workers: how many processes match.
        matches: where the matches go; nowhere by default.
        index: where the compiled profiles are kept from one run to the next.

    Raises:
        subprocess.CalledProcessError: it did not end well; what it said is on the standard error.
    """
    with tempfile.TemporaryDirectory() as folder:
        summary = Path(folder) / "summary.json"
        command = [
            *BETWEEN,
            *(sys.executable, "-m", "services", "match", "--profiles", str(profiles)),
            *("--publications", str(publications), "--workers", str(workers), "--summary", str(summary)),
            *(["--explain"] if explain else []),
            *(["--index", str(index)] if index else []),
        ]
        with (matches or Path(os.devnull)).open("wb") as out:
            began = time.perf_counter()
            subprocess.run(command, stdout=out, check=True)
            seconds = time.perf_counter() - began
        return Run(totals=msgspec.json.decode(summary.read_bytes(), type=Totals), seconds=seconds)


def best(profiles: Path, publications: Path, *, explain: bool, rounds: int, index: Path | None = None) -> Run:
    """Run it several times; return the least of each figure, with the last run's counts.

    Args:
        profiles: JSON Lines.
        publications: JSON Lines.
        explain: with evidence.
        rounds: how often.
        index: where the compiled profiles are kept; a run before the rounds makes it.
    """
    if index is not None:
        match(profiles, publications, index=index)
    runs = [match(profiles, publications, explain=explain, index=index) for _ in range(rounds)]
    cpu = min(run.totals.match_cpu_seconds for run in runs)
    totals = msgspec.structs.replace(
        runs[-1].totals,
        load_seconds=min(run.totals.load_seconds for run in runs),
        match_cpu_seconds=cpu,
        peak_rss_bytes=min(run.totals.peak_rss_bytes for run in runs),
    )
    return Run(totals=totals, seconds=cpu + min(run.start_seconds for run in runs))


def records(file: Path, kind: type[T]) -> Iterator[T]:
    """Give the records of a JSON Lines file."""
    decoder = msgspec.json.Decoder(kind)
    with file.open("rb") as lines:
        for line in lines:
            yield decoder.decode(line)


def warm_up(fuzziness: str = "off") -> None:
    """Let kernels be compiled and kept, so that no measured run compiles."""
    with tempfile.TemporaryDirectory() as folder:
        profiles, publications = Path(folder) / "profiles.jsonl", Path(folder) / "publications.jsonl"
        profiles.write_text(_WARM_PROFILE % fuzziness + "\n", "utf-8")
        publications.write_text(_WARM_PUBLICATION + "\n", "utf-8")
        for workers in (1, 2):
            match(profiles, publications, explain=True, workers=workers)
            match(profiles, publications, workers=workers)
