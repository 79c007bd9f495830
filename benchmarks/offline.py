"""`zhitui match` as a process of its own, with what it says about itself: the door that all figures of matching come through."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import msgspec

from services.matcher.offline import Totals

WARM_PROFILE = '{"id":"warm","rules":[{"groups":[["固态电池"]],"none":["铅酸"],"ipc":["H01M*"]}],"fuzziness":"%s","fields":["title"]}'
WARM_PUBLICATION = '{"publication_number":"CN110000001A","kind":"A","title":"一种固态电池","ipc":["H01M10/0525"]}'

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
    profiles: Path, publications: Path, *, explain: bool = False, workers: int = 1, matches: Path | None = None
) -> Run:
    """Run it once.

    Args:
        profiles: JSON Lines.
        publications: JSON Lines.
        explain: with evidence.
        workers: how many processes match.
        matches: where the matches go; nowhere by default.

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
        ]
        with (matches or Path(os.devnull)).open("wb") as out:
            began = time.perf_counter()
            subprocess.run(command, stdout=out, check=True)
            seconds = time.perf_counter() - began
        return Run(totals=msgspec.json.decode(summary.read_bytes(), type=Totals), seconds=seconds)


def best(profiles: Path, publications: Path, *, explain: bool, rounds: int, workers: int = 1) -> Run:
    """Run it several times; return the least of each figure, with the last run's counts."""
    runs = [match(profiles, publications, explain=explain, workers=workers) for _ in range(rounds)]
    totals = msgspec.structs.replace(
        runs[-1].totals,
        load_seconds=min(run.totals.load_seconds for run in runs),
        match_cpu_seconds=min(run.totals.match_cpu_seconds for run in runs),
        peak_rss_bytes=min(run.totals.peak_rss_bytes for run in runs),
    )
    return Run(totals=totals, seconds=min(run.seconds for run in runs))


def warm_up(fuzziness: str = "off") -> None:
    """Let kernels be compiled and kept, so that no measured run compiles."""
    with tempfile.TemporaryDirectory() as folder:
        profiles, publications = Path(folder) / "profiles.jsonl", Path(folder) / "publications.jsonl"
        profiles.write_text(WARM_PROFILE % fuzziness + "\n", "utf-8")
        publications.write_text(WARM_PUBLICATION + "\n", "utf-8")
        for workers in (1, 2):
            match(profiles, publications, explain=True, workers=workers)
            match(profiles, publications, workers=workers)
