"""The topics, spelled once."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A named, partitioned log.

    Attributes:
        compacted: only the last record of each key is kept for ever; a ``None`` value (tombstone) forgets the key.
    """

    name: str
    compacted: bool = False

    @property
    def dead_letters(self) -> "Topic":
        """Where this topic's poison records are kept."""
        return Topic(name=f"{self.name}.dlq")


PUBLICATIONS = Topic(name="zhitui.publications.v1")
PROFILES = Topic(name="zhitui.profiles.v1", compacted=True)
MATCHES = Topic(name="zhitui.matches.v1")

ALL_TOPICS = (
    PUBLICATIONS,
    PROFILES,
    MATCHES,
    PUBLICATIONS.dead_letters,
    PROFILES.dead_letters,
    MATCHES.dead_letters,
)

GROUPS = ((PUBLICATIONS, "matcher"), (MATCHES, "notifier"))
"""Who does what lies on which topic: consumer groups are named after their role. Profiles are read, not consumed."""
