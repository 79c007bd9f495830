"""What goes to quarantine, and how it comes back: the same reader, the same pipeline."""

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from services.ingest.formats import gazette_csv
from services.ingest.reader import Reading
from services.ingest.records import RECORD, Rejected
from shared.ids import stable_id
from shared.store.records import IngestRun, QuarantineItem, RunState

if TYPE_CHECKING:
    from datetime import datetime

    from services.ingest.pipeline import Pipeline
    from shared.clock import Clock
    from shared.store.port import Store

REPLAY_SOURCE = "replay"


class Replayed(NamedTuple):
    """How reading an item again went.

    Attributes:
        problem: why it stays in quarantine, for people; ``None`` when it was read.
    """

    item_id: str
    run: IngestRun
    problem: str | None


def quarantined(rejected: Rejected, run: IngestRun, now: "datetime") -> tuple[QuarantineItem, bytes | Path]:
    """Return the store's item for something that was refused, and its content."""
    size, digest = _measure(rejected.raw)
    item = QuarantineItem(
        id=stable_id("q", run.name, rejected.location, digest),
        kind=rejected.kind,
        source=run.source,
        name=run.name,
        location=rejected.location,
        reason_code=rejected.reason_code,
        reason=rejected.reason,
        size_bytes=size,
        format=rejected.format,
        context=rejected.context,
        quarantined_at=now,
    )
    return item, rejected.raw


async def replay(item: QuarantineItem, *, store: "Store", pipeline: "Pipeline", clock: "Clock") -> Replayed:
    """Read an item again; what can be read now is accepted, and the item marked when nothing of it was refused."""
    now = clock.now()
    run = IngestRun(
        id=stable_id("run", REPLAY_SOURCE, item.id, now.isoformat()),
        source=REPLAY_SOURCE,
        name=item.name,
        state=RunState.READING,
        started_at=now,
    )
    problems: list[str] = []
    async with store.quarantine.open(item.id) as path:
        run = await pipeline.ingest(
            run,
            lambda spool: _reading(item, path, spool),
            on_rejected=lambda rejected: problems.append(rejected.reason),
            keep_rejected=False,
        )
    if problems:
        return Replayed(item.id, run, problems[0])
    await store.quarantine.mark_replayed(item.id, at=clock.now())
    return Replayed(item.id, run, None)


def _reading(item: QuarantineItem, path: Path, spool: Path) -> Reading:
    """Return the reading of an item's content, with what it needs to be read on its own."""
    if item.kind == RECORD and item.format == gazette_csv.NAME:
        whole = spool / "record.csv"
        whole.write_bytes(gazette_csv.replayable(path.read_bytes(), item.context))
        path = whole
    return Reading.of_path(path, spool)


def _measure(raw: bytes | Path) -> tuple[int, str]:
    """Return (size in bytes, hexadecimal digest)."""
    digest = hashlib.blake2b(digest_size=16)
    if isinstance(raw, bytes):
        digest.update(raw)
        return len(raw), digest.hexdigest()
    size = 0
    with raw.open("rb") as file:
        while block := file.read(1024 * 1024):
            digest.update(block)
            size += len(block)
    return size, digest.hexdigest()
