"""Looks at the health of all sources from time to time, and tells it by metrics and to whoever asks the role."""

import time
from typing import TYPE_CHECKING

from services.ingest.sources.reports import look
from shared.errors import RetryLaterError
from shared.logs import get_logger

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

    from services.ingest.sources.scheduled import ScheduledSource
    from shared.clock import Clock
    from shared.metrics import Metrics
    from shared.runtime.patience import Patience
    from shared.store.port import Store

LEAST_PAUSE_SECONDS = 60.0
PAUSE_PER_LOOK = 200.0
"""A look reads the history of months: it may take at most this share of the time, however long that is."""

log = get_logger("ingest")


class SourceWatch:
    """Knows what is wrong with sources."""

    def __init__(
        self,
        scheduled: "Sequence[ScheduledSource]",
        *,
        store: "Store",
        clock: "Clock",
        zone: "ZoneInfo",
        metrics: "Metrics",
        patience: "Patience",
    ) -> None:
        self.warnings: list[str] = []
        self._scheduled = scheduled
        self._store = store
        self._clock = clock
        self._zone = zone
        self._metrics = metrics
        self._patience = patience

    async def run(self) -> None:
        """Look until the process is to stop."""
        while not self._patience.stop.is_set():
            began = time.perf_counter()
            try:
                await self.look()
            except RetryLaterError as error:
                log.warning("sources_not_looked_at", error=str(error))
            took = time.perf_counter() - began
            await self._patience.pause(max(LEAST_PAUSE_SECONDS, took * PAUSE_PER_LOOK))

    async def look(self) -> None:
        """Look once.

        Raises:
            RetryLaterError: the store does not answer.
        """
        reports = await look(self._store, self._scheduled, now=self._clock.now(), zone=self._zone)
        told = [f"来源 {report.name}：{remark.sentence}" for report in reports for remark in report.remarks]
        for warning in told:
            if warning not in self.warnings:
                log.warning("source_remarkable", detail=warning)
        self.warnings = told
        self._metrics.source_problem.clear()
        for report in reports:
            if report.is_scheduled and report.succeeded_at is not None:
                self._metrics.source_succeeded_at.labels(source=report.name).set(report.succeeded_at.timestamp())
            for remark in report.remarks:
                self._metrics.source_problem.labels(source=report.name, sign=remark.sign.value).set(1)
