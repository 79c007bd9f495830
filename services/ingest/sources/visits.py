"""When a scheduled source is visited: by one process, at its time with jitter, after trouble later and later."""

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec

from shared.errors import RetryLaterError, SourceProblemError
from shared.ids import stable_id
from shared.logs import get_logger

if TYPE_CHECKING:
    from datetime import datetime

    from services.ingest.sources.scheduled import ScheduledSource
    from services.ingest.sources.visit import Visited, Visiting
    from shared.metrics import Metrics
    from shared.runtime.ownership import Ownership
    from shared.store.records import SourceState

JITTER = 0.1
"""The time between visits grows by up to this share, so that installations do not all come at the full hour."""

FIRST_RETRY_SECONDS = 60.0
"""After trouble the next try comes so much later, then after twice as long each time, at most after the usual time."""

LOOK_SECONDS = 2.0
"""How often the state is looked at between visits: somebody may ask for one at once (`ask_now`)."""

CHECK_SECONDS = 30.0

log = get_logger("ingest")


def next_visit_at(state: "SourceState", every: timedelta) -> "datetime | None":
    """Return when a source that answered is visited next, ``None`` for at once.

    The jitter follows from the source's name and its last visit, so that every process and command finds the same moment.
    """
    if state.visited_at is None:
        return None
    return state.visited_at + every * (1 + JITTER * _share(state))


def ask_now(state: "SourceState") -> "SourceState":
    """Return the state that has whoever visits the source visit it at once."""
    return msgspec.structs.replace(state, visited_at=None)


async def checked(source: "ScheduledSource") -> tuple[bool, str]:
    """Try a source; return whether it works, and what was seen or what to do."""
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            return True, await source.check()
    except TimeoutError:
        return False, f"{CHECK_SECONDS:.0f} 秒内没有应答；请检查网络和地址。"
    except (RetryLaterError, SourceProblemError) as error:
        return False, str(error)


class Visits:
    """Visits one source whenever it is time, for as long as the process runs.

    Args:
        ownership: the right to visit the source; of several processes one has it.
    """

    def __init__(self, visiting: "Visiting", *, ownership: "Ownership", metrics: "Metrics") -> None:
        self._visiting = visiting
        self._ownership = ownership
        self._metrics = metrics
        self._stop = visiting.patience.stop
        self._retry_at: datetime | None = None
        self._tries = 0
        self._is_waiting = False

    @property
    def is_idle(self) -> bool:
        """Whether the source is not due, or another process's to visit."""
        return self._is_waiting or self._ownership.owner is not None

    async def run(self) -> None:
        """Visit until the process is to stop."""
        await self._ownership.keep(self._lease_name, self._work)

    async def _lease_name(self) -> str:
        return lease_name(self._visiting.source.name)

    async def _work(self) -> None:
        try:
            while not self._stop.is_set():
                seconds = self._wait_seconds(await self._visiting.state())
                self._is_waiting = seconds > 0
                if seconds > 0:
                    await self._visiting.patience.pause(min(seconds, LOOK_SECONDS))
                elif (visited := await self._visiting.visit()) is not None:
                    self._note(visited)
        except RetryLaterError as error:
            # The store did not answer until the process was to stop: the next one goes on from the cursor.
            log.warning("source_visit_given_up", source=self._visiting.source.name, error=str(error))

    def _wait_seconds(self, state: "SourceState") -> float:
        at = next_visit_at(state, self._visiting.source.every)
        if at is not None and self._retry_at is not None:
            at = self._retry_at
        return 0.0 if at is None else (at - self._visiting.clock.now()).total_seconds()

    def _note(self, visited: "Visited") -> None:
        state, every = visited.state, self._visiting.source.every
        if visited.retry_seconds is None:
            self._retry_at, self._tries = None, 0
        else:
            backed_off = min(FIRST_RETRY_SECONDS * 2**self._tries, every.total_seconds()) * (1 + JITTER * _share(state))
            self._retry_at = self._visiting.clock.now() + timedelta(seconds=max(visited.retry_seconds, backed_off))
            self._tries = min(self._tries + 1, 20)
        self._metrics.source_visit_records.labels(source=state.name).set(visited.records)


def lease_name(source: str) -> str:
    """Return the name of the right to visit a source."""
    return f"source {source}"


def _share(state: "SourceState") -> float:
    """Return a number in [0, 1) that is the same for the same source and visit."""
    visited_at = state.visited_at
    digest = stable_id("jitter", state.name, visited_at.isoformat() if visited_at else "").rpartition("-")[2]
    return int(digest[:8], 16) / 0x1_0000_0000
