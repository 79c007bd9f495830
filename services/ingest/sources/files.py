"""Files that somebody names: what ``zhitui ingest FILE…`` reads."""

from pathlib import Path
from typing import TYPE_CHECKING

from services.ingest.reader import Reading
from services.ingest.records import shown_name
from shared.ids import stable_id
from shared.store.incoming import IngestRun, RunState

if TYPE_CHECKING:
    from collections.abc import Callable

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
        id=stable_id("run", SOURCE, shown_name(path.absolute()), now.isoformat()),
        source=SOURCE,
        name=shown_name(Path(path.name or path)),
        state=RunState.READING,
        started_at=now,
    )
    return await pipeline.ingest(
        run, lambda spool: Reading.of_path(path, spool), on_progress=on_progress, on_rejected=on_rejected
    )
