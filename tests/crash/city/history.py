"""Was every acknowledged edit in force for every publication that was accepted later?

Linearizability of one register a profile: an edit takes effect at one moment between its beginning and its acknowledgement. A
publication may have been matched by any version that was, or came to be, in force between the moment it was first offered and
the moment its matches were on the bus; by no older one, and by none that had not begun.
"""

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.crash.city.edits import EDITED, name_of, word_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tests.crash.city.edits import Edit

SLACK_SECONDS = 0.05
"""Between the clock of the driver and that of who appended, which are the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """A publication's record on the topic of matches.

    Attributes:
        offered: when it was first offered to ingest, by `time.monotonic` of the driver.
        appended_at: when its matches were put on the bus, by the wall's clock.
        names: profile id → the name it was found with.
        words: profile id → the words that were found.
    """

    number: str
    offered: float
    appended_at: float
    names: "Mapping[str, str]"
    words: "Mapping[str, frozenset[str]]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What was found.

    Attributes:
        violations: sentences.
        judged: pairs of publication and profile.
        sharp: those that only one version explains.
    """

    violations: list[str]
    judged: int
    sharp: int


def judge(edits: "Sequence[Edit]", sightings: "Iterable[Sighting]") -> Judgement:
    """Hold every sighting against the edits."""
    of_profile: dict[str, list[Edit]] = defaultdict(list)
    for edit in edits:
        of_profile[edit.profile_id].append(edit)
    violations, judged, sharp = [], 0, 0
    for sighting in sightings:
        for profile_id in EDITED:
            allowed = _allowed(of_profile[profile_id], sighting)
            judged += 1
            sharp += len(allowed) == 1
            complaint = _complaint(profile_id, allowed, sighting)
            if complaint is not None:
                violations.append(f"{sighting.number}: {complaint}")
    return Judgement(violations=violations, judged=judged, sharp=sharp)


def _allowed(edits: "Sequence[Edit]", sighting: Sighting) -> "dict[int, bool]":
    """Return version → whether the profile is gone in it, for those that explain the sighting; 0 is before the first."""
    oldest = max((edit.version for edit in edits if edit.acknowledged < sighting.offered), default=0)
    allowed = {
        edit.version: edit.removes
        for edit in edits
        if edit.version >= oldest and edit.began_at <= sighting.appended_at + SLACK_SECONDS
    }
    return {0: True} | allowed if oldest == 0 else allowed


def _complaint(profile_id: str, allowed: "dict[int, bool]", sighting: Sighting) -> str | None:
    name = sighting.names.get(profile_id)
    if name is None:
        return None if any(allowed.values()) else f"{profile_id} missed; in force: {sorted(allowed)}"
    matching = [version for version, gone in allowed.items() if not gone and name_of(version) == name]
    if not matching:
        return f"{profile_id} found as {name}; in force: {allowed}"
    if sighting.words[profile_id] != {word_of(matching[0])}:
        return f"{profile_id} found as {name} by {set(sighting.words[profile_id])}"
    return None
