"""A visit that a test holds in its hand: what was taken and remembered, on a clock that waiting moves forward."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from shared.store.incoming import IngestRun, RunState
from shared.testing.clock import ManualClock

TODAY = datetime(2026, 1, 20, 2, 0, tzinfo=UTC)


class Killed(Exception):  # noqa: N818 - what happens to a process, no error
    """The process died here."""


class HeldVisit:
    """See `services.ingest.sources.scheduled.Visit`.

    Attributes:
        taken: name and content of what was taken, in order.
        waited_seconds: how long was waited in all.
        dies_after: so many documents are made safe, then the process dies before anything is remembered of the last.
    """

    def __init__(self, clock: ManualClock, cursor: Mapping[str, str] | None = None) -> None:
        self.cursor: Mapping[str, str] = cursor or {}
        self.stop = asyncio.Event()
        self.taken: list[tuple[str, bytes]] = []
        self.waited_seconds = 0.0
        self.dies_after: int | None = None
        self._clock = clock

    async def take(self, name: str, content: Path | bytes) -> IngestRun:
        raw = content if isinstance(content, bytes) else await asyncio.to_thread(content.read_bytes)
        self.taken.append((name, raw))
        if self.dies_after == len(self.taken):
            raise Killed
        return IngestRun(id=name, source="ops", name=name, state=RunState.DONE, started_at=self._clock.now())

    async def remember(self, cursor: Mapping[str, str]) -> None:
        self.cursor = dict(cursor)

    async def pause(self, seconds: float) -> None:
        self.waited_seconds += seconds
        self._clock.set(self._clock.now() + timedelta(seconds=seconds))
