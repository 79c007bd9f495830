"""Files that somebody names: what ``zhitui ingest FILE…`` reads."""

from typing import TYPE_CHECKING

from services.ingest.reader import Reading
from shared.ids import stable_id
from shared.store.records import IngestRun, RunState

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from services.ingest.pipeline import Pipeline
    from services.ingest.records import Rejected
    from shared.clock import Clock

SOURCE = "cli"


async def ingest_file(
    path: "Path",
    *,
    pipeline: "Pipeline",
    clock: "Clock",
    on_progress: "Callable[[IngestRun], None]" = lambda _run: None,
    on_rejected: "Callable[[Rejected], None]" = lambda _rejected: None,
) -> IngestRun:
    """Read one file, archive or folder; when this returns, everything in it is safe on the bus."""
    now = clock.now()
    run = IngestRun(
        id=stable_id("run", SOURCE, str(path.absolute()), now.isoformat()),
        source=SOURCE,
        name=path.name or str(path),
        state=RunState.READING,
        started_at=now,
    )
    return await pipeline.ingest(
        run, lambda spool: Reading.of_path(path, spool), on_progress=on_progress, on_rejected=on_rejected
    )
