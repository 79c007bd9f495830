"""The quarantine does not grow for ever: what is old goes, and what there is no room for. It is told, never silent."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from services.ingest.reasons import CODES, ReasonClass, class_of
from shared.errors import RetryLaterError
from shared.filing.application_texts import APPLICATION_TEXTS, WAITING
from shared.logs import get_logger
from shared.store.quarantined import Wanted

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from shared.clock import Clock
    from shared.metrics import Metrics
    from shared.runtime.patience import Patience
    from shared.settings import Settings
    from shared.store.intake import Quarantine
    from shared.store.port import Store
    from shared.store.quarantined import QuarantineItem

LOOK_EVERY_SECONDS = 60.0
TOLD_FOR = timedelta(days=1)
"""So long a loss for want of room stays on the list of warnings."""

_LEASE = "quarantine-limits"

log = get_logger("ingest")


@dataclass(slots=True)
class Removed:
    """What a look took out of the quarantine.

    Attributes:
        aged: items that were not refused again for too long, by whether they had been replayed.
        crowded: items that there was no room for, in the same way.
        held_bytes: what is kept after it.
    """

    aged: Counter[bool] = field(default_factory=Counter)
    crowded: Counter[bool] = field(default_factory=Counter)
    held_bytes: int = 0


async def trim(quarantine: "Quarantine", *, before: "datetime", max_bytes: int) -> Removed:
    """Take out what was last refused before a moment, and then, while more bytes are kept than may be, more.

    First go the oldest of what was replayed, then the oldest of the class that holds most. What a kill leaves undone the next
    call does.
    """
    trimming = _Trimming(quarantine)
    await trimming.age(before)
    await trimming.weigh()
    await trimming.make_room(Wanted(waiting=False), max_bytes)
    while (excess := trimming.held_bytes - max_bytes) > 0:
        (kind, largest), *others = trimming.sizes.most_common(2)
        # No more of a class than makes it smaller than the next one; then that one's turn comes.
        lead = max(largest - others[0][1], 1) if others else excess
        if not await trimming.make_room(_of_class(kind), trimming.held_bytes - min(excess, lead), kind):
            break  # somebody else took them meanwhile
    trimming.removed.held_bytes = trimming.held_bytes
    return trimming.removed


class _Trimming:
    """One look.

    Attributes:
        sizes: class → bytes that are kept of it.
    """

    def __init__(self, quarantine: "Quarantine") -> None:
        self._quarantine = quarantine
        self.sizes: Counter[ReasonClass] = Counter()
        self.removed = Removed()

    @property
    def held_bytes(self) -> int:
        """What is kept now."""
        return self.sizes.total()

    async def age(self, before: "datetime") -> None:
        """Take out what is old."""
        async for batch in self._quarantine.walk(Wanted(before=before)):
            await self._remove(batch, self.removed.aged)

    async def weigh(self) -> None:
        """See how much is kept."""
        for code, held in (await self._quarantine.held()).items():
            self.sizes[class_of(code)] += held.size_bytes

    async def make_room(self, wanted: Wanted, max_bytes: int, kind: "ReasonClass | None" = None) -> bool:
        """Take out the oldest of what is wanted, of one class where it is named, until so many bytes are left; false when there was nothing."""
        found = False
        async for batch in self._quarantine.walk(wanted):
            going = []
            for item in batch:
                if self.held_bytes <= max_bytes:
                    break
                if kind in {None, class_of(item.reason_code)}:
                    going.append(item)
                    self.sizes[class_of(item.reason_code)] -= item.held_bytes
            await self._remove(going, self.removed.crowded)
            found = found or bool(going)
            if self.held_bytes <= max_bytes:
                break
        return found

    async def _remove(self, items: "Sequence[QuarantineItem]", counted: Counter[bool]) -> None:
        if items:
            await self._quarantine.forget([item.id for item in items])
            counted.update(item.replayed_at is not None for item in items)


def _of_class(kind: "ReasonClass") -> Wanted:
    """Return what finds a class; codes that this version does not know have no list."""
    return Wanted() if kind is ReasonClass.OTHER else Wanted(reason_codes=CODES[kind])


class QuarantineKeeper:
    """Looks after the limits of the quarantine, and counts what waits outside of it, one process at a time.

    Args:
        instance: this process's name.
    """

    def __init__(
        self, store: "Store", settings: "Settings", *, clock: "Clock", metrics: "Metrics", instance: str
    ) -> None:
        self._store = store
        self._keep = timedelta(days=settings.quarantine_keep_days)
        self._max_bytes = settings.quarantine_max_bytes
        self._clock = clock
        self._metrics = metrics
        self._instance = instance
        self._lost: list[tuple[datetime, int]] = []

    @property
    def warnings(self) -> list[str]:
        """What the operator should know: what waited and was lost for want of room."""
        now = self._clock.now()
        self._lost = [(at, count) for at, count in self._lost if now - at < TOLD_FOR]
        if not self._lost:
            return []
        lost, limit = sum(count for _, count in self._lost), f"{self._max_bytes / 1024**2:,.0f} MiB"
        told = (
            f"隔离区满了（上限 {limit}）：最近一天删除了 {lost} 件还没有重放的内容，最早的先删。"
            "请修好来源，重放或清除已有的内容，或者调大 ZHITUI_QUARANTINE_MAX_BYTES。"
        )
        return [told]

    async def run(self, patience: "Patience") -> None:
        """Look now and then, until the process is to stop."""
        while not patience.stop.is_set():
            try:
                await self.look()
            except RetryLaterError as error:
                log.warning("quarantine_limits_wait", detail=str(error))
            await patience.pause(LOOK_EVERY_SECONDS)

    async def look(self) -> Removed | None:
        """Hold the quarantine to its limits; ``None`` when another process does."""
        lease = await self._store.leases.acquire(_LEASE, self._instance, seconds=10 * LOOK_EVERY_SECONDS)
        if lease is None:
            return None
        try:
            now = self._clock.now()
            removed = await trim(self._store.quarantine, before=now - self._keep, max_bytes=self._max_bytes)
            waiting = await self._store.shelf(APPLICATION_TEXTS).count(WAITING)
        finally:
            await self._store.leases.release(lease)
        self._metrics.application_texts_waiting.set(waiting)
        self._tell(removed, now)
        return removed

    def _tell(self, removed: Removed, now: "datetime") -> None:
        self._metrics.quarantine_held_bytes.set(removed.held_bytes)
        for cause, counts in (("age", removed.aged), ("room", removed.crowded)):
            for replayed, count in counts.items():
                self._metrics.quarantine_removed.labels(cause=cause, replayed="yes" if replayed else "no").inc(count)
                log.warning("quarantine_removed", cause=cause, replayed=replayed, count=count)
        if lost := removed.crowded[False]:
            self._lost.append((now, lost))
