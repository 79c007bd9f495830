"""Profiles that change while publications flow: how soon a change is in force, and the longest pause of matching.

One publication at a time is matched, with evidence; meanwhile profiles change as the service changes them: compiled on
another thread, merged on a third, put in force between two publications. What is measured is elapsed time: a busy machine
shows. Of the longest pauses it is told what they went into (see `pauses`), for only a part of that is of our own making.
"""

import sys
import time
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from benchmarks import pauses
from benchmarks.generator import FOLDER, SEED, profile_file, publication_file
from benchmarks.offline import records
from services.matcher.engine.engine import compile_profiles
from services.matcher.engine.live import LiveEngine
from services.matcher.profiles import MAX_RECORDS, SWITCH_SECONDS
from services.matcher.rings import ring_set
from shared.runtime.memory import settle_memory
from shared.wire.profile import Profile
from shared.wire.publication import Publication

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.pauses import Meter, Moment
    from services.matcher.engine.live import Step
    from services.matcher.engine.searcher import Searcher

QUIET = 1_000
SINGLE = 1_500
"""Changes of one profile, each followed by a publication; enough for additions to be merged among themselves."""

BULK_SHARE = 0.06
"""So many of the profiles change at once; enough for the base to be merged."""


def run(profiles: int = 1_000_000, documents: int = 2_000) -> list[tuple[str, str]]:
    """Measure.

    Args:
        profiles: how many are in force.
        documents: how many different publications flow, again and again.
    """
    load = pauses.load()
    sys.setswitchinterval(SWITCH_SECONDS)
    with TemporaryDirectory() as empty:
        rings = ring_set(Path(empty))
    standing = profile_file(FOLDER, profiles)
    live = LiveEngine(rings, compile_profiles(records(standing, Profile), rings))
    publications = list(records(publication_file(FOLDER, documents, 300, seed=SEED), Publication))
    changed = records(profile_file(FOLDER, SINGLE + int(BULK_SHARE * profiles), seed=SEED + 1), Profile)
    settle_memory()
    many = f"{int(BULK_SHARE * profiles):,}"
    with pauses.Meter() as meter:
        flow = Flow(live, publications, meter)
        quiet = [flow.step() for _ in range(QUIET)][QUIET // 10 :]
        single: list[Moment] = []
        told = [flow.changed_and_told(one, single) for one in islice(changed, SINGLE)]
        single += flow.until_done()
        began = time.perf_counter()
        flow.change(changed)
        bulk = flow.until_in_force()
        in_force = time.perf_counter() - began
        merging = flow.until_done()
        flow.close()
    return [
        ("load before", load),
        (f"{profiles:,} profiles: a publication, quiet", pauses.spread(quiet)),
        ("… the longest", pauses.longest(quiet)),
        (f"{profiles:,} profiles: one profile changed, in force, and a publication told", pauses.spread(told)),
        ("… a publication meanwhile", pauses.spread(single)),
        ("… the longest", pauses.longest(single)),
        (f"{profiles:,} profiles: a publication while {many} profiles change", pauses.spread(bulk)),
        ("… the longest", pauses.longest(bulk)),
        (f"{profiles:,} profiles: {many} changed profiles in force after", f"{in_force:.1f} s"),
        (f"{profiles:,} profiles: a publication, base being merged", pauses.spread(merging)),
        ("… the longest", pauses.longest(merging)),
        ("longest pause of our own making during any change or merge", pauses.longest_own(single + bulk + merging)),
        ("merges put in place", f"{flow.merges} ({flow.whole} of the base)"),
    ]


class Flow:
    """Publications one after the other against profiles that change meanwhile."""

    def __init__(self, live: LiveEngine, publications: list[Publication], meter: "Meter") -> None:
        self.merges = 0
        self.whole = 0
        self._live = live
        self._meter = meter
        self._publications = cycle(publications)
        self._compiler = ThreadPoolExecutor(1)
        self._merger = ThreadPoolExecutor(1)
        self._changes: Iterator[Profile] = iter(())
        self._all_read = True
        self._preparing: Future[Step] | None = None
        self._merging: Future[Searcher] | None = None

    def step(self) -> "Moment":
        """Put in force what is ready, match one publication; return what it took."""
        began = self._meter.now()
        if self._preparing is not None and self._preparing.done():
            self._live.install(self._preparing.result())
            self._preparing = None if self._all_read else self._compiler.submit(self._prepare_next)
        for found in self._live.match([next(self._publications)]):
            found.json()
        if self._merging is not None and self._merging.done():
            self._live.end_merge(self._merging.result())
            self._merging = None
            self.merges += 1
        elif self._merging is None and (merge := self._live.begin_merge()) is not None:
            self.whole += merge.whole
            self._merging = self._merger.submit(merge.build)
        return self._meter.now().since(began)

    def changed_and_told(self, profile: Profile, meanwhile: "list[Moment]") -> "Moment":
        """Change a profile, and match on until it is in force and a publication told; return what that took.

        Args:
            profile: what it is now.
            meanwhile: what each publication took is added here.
        """
        began = self._meter.now()
        self.change(iter((profile,)))
        meanwhile += self.until_in_force()
        return self._meter.now().since(began)

    def change(self, profiles: "Iterator[Profile]") -> None:
        """Let these profiles change from now on, as many together as the service reads together."""
        self._changes = profiles
        self._all_read = False
        self._preparing = self._compiler.submit(self._prepare_next)

    def until_in_force(self) -> "list[Moment]":
        """Let publications flow until every change is in force; return what each took."""
        steps = [self.step()]
        while self._preparing is not None:
            steps.append(self.step())
        return steps

    def until_done(self) -> "list[Moment]":
        """Let publications flow until no merge goes on; return what each took."""
        steps = [self.step()]
        while self._merging is not None:
            steps.append(self.step())
        return steps

    def close(self) -> None:
        """End the other threads."""
        self._compiler.shutdown()
        self._merger.shutdown()

    def _prepare_next(self) -> "Step":
        """Read and compile some changes; as in the service, on another thread."""
        some = [(one.id, one) for one in islice(self._changes, MAX_RECORDS)]
        self._all_read = len(some) < MAX_RECORDS
        return self._live.prepare(some)


if __name__ == "__main__":
    for label, figure in run():
        print(f"{label:<80} {figure}")
