"""The topics, spelled once."""

from dataclasses import dataclass

_DEAD_LETTERS = ".dlq"


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
        return Topic(name=f"{self.name}{_DEAD_LETTERS}")

    @property
    def is_dead_letters(self) -> bool:
        """Whether poison records are kept here."""
        return self.name.endswith(_DEAD_LETTERS)


PUBLICATIONS = Topic(name="zhitui.publications.v1")
PROFILES = Topic(name="zhitui.profiles.v1", compacted=True)
MATCHES = Topic(name="zhitui.matches.v1")

STREAMS = (PUBLICATIONS, MATCHES)
"""What flows and is consumed by groups: shared out by partitions. All others have one: they are small, and read whole."""

ALL_TOPICS = (
    PUBLICATIONS,
    PROFILES,
    MATCHES,
    PUBLICATIONS.dead_letters,
    PROFILES.dead_letters,
    MATCHES.dead_letters,
)


def matcher_group(shard: int, shards: int) -> str:
    """Return the group of the matchers that hold this shard of the profiles, 1 … ``shards``: each shard sees every publication."""
    return "matcher" if shards == 1 else f"matcher-{shard}-of-{shards}"


def groups(matcher_shards: int) -> "tuple[tuple[Topic, str], ...]":
    """Return who does what lies on which topic, with so many shards of profiles: groups are named after their role.

    Profiles are read, not consumed.
    """
    matchers = [(PUBLICATIONS, matcher_group(shard, matcher_shards)) for shard in range(1, matcher_shards + 1)]
    return (*matchers, (MATCHES, "notifier"))
