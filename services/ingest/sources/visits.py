"""When a scheduled source is visited: by one process, at its time with jitter, after trouble later and later."""

import asyncio
from typing import TYPE_CHECKING

from services.ingest.sources.timing import next_visit_at
from shared.errors import RetryLaterError, SourceProblemError
from shared.logs import get_logger

if TYPE_CHECKING:
    from services.ingest.sources.scheduled import ScheduledSource
    from services.ingest.sources.visit import Visiting
    from shared.metrics import Metrics
    from shared.runtime.ownership import Ownership
    from shared.store.incoming import SourceState

LOOK_SECONDS = 2.0
"""How often the state is looked at between visits: somebody may ask for one at once (`services.ingest.sources.timing.ask_now`)."""

CHECK_SECONDS = 30.0

log = get_logger("ingest")


async def checked(source: "ScheduledSource") -> tuple[bool, str]:
    """Try a source; return whether it works, and what was seen or what to do."""
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            return True, await source.check()
    except TimeoutError:
        return False, f"{CHECK_SECONDS:.0f} 秒内没有应答；请检查网络和地址。"
    except (RetryLaterError, SourceProblemError) as error:
        return False, str(error)
    except Exception as error:
        log.exception("source_failed", source=source.name)
        return False, f"程序出错（{type(error).__name__}）；请把日志报告给开发者。"


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
                    self._metrics.source_visit_records.labels(source=visited.state.name).set(visited.records)
        except RetryLaterError as error:
            # The store did not answer until the process was to stop: the next one goes on from the cursor.
            log.warning("source_visit_given_up", source=self._visiting.source.name, error=str(error))

    def _wait_seconds(self, state: "SourceState") -> float:
        at = next_visit_at(state, self._visiting.source.every)
        return 0.0 if at is None else (at - self._visiting.clock.now()).total_seconds()


def lease_name(source: str) -> str:
    """Return the name of the right to visit a source."""
    return f"source {source}"
