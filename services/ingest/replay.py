"""How what lies in quarantine comes back: the same reader, the same pipeline."""

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from services.ingest.formats import named
from services.ingest.reader import Reading
from services.ingest.records import FILE, RECORD, Rejected
from shared.errors import NotFoundError
from shared.ids import stable_id
from shared.store.incoming import IngestRun, RunState
from shared.store.quarantined import QuarantineItem

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from services.ingest.pipeline import Pipeline
    from shared.clock import Clock
    from shared.store.port import Store
    from shared.store.quarantined import Wanted

SOURCE = "replay"

MAX_RECORD_BYTES = 64 * 1024 * 1024
"""A record is made into a file in memory; no format takes one so large."""


class Replayed(NamedTuple):
    """How reading an item again went.

    Attributes:
        run: its entry in the run ledger; ``None`` when it was not read.
        problem: why it stays in quarantine, for people; ``None`` when it was read. What was refused inside a file
            that was read is counted by the run and has become items of its own.
    """

    item: QuarantineItem
    run: IngestRun | None
    problem: str | None


async def replay_all(
    wanted: "Wanted", *, store: "Store", pipeline: "Pipeline", clock: "Clock"
) -> "AsyncIterator[Replayed]":
    """Read again what is wanted and was refused before this began, oldest first.

    Killed at any moment and begun again, it goes on with what still waits; what was accepted is unchanged then.
    """
    now = clock.now()
    before = now if wanted.before is None else min(now, wanted.before)
    async for batch in store.quarantine.walk(msgspec.structs.replace(wanted, before=before)):
        for item in batch:
            try:
                yield await replay(item, store=store, pipeline=pipeline, clock=clock)
            except NotFoundError as error:  # somebody took it out meanwhile, or its file by hand
                yield Replayed(item, None, str(error))


async def replay(item: QuarantineItem, *, store: "Store", pipeline: "Pipeline", clock: "Clock") -> Replayed:
    """Read an item again; mark it when something of it was read and it was not refused whole once more.

    Raises:
        NotFoundError: its content is there no more.
    """
    if (problem := _not_readable(item)) is not None:
        return Replayed(item, None, problem)
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
            refused_of=item.source,
        )
    problem = reasons.get(True)
    if run.read == run.rejected:
        problem = problem or reasons[False]
    if problem is None:
        await store.quarantine.mark_replayed(item.id, at=clock.now())
    return Replayed(item, run, problem)


def _not_readable(item: QuarantineItem) -> str | None:
    if item.kept_bytes is not None:
        return f"原文 {item.size_bytes} 字节，隔离区只保留了开头；请把原来的文件 {item.name} 重新放入。"
    if item.kind == RECORD and item.size_bytes > MAX_RECORD_BYTES:
        return f"一条记录有 {item.size_bytes} 字节，不会是记录；请导出后检查来源的文件。"
    return None


def _reading(item: QuarantineItem, path: "Path", spool: "Path") -> Reading:
    """Return the reading of an item's content; a file keeps its place in its input, a record gets back what it came under."""
    if item.kind == FILE:
        return Reading.of_path(path, spool, item.location)
    if (known := named(item.format)) is not None:
        whole = spool / "record"
        whole.write_bytes(known.replayable(path.read_bytes(), item.context))
        path = whole
    return Reading.of_path(path, spool)
