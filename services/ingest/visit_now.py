"""A visit that a person asks for: made here, or by the process that visits the source anyway."""

from typing import TYPE_CHECKING

from services.ingest.sources.timing import ask_now, unvisited
from services.ingest.sources.visits import lease_name
from services.ingest.wiring import make_ownership, make_patience, make_visiting
from shared.errors import RetryLaterError
from shared.runtime.role_lock import holder
from shared.store.incoming import RunState

if TYPE_CHECKING:
    from collections.abc import Callable

    from services.ingest.sources.scheduled import ScheduledSource
    from shared.runtime.role import Surroundings
    from shared.store.incoming import IngestRun

LOOK_SECONDS = 0.5
_RECENT_RUNS = 500


async def visitor(around: "Surroundings", source: "ScheduledSource") -> str | None:
    """Return which process visits the source at its times, for people; ``None`` when none does."""
    if around.settings.on_cluster:
        name = lease_name(source.name)
        return next((lease.owner for lease in await around.store.leases.held() if lease.name == name), None)
    pid = holder(around.settings.data_dir, "ingest")
    return None if pid is None else f"正在运行的知推（进程号 {pid}）"


async def visit_here(
    around: "Surroundings", source: "ScheduledSource", on_run: "Callable[[IngestRun], None]"
) -> "tuple[list[IngestRun], str | None]":
    """Visit the source in this process; return what was read, and what is wrong.

    Raises:
        RetryLaterError: the store does not answer.
    """
    patience = make_patience(around)
    ownership = make_ownership(around, patience)
    runs: list[IngestRun] = []
    problem: str | None = None

    def note(run: "IngestRun") -> None:
        runs.append(run)
        on_run(run)

    visiting = make_visiting(around, source, ownership=ownership, patience=patience, on_run=note)

    async def name() -> str:
        return lease_name(source.name)

    async def once() -> None:
        nonlocal problem
        visited = await visiting.visit()
        problem = None if visited is None else visited.state.problem
        patience.stop.set()

    await ownership.keep(name, once)
    return runs, problem


async def visit_there(
    around: "Surroundings", source: "ScheduledSource", on_run: "Callable[[IngestRun], None]"
) -> "tuple[list[IngestRun], str | None]":
    """Ask the process that visits the source to do so now, and follow it; return what was read, and what is wrong.

    Raises:
        RetryLaterError: the store does not answer.
    """
    asked_at = around.clock.now()
    told: dict[str, IngestRun] = {}
    while True:
        state = await around.store.sources.get(source.name) or unvisited(source)
        for run in reversed(await around.store.runs.recent(limit=_RECENT_RUNS)):
            ours = run.source == source.name and run.started_at >= asked_at and run.state is not RunState.READING
            if ours and run.id not in told:
                told[run.id] = run
                on_run(run)
        if state.visited_at is not None and state.visited_at >= asked_at:
            return list(told.values()), state.problem
        if state.visited_at is not None:
            # Also after a visit that was under way: it knew nothing of us.
            await around.store.sources.save(ask_now(state))
        if await visitor(around, source) is None:
            raise RetryLaterError(f"访问 {source.name} 的进程停了；再运行一次 zhitui source run {source.name}。")
        await around.clock.sleep(LOOK_SECONDS)
