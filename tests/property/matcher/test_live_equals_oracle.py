"""Profiles that change while publications flow, and merges that begin, are built and end at any moment: always what the oracle says.

The bounds of `live` are lowered, so that every path is met: the few changed profiles, additions of their own, merges of additions, and
merges of everything.
"""

from collections.abc import Iterator
from random import Random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given

from services.matcher.engine import live as module
from services.matcher.engine.live import LiveEngine, Merge
from tests.property.matcher.cases import Cases
from tests.property.matcher.held import examples, hold, randoms, specified

if TYPE_CHECKING:
    from services.matcher.engine.searcher import Searcher
    from shared.wire.profile import Profile

STEPS = 7


@pytest.fixture(autouse=True, scope="module")
def _low_bounds() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "FEW", 3)
        patch.setattr(module, "MOST_ADDITIONS", 2)
        patch.setattr(module, "LARGEST_SHARE", 4.0)
        yield


class Life:
    """A live engine beside what ought to be in force in it.

    Attributes:
        wholes: of each merge that ended, whether the base was part of it.
    """

    def __init__(self, cases: Cases) -> None:
        self.cases = cases
        self.rings = cases.rings()
        self.engine = LiveEngine(self.rings)
        self.in_force: dict[str, Profile] = {}
        self.wholes: list[bool] = []
        self._merge: Merge | None = None
        self._built: Searcher | None = None

    def change(self) -> None:
        """Add, replace and remove some profiles."""
        cases, random = self.cases, self.cases.random
        changes: list[tuple[str, Profile | None]] = [(p.id, p) for p in cases.profiles(random.choice((0, 1, 2, 5)))]
        changes += [(again, cases.profile(again)) for again in self.in_force if random.random() < 0.15]
        changes += [(gone, None) for gone in (*self.in_force, "p-never-there") if random.random() < 0.25]
        random.shuffle(changes)
        self.engine.apply(changes)
        for profile_id, profile in changes:
            if profile is None:
                self.in_force.pop(profile_id, None)
            else:
                self.in_force[profile_id] = profile

    def go_on_merging(self) -> None:
        """Begin a merge, build what was begun, or put what was built in place; or leave it for later."""
        if self._merge is None:
            self._merge = self.engine.begin_merge()
        elif self._built is None:
            self._built = self._merge.build()
        else:
            self.engine.end_merge(self._built)
            self.wholes.append(self._merge.whole)
            self._merge = self._built = None

    def hold(self) -> None:
        """Hold the engine to the oracle."""
        publications = self.cases.publications(2)
        assert len(self.engine) == len(self.in_force)
        profiles = list(self.in_force.values())
        hold(self.engine.match(publications), specified(profiles, publications, self.rings), profiles)


def steps(life: Life) -> Iterator[None]:
    for _ in range(STEPS):
        for step in life.cases.random.choices((life.change, life.go_on_merging, life.go_on_merging), k=3):
            step()
        yield


@examples(0.4)
@given(randoms)
def test_changes_are_in_force_for_the_next_batch_whatever_merge_goes_on(random: Random) -> None:
    life = Life(Cases(random))
    for _ in steps(life):
        life.hold()


def test_the_sequences_meet_merges_of_additions_and_of_everything() -> None:
    wholes = []
    for seed in range(30):
        life = Life(Cases(Random(seed)))
        for _ in steps(life):
            assert len(life.engine) == len(life.in_force)
        wholes += life.wholes
    assert wholes.count(True) >= 5
    assert wholes.count(False) >= 5
