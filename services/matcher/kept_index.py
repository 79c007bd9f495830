"""The compiled index that is kept in the data folder between runs, so that a start need not read every profile again."""

from typing import TYPE_CHECKING

from services.matcher.engine import storage
from services.matcher.shard import Shard
from shared.bus.port import TOMBSTONES_KEPT
from shared.bus.topics import PROFILES
from shared.logs import get_logger
from shared.wire.events import CURRENT_VERSION

if TYPE_CHECKING:
    from pathlib import Path

    from prometheus_client import Counter

    from services.matcher.engine.index import Index
    from services.matcher.rings.rings import Rings
    from shared.clock import Clock
    from shared.runtime.role import Surroundings

FILE = "profiles.index"
WORTH_KEEPING = 5_000
"""Fewer profiles are compiled as quickly as their index is opened."""

_KEPT_AT = "kept_at"


class KeptIndex:
    """Good as long as the matcher, its tables and rings, and the profiles topic are those that it was made with.

    An index that is older than the topic keeps its tombstones is not used: what was removed meanwhile would come back.
    """

    def __init__(self, path: "Path", provenance: str, clock: "Clock", counts: "Counter") -> None:
        self._path = path
        self._provenance = provenance
        self._clock = clock
        self._counts = counts
        self._log = get_logger("matcher")

    @classmethod
    async def open(cls, around: "Surroundings", rings: "Rings") -> "KeptIndex":
        """Say what an index must have been made with."""
        shard = Shard.of(around.settings)
        topic = await around.bus.incarnation(PROFILES)
        # A later version may read what this one parked: then an index that has passed it is worthless, too.
        provenance = f"{storage.provenance(rings)}/{topic}/{shard}/v{CURRENT_VERSION}"
        name = FILE if shard.shards == 1 else f"{shard.number}-of-{shard.shards}.{FILE}"
        return cls(around.settings.data_dir / name, provenance, around.clock, around.metrics.matcher_index_kept)

    def take(self) -> "tuple[Index | None, dict[int, int]]":
        """Return the index and up to where it holds the topic, partition by partition; ``None`` when it is of no use."""
        for left in self._path.parent.glob(f"{self._path.stem}.*{storage.UNFINISHED}"):
            left.unlink(missing_ok=True)
        try:
            index, note = storage.load(self._path, provenance=self._provenance)
        except storage.UnusableIndexError as error:
            if self._path.exists():
                self._log.info("index_not_used", reason=str(error))
            return None, {}
        if self._clock.now().timestamp() - note.pop(_KEPT_AT) > TOMBSTONES_KEPT.total_seconds():
            self._log.info("index_not_used", reason="is older than tombstones are kept")
            return None, {}
        return index, {int(partition): offset for partition, offset in note.items()}

    def keep(self, index: "Index", positions: dict[int, int]) -> None:
        """Keep an index; that it cannot be kept costs time at the next start, nothing else."""
        if len(index.profiles.ids.starts) <= WORTH_KEEPING:
            return
        note = {str(partition): offset for partition, offset in positions.items()}
        note[_KEPT_AT] = int(self._clock.now().timestamp())
        try:
            storage.save(index, self._path, provenance=self._provenance, note=note)
        except OSError as error:
            self._log.warning("index_not_kept", error=str(error))
            self._counts.labels("failed").inc()
        else:
            self._counts.labels("kept").inc()
