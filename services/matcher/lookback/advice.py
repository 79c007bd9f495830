"""The real `shared.advice.Advice`: asks processes of its own, so that no question ever holds up the process that asks."""

import asyncio
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import asynccontextmanager, suppress
from datetime import date
from typing import TYPE_CHECKING, Any

from services.matcher.lookback.keeper import Keeper
from services.matcher.lookback.process import answer, start
from shared.advice import Progress
from shared.errors import RetryLaterError
from shared.logs import get_logger

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from concurrent.futures import Executor
    from pathlib import Path

    from services.matcher.lookback.answers import Piece
    from shared.advice import (
        Count,
        Found,
        Holder,
        IpcPlace,
        Preview,
        Remark,
        Search,
        Suggestion,
        Tightening,
        WhyNot,
    )
    from shared.runtime.role import Surroundings
    from shared.wire.profile import Profile

WORKERS = 2
"""One may back-test, or build, while the other answers."""
UNASKED_SECONDS = 20.0
"""The index is brought up to date when something is asked, or so long after the start."""
PATIENCE_SECONDS = 3.0
"""How long a question waits for an index that is nearly there."""
EXAMPLES = 20
_DAYS = 7


class Lookback:
    """See `shared.advice.Advice`."""

    def __init__(self, around: "Surroundings") -> None:
        self._data_dir = around.settings.data_dir
        self._seconds = around.metrics.portal_lookback_seconds
        self._log = get_logger("lookback")
        self._pool: Executor = processes(self._data_dir)
        self._asked = asyncio.Event()
        self._keeper = Keeper(around, self._ask)

    async def keep(self) -> None:
        """Keep the index up to date until cancelled."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._asked.wait(), UNASKED_SECONDS)
        await asyncio.gather(self._keeper.run(), self._warm())

    async def _warm(self) -> None:
        """Make the processes ready when somebody begins to ask; until then the keeper needs one of them only."""
        await self._asked.wait()
        with suppress(RetryLaterError):
            await asyncio.gather(*(self._ask("warm") for _ in range(WORKERS)))

    async def close(self) -> None:
        """End the processes."""
        await asyncio.to_thread(self._pool.shutdown, cancel_futures=True)

    async def _ask(self, question: str, *given: Any) -> Any:  # noqa: ANN401 - see `answers`
        pool = self._pool
        try:
            with self._seconds.labels(question).time():
                return await asyncio.get_running_loop().run_in_executor(pool, answer, question, *given)
        except BrokenProcessPool as error:
            if self._pool is pool:
                self._log.warning("lookback_process_died", question=question)
                self._pool = processes(self._data_dir)
            raise RetryLaterError("回看进程意外退出，已重新启动，请稍后再试。", after_seconds=1.0) from error

    async def _of_past(self, question: str, *given: Any) -> Any:  # noqa: ANN401 - see `answers`
        """Ask about the past, which may be there in a moment."""
        self._asked.set()
        try:
            return await self._ask(question, *given)
        except RetryLaterError:
            if self._keeper.is_whole.is_set():
                raise
        with suppress(TimeoutError):
            await asyncio.wait_for(self._keeper.is_whole.wait(), PATIENCE_SECONDS)
        return await self._ask(question, *given)

    async def count(self, profile: "Profile", *, since: "date | None" = None) -> "Count":
        """See `shared.advice.Advice`."""
        found: Count = await self._of_past("count", profile, since)
        return found

    async def preview(self, profile: "Profile", *, weeks: int = 4, examples: int = EXAMPLES) -> "Preview":
        """See `shared.advice.Advice`."""
        found: Preview = await self._of_past("preview", profile, weeks, examples)
        return found

    async def backtest(self, profile: "Profile", *, since: "date") -> "AsyncIterator[Progress]":
        """See `shared.advice.Advice`."""
        published: dict[int, int] = await self._of_past("published", since)
        since = max(since, date.fromordinal(min(published, default=1)))  # weeks before all that is kept tell nothing
        done, total = 0, sum(published.values())
        pieces: list[Piece] = []
        for week, publications in published.items():
            first, end = max(since, date.fromordinal(week)), date.fromordinal(week + _DAYS)
            pieces.append(await self._ask("backtest", profile, first, end, EXAMPLES))
            done += publications
            yield Progress(done=done, total=total)
        result: Preview = await self._ask("backtested", profile, since, pieces, EXAMPLES)
        yield Progress(done=done, total=total, result=result)

    async def check(self, profile: "Profile") -> "tuple[Remark, ...]":
        """See `shared.advice.Advice`."""
        found: tuple[Remark, ...] = await self._ask("check", profile)
        return found

    async def why_not(self, profile: "Profile", number: str) -> "WhyNot | None":
        """See `shared.advice.Advice`."""
        found: WhyNot | None = await self._of_past("why_not", profile, number)
        return found

    async def suggest(self, terms: "Sequence[str]", *, limit: int = 12) -> "tuple[Suggestion, ...]":
        """See `shared.advice.Advice`."""
        found: tuple[Suggestion, ...] = await self._of_past("suggest", tuple(terms), limit)
        return found

    async def describe(self, text: str, *, limit: int = 12) -> "tuple[Suggestion, ...]":
        """See `shared.advice.Advice`."""
        found: tuple[Suggestion, ...] = await self._of_past("describe", text, limit)
        return found

    async def holder(self, name: str) -> "Holder":
        """See `shared.advice.Advice`."""
        found: Holder = await self._of_past("holder", name)
        return found

    async def search(self, wanted: "Search") -> "Found":
        """See `shared.advice.Advice`."""
        found: Found = await self._of_past("search", wanted)
        return found

    async def ipc(self, symbol: str = "") -> "tuple[IpcPlace, ...]":
        """See `shared.advice.Advice`."""
        found: tuple[IpcPlace, ...] = await self._ask("ipc", symbol)
        return found

    async def ipc_titles(self, text: str, *, limit: int = 20) -> "tuple[IpcPlace, ...]":
        """See `shared.advice.Advice`."""
        found: tuple[IpcPlace, ...] = await self._ask("ipc_titles", text, limit)
        return found

    async def tighten(
        self, profile: "Profile", *, irrelevant: "Sequence[str]", relevant: "Sequence[str]"
    ) -> "tuple[Tightening, ...]":
        """See `shared.advice.Advice`."""
        found: tuple[Tightening, ...] = await self._of_past("tighten", profile, tuple(irrelevant), tuple(relevant))
        return found


def processes(data_dir: "Path") -> ProcessPoolExecutor:
    """Return processes that begin when they are asked; forking would take the caller's threads' locks along."""
    return ProcessPoolExecutor(WORKERS, multiprocessing.get_context("spawn"), start, (data_dir,))


@asynccontextmanager
async def open_advice(around: "Surroundings") -> "AsyncIterator[Lookback]":
    """Give the advice; its index is kept up to date as long as the context lasts."""
    lookback = Lookback(around)
    keeping = asyncio.create_task(lookback.keep())
    try:
        yield lookback
    finally:
        keeping.cancel()
        with suppress(asyncio.CancelledError):
            await keeping
        await lookback.close()
