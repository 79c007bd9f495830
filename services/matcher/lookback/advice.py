"""The real `shared.advice.Advice`: asks processes of its own, so that no question ever holds up the process that asks."""

import asyncio
from contextlib import asynccontextmanager, suppress
from datetime import date
from typing import TYPE_CHECKING, Any

from services.matcher.lookback.keeper import Keeper
from services.matcher.lookback.processes import Processes
from shared.advice import Progress
from shared.errors import RetryLaterError
from shared.runtime.cancelling import end

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

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

UNASKED_SECONDS = 1.0
"""Enough for a portal to listen first."""
BESIDE_SECONDS = 10.0
"""Enough for a portal's process that runs the other roles, too, to load what those need."""
PATIENCE_SECONDS = 1.0
"""How long a question waits for processes, or an index, that are nearly there."""
EXAMPLES = 20
_DAYS = 7


class Lookback:
    """See `shared.advice.Advice`.

    Args:
        around: of the process that asks.
        unasked_seconds: its processes begin when something is asked, or so long after the start; ``None``: only then.
    """

    def __init__(self, around: "Surroundings", *, unasked_seconds: float | None = UNASKED_SECONDS) -> None:
        self._unasked_seconds = unasked_seconds
        self._processes = Processes(around.settings.data_dir, around.metrics.portal_lookback_seconds)
        self._asked = asyncio.Event()
        self._keeper = Keeper(around, self._processes.ask)

    async def keep(self) -> None:
        """Keep the index up to date until cancelled."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._asked.wait(), self._unasked_seconds)
        self._processes.begin()
        await self._keeper.run()

    async def ready(self) -> None:
        """Wait until questions are answered without waiting for a process."""
        await self._processes.all_ready()

    async def close(self) -> None:
        """End the processes."""
        await self._processes.close()

    async def _ask(self, question: str, *given: Any) -> Any:  # noqa: ANN401 - see `answers`
        self._asked.set()
        await self._processes.wait(PATIENCE_SECONDS)
        return await self._processes.ask(question, *given)

    async def _of_past(self, question: str, *given: Any) -> Any:  # noqa: ANN401 - see `answers`
        """Ask about the past, which may be there in a moment."""
        self._asked.set()
        patient_until = asyncio.get_running_loop().time() + PATIENCE_SECONDS
        await self._processes.wait(PATIENCE_SECONDS)
        try:
            return await self._processes.ask(question, *given)
        except RetryLaterError:
            if self._keeper.is_whole.is_set():
                raise
        with suppress(TimeoutError):
            async with asyncio.timeout_at(patient_until):
                await self._keeper.is_whole.wait()
        await self._processes.wait(0.0)
        return await self._processes.ask(question, *given)

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


@asynccontextmanager
async def open_advice(
    around: "Surroundings", *, unasked_seconds: float | None = UNASKED_SECONDS
) -> "AsyncIterator[Lookback]":
    """Give the advice, see `Lookback`; its index is kept up to date as long as the context lasts."""
    lookback = Lookback(around, unasked_seconds=unasked_seconds)
    keeping = asyncio.create_task(lookback.keep())
    try:
        yield lookback
    finally:
        await end(keeping)
        await lookback.close()
