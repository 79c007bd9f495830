"""Profiles that change while publications flow: a large base, small additions, and marks on what no longer counts.

Changes are compiled on another thread, as a step, and are in force for the next batch once the step is installed, which
takes no time to speak of. Additions are merged on another thread, too; what changes meanwhile is remembered and marked in
the merged index when it is installed, so nothing is ever out of step.
"""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from services.matcher.engine import strings
from services.matcher.engine.draft import Draft
from services.matcher.engine.engine import find
from services.matcher.engine.index import Strings
from services.matcher.engine.merge import merge
from services.matcher.engine.searcher import Searcher
from services.matcher.rings.rings import Rings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from services.matcher.engine.found import Found
    from services.matcher.engine.index import Bytes, Index
    from shared.wire.profile import Profile
    from shared.wire.publication import Publication

    Change = tuple[str, Profile | None]

FEW = 256
"""So many changed profiles are compiled anew with every further change; more become an addition."""
MOST_ADDITIONS = 4
LARGEST_SHARE = 0.05
"""Additions of a larger share of the base are merged into it, fewer among themselves."""


class Step(NamedTuple):
    """Changes, compiled and ready to be put in force.

    Attributes:
        changed: the ids of the profiles that were added, replaced or removed.
        searcher: what is to be searched for the changes since the last addition, ``None`` when nothing is left of them.
        is_addition: whether it stays as it is, and later changes begin anew.
    """

    changed: Strings
    searcher: Searcher | None
    is_addition: bool


class Merge:
    """What is to be merged; `build` may run on another thread while more changes, everything else must not.

    Attributes:
        whole: whether the base is part of it.
        changed: ids of profiles that changed since.
        known: how many of these the merged profiles know of already.
    """

    def __init__(self, searchers: "Sequence[Searcher]", *, whole: bool) -> None:
        self.searchers = tuple(searchers)
        self.whole = whole
        self.changed: list[Strings] = []
        self.known = 0
        self._parts: list[tuple[Index, Bytes]] = [(one.index, one.alive.copy()) for one in searchers]

    def build(self) -> Searcher:
        """Return the merged profiles; some seconds for a million.

        Most of what changed meanwhile is marked here, so that `LiveEngine.end_merge` need not do it between two publications.
        """
        merged = Searcher(merge(self._parts))
        self.catch_up(merged)
        return merged

    def catch_up(self, merged: Searcher) -> None:
        """Mark in the merged profiles what has changed and they do not know of."""
        while self.known < len(self.changed):
            merged.retire(self.changed[self.known])
            self.known += 1


class LiveEngine:
    """One task at a time may use it. `prepare` and `Merge.build` may run elsewhere meanwhile, each once at a time."""

    def __init__(self, rings: Rings, base: "Index | None" = None) -> None:
        self._rings = rings
        self._base = Searcher(Draft(rings).index() if base is None else base)
        self._additions: list[Searcher] = []
        self._fresh: Searcher | None = None
        self._merge: Merge | None = None
        self._few: dict[str, Profile] = {}  # belongs to `prepare`

    def __len__(self) -> int:
        return sum(int(np.count_nonzero(searcher.alive)) for searcher in self._searchers())

    @property
    def is_settled(self) -> bool:
        """Whether all that is in force is in the base and the additions, which merges are made of."""
        return self._fresh is None

    def prepare(self, changes: "Sequence[Change]") -> Step:
        """Compile what adds or replaces profiles, or removes (``None``) them; the last change of an id counts."""
        latest = dict(changes)
        for profile_id in latest:
            self._few.pop(profile_id, None)
        self._few.update({profile_id: profile for profile_id, profile in latest.items() if profile is not None})
        searcher = self._compiled(self._few.values()) if self._few else None
        is_addition = len(self._few) > FEW
        if is_addition:
            self._few = {}
        return Step(strings.of_texts(latest), searcher, is_addition)

    def install(self, step: Step) -> None:
        """Put in force what was prepared; steps in the order in which they were."""
        if self._merge is not None:
            self._merge.changed.append(step.changed)
        for searcher in (self._base, *self._additions):
            searcher.retire(step.changed)
        self._fresh = step.searcher
        if step.is_addition and step.searcher is not None:
            self._additions.append(step.searcher)
            self._fresh = None

    def apply(self, changes: "Sequence[Change]") -> None:
        """Put changes in force at once."""
        self.install(self.prepare(changes))

    def match(self, publications: "Sequence[Publication]") -> "Iterator[Found]":
        """Match a batch against the profiles in force; see `engine.find`."""
        return find(self._searchers(), publications)

    def begin_merge(self) -> Merge | None:
        """Return what is worth merging now, ``None`` when nothing is, or a merge goes on."""
        if self._merge is not None:
            return None
        added = sum(map(len, self._additions))
        whole = added > max(FEW, LARGEST_SHARE * len(self._base))
        if not whole and len(self._additions) < MOST_ADDITIONS:
            return None
        self._merge = Merge([self._base, *self._additions] if whole else self._additions, whole=whole)
        return self._merge

    def end_merge(self, merged: Searcher) -> None:
        """Put what `Merge.build` made in the place of what it was made of."""
        if self._merge is None:
            raise RuntimeError("no merge has begun")
        self._merge.catch_up(merged)
        gone = self._merge.searchers
        self._additions = [one for one in self._additions if one not in gone]
        if self._merge.whole:
            self._base = merged
        else:
            self._additions.insert(0, merged)
        self._merge = None

    def _searchers(self) -> list[Searcher]:
        return [self._base, *self._additions, *([] if self._fresh is None else [self._fresh])]

    def _compiled(self, profiles: "Iterable[Profile]") -> Searcher:
        draft = Draft(self._rings)
        for profile in profiles:
            draft.add(profile)
        return Searcher(draft.index())
