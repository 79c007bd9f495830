"""Ingest in one screen: read → accept (judge → families → bus → store) → quarantine → run ledger.

After a crash an input is read again; whoever gets a publication twice does nothing the second time.
"""

import asyncio
import tempfile
from collections import Counter
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from services.ingest.acceptance import Acceptance
from services.ingest.classify import Hashed
from services.ingest.quarantine import quarantined
from services.ingest.records import FILE, Rejected
from shared.logs import get_logger
from shared.store.incoming import IngestRun, RunState
from shared.wire.content import content_hash

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from services.ingest.formats.tables.layout import Written
    from services.ingest.reader import Reading
    from services.ingest.records import Item
    from shared.bus.port import Bus
    from shared.clock import Clock
    from shared.metrics import Metrics
    from shared.runtime.patience import Patience
    from shared.store.port import Store
    from shared.tracing.port import AcceptedBatch, Tracing

T = TypeVar("T")

BATCH_RECORDS = 500
_SAVE_RUN_EVERY_BATCHES = 20

log = get_logger("ingest")


class Pipeline:
    """Takes readings to the bus and the store.

    Args:
        patience: waits while the disk is full; without it `StorageFullError` goes to the caller.
        sure: returns when what is read is surely this process's to read; awaited before every write.
        quarantine_item_bytes: of larger refused contents only the beginning is kept.
        written: gives the tables that people wrote down; asked before every input.
    """

    def __init__(
        self,
        *,
        bus: "Bus",
        store: "Store",
        clock: "Clock",
        metrics: "Metrics",
        patience: "Patience | None",
        tracing: "Tracing",
        sure: "Callable[[], Awaitable[None]]",
        quarantine_item_bytes: int,
        written: "Callable[[], Written]",
    ) -> None:
        self._store = store
        self._clock = clock
        self._metrics = metrics
        self._patience = patience
        self._tracing = tracing
        self._sure = sure
        self._quarantine_item_bytes = quarantine_item_bytes
        self._written = written
        self._acceptance = Acceptance(bus=bus, store=store, stored=self._stored)

    async def ingest(
        self,
        run: IngestRun,
        make_reading: "Callable[[Path], Reading]",
        *,
        on_progress: "Callable[[IngestRun], None]" = lambda _run: None,
        on_rejected: "Callable[[Rejected], None]" = lambda _rejected: None,
        keeps: "Callable[[Rejected], bool]" = lambda _rejected: True,
        refused_of: str | None = None,
    ) -> IngestRun:
        """Read an input to its end; when this returns, everything in it is safe.

        Args:
            run: its entry in the run ledger, as it begins.
            make_reading: makes the reading, given a folder for what is too large for memory.
            on_progress: is told the counts after every batch.
            on_rejected: is told of every refused record.
            keeps: which refused records go to quarantine; those that come from there do not.
            refused_of: the source that refused records are filed under, where it is not the run's own.
        """
        await self._stored(lambda: self._store.runs.save(run))
        with tempfile.TemporaryDirectory(prefix="zhitui-") as spool:
            reading = make_reading(Path(spool))
            reading.name = run.name
            reading.written = await asyncio.to_thread(self._written)
            items = iter(reading)
            whole_file_refused = False
            batches = 0
            ahead = asyncio.ensure_future(asyncio.to_thread(_next_batch, items))
            try:
                while batch := await asyncio.shield(ahead):
                    # Files held by the spool folder live until the reader is asked for more: read on only afterwards.
                    has_files = any(isinstance(item, Rejected) and isinstance(item.raw, Path) for item, _ in batch)
                    if not has_files:
                        ahead = asyncio.ensure_future(asyncio.to_thread(_next_batch, items))
                    with self._tracing.accepting(run.source) as traced:
                        run, rejected = await self._accept(
                            batch, run, keeps=keeps, refused_of=refused_of or run.source, traced=traced
                        )
                    for item in rejected:
                        whole_file_refused |= item.kind == FILE and not item.location
                        on_rejected(item)
                    on_progress(run)
                    batches += 1
                    if batches % _SAVE_RUN_EVERY_BATCHES == 0:
                        await self._stored(lambda run=run: self._store.runs.save(run))  # type: ignore[misc]
                    if has_files:
                        ahead = asyncio.ensure_future(asyncio.to_thread(_next_batch, items))
            finally:
                await _out_of_the_thread(ahead)  # which must have left the spool folder before that is removed
        failed = whole_file_refused or run.read == run.rejected
        run = msgspec.structs.replace(
            run,
            state=RunState.FAILED if failed else RunState.DONE,
            format="、".join(reading.formats) or None,
            finished_at=self._clock.now(),
        )
        await self._stored(lambda: self._store.runs.save(run))
        self._metrics.ingest_inputs.labels(source=run.source, result=run.state.value).inc()
        if run.accepted or run.corrected:
            self._metrics.ingest_accepted_at.labels(source=run.source).set(self._clock.now().timestamp())
        log.info("input_read", **_told(run))
        return run

    async def _accept(
        self,
        batch: "list[tuple[Item, str]]",
        run: IngestRun,
        *,
        keeps: "Callable[[Rejected], bool]",
        refused_of: str,
        traced: "AcceptedBatch",
    ) -> tuple[IngestRun, list[Rejected]]:
        """Make these records safe; return the run with its counts grown, and what was refused."""
        parsed = [Hashed(item, digest) for item, digest in batch if not isinstance(item, Rejected)]
        rejected = [item for item, _ in batch if isinstance(item, Rejected)]
        now = self._clock.now()
        judged = await self._acceptance.accept(
            parsed, accepted_at=now, origin_of=lambda one: _origin(run.name, one.location), traced=traced
        )
        rejected += [one for one in judged if isinstance(one, Rejected)]
        if kept := [one for one in rejected if keeps(one)]:
            filed = partial(
                quarantined, source=refused_of, name=run.name, now=now, limit_bytes=self._quarantine_item_bytes
            )
            items = await asyncio.to_thread(lambda: list(map(filed, kept)))
            await self._stored(lambda: self._store.quarantine.add(items))
            self._metrics.quarantine_cut.inc(sum(item.kept_bytes is not None for item, _ in items))
        counts = Counter(one.outcome.value for one in judged if not isinstance(one, Rejected))
        counts["rejected"] = len(rejected)
        for outcome_name, count in counts.items():
            self._metrics.ingest_records.labels(outcome=outcome_name).inc(count)
        counts["read"] = len(batch)
        grown = {name: getattr(run, name) + count for name, count in counts.items()}
        return msgspec.structs.replace(run, **grown), rejected

    async def _stored(self, work: "Callable[[], Awaitable[T]]") -> T:
        """Do it; while the disk is full, wait, or tell the caller who will not."""

        async def surely() -> T:
            await self._sure()
            return await work()

        return await (surely() if self._patience is None else self._patience.persist(surely))


async def _out_of_the_thread(reading: "asyncio.Future[Any]") -> None:
    """Wait for its end, however often we are cancelled meanwhile; that counts afterwards."""
    cancelled: asyncio.CancelledError | None = None
    while not reading.done():
        try:
            await asyncio.wait([reading])
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        raise cancelled


def _next_batch(items: "Iterator[Item]") -> "list[tuple[Item, str]]":
    """Read and hash a batch; runs in a thread. A batch ends at an item that is held by a file."""
    batch = []
    for item in islice(items, BATCH_RECORDS):
        batch.append((item, _hash(item)))
        if isinstance(item, Rejected) and isinstance(item.raw, Path):
            break
    return batch


def _hash(item: "Item") -> str:
    return "" if isinstance(item, Rejected) else content_hash(item.publication)


def _origin(name: str, location: str) -> str:
    """Return ``gazette.csv:17``, ``day.zip!CN1.XML``."""
    if location.startswith("line "):
        return f"{name}:{location[5:]}"
    return f"{name}!{location}" if location else name


def _told(run: IngestRun) -> dict[str, object]:
    names = ("source", "name", "state", "format", "read", "accepted", "unchanged", "corrected", "rejected")
    return {name: getattr(run, name) for name in names}
