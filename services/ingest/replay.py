"""How what lies in quarantine comes back: the same reader, the same pipeline."""

from typing import TYPE_CHECKING, NamedTuple

from services.ingest.formats import named
from services.ingest.reader import Reading
from services.ingest.records import FILE, RECORD, Rejected
from shared.ids import stable_id
from shared.store.records import IngestRun, QuarantineItem, RunState

if TYPE_CHECKING:
    from pathlib import Path

    from services.ingest.pipeline import Pipeline
    from shared.clock import Clock
    from shared.store.port import Store

SOURCE = "replay"


class Replayed(NamedTuple):
    """How reading an item again went.

    Attributes:
        problem: why it stays in quarantine, for people; ``None`` when it was read. What was refused inside a file
            that was read is counted by the run and has become items of its own.
    """

    item_id: str
    run: IngestRun
    problem: str | None


async def replay(item: QuarantineItem, *, store: "Store", pipeline: "Pipeline", clock: "Clock") -> Replayed:
    """Read an item again; mark it when something of it was read and it was not refused whole once more."""
    now = clock.now()
    run = IngestRun(
        id=stable_id("run", SOURCE, item.id, now.isoformat()),
        source=SOURCE,
        name=item.name,
        state=RunState.READING,
        started_at=now,
    )
    reasons: dict[bool, str] = {}

    def is_itself(rejected: Rejected) -> bool:
        return item.kind == RECORD or rejected.location == item.location

    def remember(rejected: Rejected) -> None:
        reasons.setdefault(is_itself(rejected), rejected.reason)

    async with store.quarantine.open(item.id) as path:
        run = await pipeline.ingest(
            run,
            lambda spool: _reading(item, path, spool),
            on_rejected=remember,
            keeps=lambda rejected: not is_itself(rejected),
        )
    problem = reasons.get(True)
    if run.read == run.rejected:
        problem = problem or reasons[False]
    if problem is None:
        await store.quarantine.mark_replayed(item.id, at=clock.now())
    return Replayed(item.id, run, problem)


def _reading(item: QuarantineItem, path: "Path", spool: "Path") -> Reading:
    """Return the reading of an item's content; a file keeps its place in its input, a row gets its header back."""
    if item.kind == FILE:
        return Reading.of_path(path, spool, item.location)
    if (known := named(item.format)) is not None:
        whole = spool / "record"
        whole.write_bytes(known.replayable(path.read_bytes(), item.context))
        path = whole
    return Reading.of_path(path, spool)
