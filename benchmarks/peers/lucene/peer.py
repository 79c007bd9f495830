"""Build and run the Lucene Monitor runner: Lucene 10 where a Java of 21 or newer is found, else 9 on Java 17."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

from benchmarks.peers.lucene import prepare

HERE = Path(__file__).resolve().parent
LUCENE = ((21, "10.3.0"), (17, "9.11.1"))
"""(least Java, Lucene) in order of preference."""

FAST = "-XX:+UseParallelGC"
"""The collector that cost the matching thread least."""
SMALL = "-XX:+UseSerialGC"
"""The collector that takes least memory and CPU for itself."""
FLAGS = ("-XX:+ExitOnOutOfMemoryError", "--add-modules", "jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED")
"""What makes a heap that is too small an end at once, and what lets Lucene use vector instructions."""
OUT_OF_MEMORY = 3
"""The exit status of such an end."""


class PeerRun(msgspec.Struct, frozen=True):
    """What the runner says.

    Attributes:
        load_seconds: elapsed, from the prepared profiles to the merged index.
        heap_bytes: used after a collection, with everything loaded.
        loaded_rss_bytes: of the process after that collection.
        peak_rss_bytes: of the process; its heap grows as far as it may before it is collected.
        cpu_seconds: of the whole process from start to end, with compiling and collecting.
        candidates: queries run.
        micros: CPU of the matching thread a document, matches alone.
        process_micros: the same of the whole process, with compiling and collecting.
        evidence_micros: CPU of the matching thread a document, matches with highlights.
    """

    version: str
    java: str
    profiles: int
    documents: int
    load_seconds: float
    load_cpu_seconds: float
    heap_bytes: int
    loaded_rss_bytes: int
    peak_rss_bytes: int
    cpu_seconds: float
    candidates: int
    matches: int
    spans: int
    micros: float
    process_micros: float
    evidence_micros: float
    evidence_process_micros: float


def java_homes() -> list[tuple[int, Path]]:
    """Return (major version, home) of every Java development kit of this machine, newest first."""
    homes = {Path(home) for home in (os.environ.get("JAVA_HOME"),) if home}
    homes |= {path.parents[1].resolve() for path in Path("/usr/lib/jvm").glob("*/bin/javac")}
    if compiler := shutil.which("javac"):
        homes.add(Path(compiler).resolve().parents[1])
    found = []
    for home in homes:
        told = subprocess.run([home / "bin" / "javac", "-version"], capture_output=True, text=True, check=False)
        if version := re.search(r"javac (\d+)", told.stdout + told.stderr):
            found.append((int(version[1]), home))
    return sorted(found, reverse=True)


def choose(homes: list[tuple[int, Path]]) -> tuple[str, int, Path] | None:
    """Return (version of Lucene, least Java, home), or nothing where neither a Java nor Maven will do."""
    for least, version in LUCENE:
        for java, home in homes:
            if java >= least:
                return version, least, home
    return None


@dataclass(frozen=True, slots=True)
class Runner:
    """The runner, built, with its input prepared.

    Attributes:
        java: the program that runs it.
        classes: where its classes are.
        folder: holds the input, and is written to.
    """

    java: Path
    classes: str
    folder: Path

    def run(self, matches: Path, *, rounds: int, heap: str, collector: str = FAST) -> PeerRun:
        """Measure.

        Args:
            matches: where the runner writes (document number from 0, tab, profile id).
            rounds: how often each kind of run is repeated.
            heap: the most the heap may grow to, as Java's ``-Xmx`` takes it.
            collector: `FAST` or `SMALL`.

        Raises:
            subprocess.CalledProcessError: the runner failed; with `OUT_OF_MEMORY` where the heap was too small.
        """
        subprocess.run(
            [
                *(self.java, f"-Xmx{heap}", collector, *FLAGS, "-cp", self.classes, "zhitui.Peer"),
                *(self.folder / "profiles", self.folder / "publications", str(rounds), self.folder / "run", matches),
            ],
            check=True,
        )
        return msgspec.json.decode((self.folder / "run").read_bytes(), type=PeerRun)


@contextmanager
def prepared(profiles: Path, publications: Path) -> Iterator[Runner]:
    """Build the runner and prepare its input.

    Args:
        profiles: JSON Lines.
        publications: JSON Lines.

    Raises:
        RuntimeError: there is no Java development kit or no Maven.
        subprocess.CalledProcessError: Maven failed.
    """
    chosen = choose(java_homes())
    if chosen is None or not shutil.which("mvn"):
        raise RuntimeError("the Lucene peer needs Maven and a Java development kit of 17 or newer")
    version, least, home = chosen
    subprocess.run(
        [
            *("mvn", "-B", "-q", "--strict-checksums", "-f", HERE / "pom.xml", "package"),
            *(f"-Dlucene.version={version}", f"-Dmaven.compiler.release={least}"),
        ],
        env={**os.environ, "JAVA_HOME": str(home)},
        check=True,
    )
    built = HERE / "build" / version
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        prepare.profiles(profiles, folder / "profiles")
        prepare.publications(publications, folder / "publications")
        yield Runner(home / "bin" / "java", f"{built}/lucene-peer-1.jar:{built}/lib/*", folder)
