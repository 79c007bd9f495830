"""One visit of a scheduled source: what it hands over goes into the run ledger, how far it came into the source's state."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import msgspec

from services.ingest.formats.unrecognised import HTML
from services.ingest.reader import Reading
from services.ingest.sources.problems import NOTHING_RECOGNISED, WEB_PAGE
from services.ingest.sources.timing import retry_at, unvisited
from shared.errors import RetryLaterError, SourceProblemError
from shared.ids import stable_id
from shared.logs import get_logger
from shared.store.incoming import IngestRun, RunState, SourceState

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from services.ingest.pipeline import Pipeline
    from services.ingest.records import Rejected
    from services.ingest.sources.scheduled import ScheduledSource
    from shared.clock import Clock
    from shared.runtime.patience import Patience
    from shared.store.intake import Sources

T = TypeVar("T")

log = get_logger("ingest")


class Visited(msgspec.Struct, frozen=True, kw_only=True):
    """How a visit went.

    Attributes:
        state: the source's, as it was saved.
        records: how many were read.
    """

    state: SourceState
    records: int


class Visiting:
    """Visits one source; the process that does so is sure that no other one does.

    Args:
        pipeline: what is taken goes through it.
        sure: returns when the source is surely this process's to visit.
        on_run: is told of every document that was taken.
    """

    def __init__(
        self,
        source: "ScheduledSource",
        *,
        pipeline: "Pipeline",
        states: "Sources",
        clock: "Clock",
        patience: "Patience",
        sure: "Callable[[], Awaitable[None]]",
        on_run: "Callable[[IngestRun], None]" = lambda _run: None,
    ) -> None:
        self.source = source
        self.pipeline = pipeline
        self.clock = clock
        self.patience = patience
        self.on_run = on_run
        self._states = states
        self._sure = sure
        self._tries = 0

    async def state(self) -> SourceState:
        """Return what is known of the source."""
        known = await self.patience.persist(lambda: self._states.get(self.source.name))
        return known or unvisited(self.source)

    async def save(self, state: SourceState) -> None:
        """Keep it."""

        async def surely() -> None:
            await self._sure()
            await self._states.save(state)

        await self.patience.persist(surely)

    async def visit(self) -> Visited | None:
        """Visit the source once, and record how it went; ``None`` when the process is to stop before it is over.

        Raises:
            RetryLaterError: the store does not answer, and the process is to stop.
        """
        before = await self.state()
        visit = _Visit(self, before)
        started = self.clock.now()
        problem: str | None = None
        retry_seconds: float | None = None
        try:
            await self.source.visit(visit)
        except RetryLaterError as error:
            problem, retry_seconds = str(error), error.after_seconds or 0.0
        except SourceProblemError as error:
            problem = str(error)
        except OSError as error:
            problem, retry_seconds = f"本机的临时文件读写不了（{error.strerror or error}）；请检查磁盘空间和权限。", 0.0
        except Exception as error:
            # A mistake of ours must not end the role; what was taken so far is safe.
            log.exception("source_failed", source=self.source.name)
            problem = f"程序出错（{type(error).__name__}），下次再试。请把日志报告给开发者。"
        else:
            problem = visit.problem
        if self.patience.stop.is_set():
            return None
        now = self.clock.now()
        state = msgspec.structs.replace(
            visit.state,
            kind=self.source.kind,
            visited_at=started,
            succeeded_at=now if problem is None else before.succeeded_at,
            new_at=now if visit.new else before.new_at,
            problem=problem,
            problem_since=None if problem is None else before.problem_since or now,
            retry_at=None,
        )
        if retry_seconds is None:
            self._tries = 0
        else:
            at = retry_at(state, self.source.every, tries=self._tries, least_seconds=retry_seconds, now=now)
            state = msgspec.structs.replace(state, retry_at=at)
            self._tries += 1
        await self.save(state)
        (log.info if problem is None else log.warning)(
            "source_visited",
            source=state.name,
            inputs=visit.inputs,
            records=visit.records,
            new=visit.new,
            problem=problem,
        )
        return Visited(state=state, records=visit.records)


class _Visit:
    """See `services.ingest.sources.scheduled.Visit`."""

    def __init__(self, visiting: Visiting, state: SourceState) -> None:
        self.state = state
        self.inputs = self.records = self.new = 0
        self._failed = 0
        self._is_web_page = False
        self._visiting = visiting

    @property
    def cursor(self) -> "Mapping[str, str]":
        return self.state.cursor

    @property
    def stop(self) -> asyncio.Event:
        return self._visiting.patience.stop

    @property
    def problem(self) -> str | None:
        """What is wrong with the source although it answered."""
        if self._is_web_page:
            return WEB_PAGE
        return NOTHING_RECOGNISED if self.inputs and self.inputs == self._failed else None

    async def take(self, name: str, content: "Path | bytes") -> IngestRun:
        source, now = self._visiting.source.name, self._visiting.clock.now()
        run = await self._visiting.pipeline.ingest(
            IngestRun(
                id=stable_id("run", source, name, now.isoformat(), str(self.inputs)),
                source=source,
                name=name,
                state=RunState.READING,
                started_at=now,
            ),
            lambda spool: Reading.of_path(_as_file(content, spool), spool),
            on_rejected=self._look,
        )
        self.inputs += 1
        self.records += run.read
        self.new += run.accepted + run.corrected
        self._failed += run.state is RunState.FAILED
        self._visiting.on_run(run)
        return run

    async def pause(self, seconds: float) -> None:
        await self._visiting.patience.pause(seconds)

    async def remember(self, cursor: "Mapping[str, str]") -> None:
        state = msgspec.structs.replace(self.state, cursor=dict(cursor))
        await self._visiting.save(state)
        self.state = state

    def _look(self, rejected: "Rejected") -> None:
        self._is_web_page |= rejected.reason_code == HTML


def _as_file(content: "Path | bytes", spool: Path) -> Path:
    if isinstance(content, Path):
        return content
    path = spool / "content"
    path.write_bytes(content)
    return path
