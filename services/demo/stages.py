"""How far the line is: what its counters say, and when each of them last moved."""

import asyncio
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from prometheus_client import Counter

    from shared.metrics import Metrics

PAUSE_SECONDS = 0.05


@dataclass(slots=True, kw_only=True)
class Stage:
    """One stage of the line.

    Attributes:
        done: how much it has done.
        finished_after_seconds: when it last did something, counted from the start.
    """

    name: str
    unit: str
    done: int = 0
    finished_after_seconds: float = 0.0


@dataclass(slots=True)
class Stages:
    """The three stages: read, match, send."""

    metrics: "Metrics"
    read: Stage = field(default_factory=lambda: Stage(name="读取", unit="条记录"))
    matched: Stage = field(default_factory=lambda: Stage(name="匹配", unit="件公开"))
    sent: Stage = field(default_factory=lambda: Stage(name="推送", unit="条消息"))
    started_at: float = field(default_factory=time.perf_counter)

    @property
    def all(self) -> tuple[Stage, Stage, Stage]:
        """The stages in the order in which data flows."""
        return self.read, self.matched, self.sent

    def look(self) -> bool:
        """Read the counters; true when any of them moved."""
        now = time.perf_counter() - self.started_at
        counted = (
            _total(self.metrics.ingest_records),
            _total(self.metrics.matcher_publications),
            _total(self.metrics.notifier_attempts, outcome="sent"),
        )
        moved = [stage for stage, count in zip(self.all, counted, strict=True) if stage.done != count]
        for stage, count in zip(self.all, counted, strict=True):
            if stage in moved:
                stage.done, stage.finished_after_seconds = count, now
        return bool(moved)

    async def watch(self, tell: "Callable[[Stages], None]") -> None:
        """Look again and again, and tell whenever something moved; ends by being cancelled."""
        while True:
            if self.look():
                tell(self)
            await asyncio.sleep(PAUSE_SECONDS)


def _total(counter: "Counter", **labels: str) -> int:
    return int(
        sum(
            sample.value
            for family in counter.collect()
            for sample in family.samples
            if sample.name.endswith("_total") and labels.items() <= sample.labels.items()
        )
    )
