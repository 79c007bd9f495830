"""Profiles that change while publications flow: how soon a change is in force, and the longest pause of matching.

One publication at a time is matched, with evidence; between two of them profiles change as the service changes them, and
merges are built on another thread as the service builds them. What is measured is elapsed time: a busy machine shows.
"""

import time
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.generator import FOLDER, SEED, profile_file, publication_file
from benchmarks.offline import records
from services.matcher.engine.engine import compile_profiles
from services.matcher.engine.live import LiveEngine
from services.matcher.profiles import MAX_RECORDS
from services.matcher.rings import ring_set
from shared.wire.profile import Profile
from shared.wire.publication import Publication

if TYPE_CHECKING:
    from services.matcher.engine.searcher import Searcher

QUIET = 1_000
SINGLE = 1_500
"""Changes of one profile, each followed by a publication; enough for additions to be merged among themselves."""

BULK_SHARE = 0.06
"""So many of the profiles change at once, at most `MAX_RECORDS` between two publications; enough for the base to be merged."""


def run(profiles: int = 1_000_000, documents: int = 2_000) -> list[tuple[str, str]]:
    """Measure.

    Args:
        profiles: how many are in force.
        documents: how many different publications flow, again and again.
    """
    with TemporaryDirectory() as empty:
        rings = ring_set(Path(empty))
    standing = profile_file(FOLDER, profiles)
    live = LiveEngine(rings, compile_profiles(records(standing, Profile), rings))
    flow = Flow(live, list(records(publication_file(FOLDER, documents, 300, seed=SEED), Publication)))
    changed = records(profile_file(FOLDER, SINGLE + int(BULK_SHARE * profiles), seed=SEED + 1), Profile)
    quiet = [flow.step([]) for _ in range(QUIET)][QUIET // 10 :]
    single = [flow.step([one]) for one in islice(changed, SINGLE)]
    single += flow.until_merged()
    bulk = []
    while some := list(islice(changed, MAX_RECORDS)):
        bulk.append(flow.step(some))
    merging = flow.until_merged()
    flow.close()
    return [
        (f"{profiles:,} profiles: time of a publication, quiet", _spread(quiet)),
        (f"{profiles:,} profiles: one profile changed and in force", _spread(single)),
        (f"{profiles:,} profiles: {MAX_RECORDS:,} profiles changed and in force", _spread(bulk)),
        (f"{profiles:,} profiles: time of a publication, base being merged", _spread(merging)),
        ("merges put in place", f"{flow.merges} ({flow.whole} of the base)"),
    ]


class Flow:
    """Publications one after the other against profiles that change in between."""

    def __init__(self, live: LiveEngine, publications: list[Publication]) -> None:
        self.merges = 0
        self.whole = 0
        self._live = live
        self._publications = cycle(publications)
        self._elsewhere = ThreadPoolExecutor(1)
        self._merging: Future[Searcher] | None = None

    def step(self, changes: list[Profile]) -> float:
        """Change profiles, match one publication, begin or end a merge where it is due; return the elapsed seconds."""
        began = time.perf_counter()
        if changes:
            self._live.apply([(profile.id, profile) for profile in changes])
        for found in self._live.match([next(self._publications)]):
            found.json()
        if self._merging is not None and self._merging.done():
            self._live.end_merge(self._merging.result())
            self._merging = None
            self.merges += 1
        elif self._merging is None and (merge := self._live.begin_merge()) is not None:
            self.whole += merge.whole
            self._merging = self._elsewhere.submit(merge.build)
        return time.perf_counter() - began

    def until_merged(self) -> list[float]:
        """Let publications flow until no merge goes on; return the elapsed seconds of each."""
        steps = [self.step([])]
        while self._merging is not None:
            steps.append(self.step([]))
        return steps

    def close(self) -> None:
        """End the other thread."""
        self._elsewhere.shutdown()


def _spread(steps: list[float]) -> str:
    half, most, longest = 1e3 * np.quantile(steps, (0.5, 0.99, 1.0))
    return f"p50 {half:.1f} ms, p99 {most:.1f} ms, longest {longest:.1f} ms"


if __name__ == "__main__":
    for label, figure in run():
        print(f"{label:<60} {figure}")
