"""Profiles divided over several matchers, where one machine's memory ends."""

from typing import TYPE_CHECKING, NamedTuple
from zlib import crc32

from shared.errors import MisconfiguredError

if TYPE_CHECKING:
    from shared.settings import Settings


class Shard(NamedTuple):
    """One of ``shards`` parts, 1 … ``shards``: which a profile belongs to, its id alone decides."""

    number: int
    shards: int

    @classmethod
    def of(cls, settings: "Settings") -> "Shard":
        """Return the part that this process holds.

        Raises:
            MisconfiguredError: there is no such part.
        """
        if settings.matcher_shard > settings.matcher_shards:
            raise MisconfiguredError(
                f"ZHITUI_MATCHER_SHARD={settings.matcher_shard} 大于 ZHITUI_MATCHER_SHARDS={settings.matcher_shards}；"
                "分片从 1 数到总数，请改正其中一个。"
            )
        return cls(settings.matcher_shard, settings.matcher_shards)

    def holds(self, profile_id: str) -> bool:
        """Whether a profile belongs to it."""
        return self.shards == 1 or crc32(profile_id.encode()) % self.shards == self.number - 1

    def __str__(self) -> str:
        return f"{self.number}/{self.shards}"
