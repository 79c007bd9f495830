"""Profiles that change while publications flow: an immutable base, a small delta, and tombstones.

A change is in force for the next batch. When the delta has grown, a merged base is built elsewhere and installed; what
changed in the meantime stays in the delta, so nothing is ever out of step.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from services.matcher.engine.engine import Engine, Found
from services.matcher.engine.explain import in_order

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from shared.wire.profile import Profile
    from shared.wire.publication import Publication

    Change = tuple[str, Profile | None]

LEAST_DELTA = 500
LARGEST_SHARE = 0.05


@dataclass(frozen=True, slots=True)
class Merged:
    """A new base, and the profiles it was built from."""

    engine: Engine
    profiles: "dict[str, Profile]"


class LiveEngine:
    """Not thread-safe: one task at a time may use it. Only `build` may run elsewhere meanwhile."""

    def __init__(self, profiles: "Iterable[Profile]" = ()) -> None:
        self._profiles = {profile.id: profile for profile in profiles}
        self._install(build(self.profiles))

    @property
    def profiles(self) -> "dict[str, Profile]":
        """The profiles in force, by id."""
        return self._profiles.copy()

    def __len__(self) -> int:
        return len(self._profiles)

    def name_of(self, profile_id: str) -> str:
        """Return what a profile is called."""
        return self._profiles[profile_id].name

    def apply(self, changes: "Sequence[Change]") -> None:
        """Add or replace profiles, or remove (``None``) them; the last change of an id counts."""
        for profile_id, profile in changes:
            if profile is None:
                self._profiles.pop(profile_id, None)
            else:
                self._profiles[profile_id] = profile
        if not len(self._base):  # the first load: there is nothing to be a delta of
            self._install(build(self.profiles))
        elif changes:
            self._changed.update(profile_id for profile_id, _ in changes)
            self._recompile_delta()

    @property
    def wants_merge(self) -> bool:
        """Whether the delta is large enough to be worth a new base."""
        return len(self._changed) > max(LEAST_DELTA, LARGEST_SHARE * len(self._base))

    def install(self, merged: Merged) -> None:
        """Make a base that `build` made from `profiles` the new one; later changes stay in force."""
        self._install(merged)

    def match(self, publications: "Sequence[Publication]") -> Found:
        """Match a batch against the profiles in force, as `Engine.find` does."""
        base = self._base.find(publications, alive=self._alive)
        if not len(self._delta):
            return base
        delta = self._delta.find(publications)
        return Found(
            matches=[in_order((*old, *new)) for old, new in zip(base.matches, delta.matches, strict=True)],
            candidates=base.candidates + delta.candidates,
        )

    def _install(self, merged: Merged) -> None:
        self._base = merged.engine
        before = merged.profiles
        self._changed = {
            profile_id
            for profile_id in before.keys() | self._profiles.keys()
            if before.get(profile_id) is not self._profiles.get(profile_id)
        }
        self._recompile_delta()

    def _recompile_delta(self) -> None:
        self._alive = np.ones(len(self._base), np.bool_)
        self._alive[self._base.positions(self._changed)] = False
        self._delta = Engine.compile(self._profiles[i] for i in sorted(self._changed) if i in self._profiles)


def build(profiles: "dict[str, Profile]") -> Merged:
    """Compile a base; pure, and slow for many profiles, so run it on another thread."""
    return Merged(Engine.compile(profiles.values()), profiles)
