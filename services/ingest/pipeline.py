"""Ingest in one screen: read → classify → bus → store → quarantine → run ledger.

The bus comes first: what is on it reaches every profile even if the process dies before the store knows of it; then the
input is read again, and whoever gets a publication twice does nothing the second time.
"""

import asyncio
import tempfile
from collections import Counter
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import msgspec

from services.ingest.classify import Hashed, Outcome, classify
from services.ingest.quarantine import quarantined
from services.ingest.records import FILE, Rejected
from shared.bus.port import Record
from shared.bus.saved_before import saved_before
from shared.bus.topics import PUBLICATIONS
from shared.logs import get_logger
from shared.store.records import IngestRun, PublicationVersion, RunState
from shared.tracing.port import OFF
from shared.wire.content import content_hash
from shared.wire.events import Change, PublicationSeen, encode_event

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

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


async def _at_once() -> None:
    pass


class Pipeline:
    """Takes readings to the bus and the store.

    Args:
        patience: waits while the disk is full; without it `StorageFullError` goes to the caller.
        sure: returns when what is read is surely this process's to read; awaited before every write.
    """

    def __init__(
        self,
        *,
        bus: "Bus",
        store: "Store",
        clock: "Clock",
        metrics: "Metrics",
        patience: "Patience | None",
        tracing: "Tracing" = OFF,
        sure: "Callable[[], Awaitable[None]]" = _at_once,
    ) -> None:
        self._bus = bus
        self._store = store
        self._clock = clock
        self._metrics = metrics
        self._patience = patience
        self._tracing = tracing
        self._sure = sure

    async def ingest(
        self,
        run: IngestRun,
        make_reading: "Callable[[Path], Reading]",
        *,
        on_progress: "Callable[[IngestRun], None]" = lambda _run: None,
        on_rejected: "Callable[[Rejected], None]" = lambda _rejected: None,
        keeps: "Callable[[Rejected], bool]" = lambda _rejected: True,
    ) -> IngestRun:
        """Read an input to its end; when this returns, everything in it is safe.

        Args:
            run: its entry in the run ledger, as it begins.
            make_reading: makes the reading, given a folder for what is too large for memory.
            on_progress: is told the counts after every batch.
            on_rejected: is told of every refused record.
            keeps: which refused records go to quarantine; those that come from there do not.
        """
        await self._stored(lambda: self._store.runs.save(run))
        with tempfile.TemporaryDirectory(prefix="zhitui-") as spool:
            reading = make_reading(Path(spool))
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
                        run = await self._accept(batch, run, keeps, traced)
                    for item, _ in batch:
                        if isinstance(item, Rejected):
                            whole_file_refused |= item.kind == FILE and not item.location
                            on_rejected(item)
                    on_progress(run)
                    batches += 1
                    if batches % _SAVE_RUN_EVERY_BATCHES == 0:
                        await self._stored(lambda run=run: self._store.runs.save(run))  # type: ignore[misc]
                    if has_files:
                        ahead = asyncio.ensure_future(asyncio.to_thread(_next_batch, items))
            finally:
                # The thread must be out of the spool folder before that is removed.
                await asyncio.wait([ahead])
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
        keeps: "Callable[[Rejected], bool]",
        traced: "AcceptedBatch",
    ) -> IngestRun:
        """Make these records safe; return the run with its counts grown."""
        parsed = [Hashed(item, digest) for item, digest in batch if not isinstance(item, Rejected)]
        rejected = [item for item, _ in batch if isinstance(item, Rejected)]
        known = await self._stored(lambda: self._known(parsed))
        judged = classify(parsed, known)
        now = self._clock.now()
        told = [(hashed, outcome) for hashed, outcome in judged if outcome is not Outcome.UNCHANGED]
        if told:
            before = await self._stored(lambda: saved_before(self._bus))
            records = [
                Record(
                    key=hashed.parsed.publication.publication_number,
                    value=encode_event(
                        PublicationSeen(
                            publication=hashed.parsed.publication,
                            content_hash=hashed.content_hash,
                            change=Change.NEW if outcome is Outcome.ACCEPTED else Change.CORRECTED,
                            seen_at=now,
                        )
                    ),
                    headers={**before, **traced.headers(hashed.parsed.publication.publication_number)},
                )
                for hashed, outcome in told
            ]
            versions = [
                PublicationVersion(
                    publication=hashed.parsed.publication,
                    content_hash=hashed.content_hash,
                    accepted_at=now,
                    origin=_origin(run.name, hashed.parsed.location),
                )
                for hashed, _ in told
            ]
            await self._stored(lambda: self._bus.append(PUBLICATIONS, records))
            await self._stored(lambda: self._store.publications.save(versions))
        if kept := [one for one in rejected if keeps(one)]:
            items = await asyncio.to_thread(lambda: [quarantined(one, run, now) for one in kept])
            await self._stored(lambda: self._store.quarantine.add(items))
        counts = Counter(outcome.value for _, outcome in judged)
        counts["rejected"] = len(rejected)
        for outcome_name, count in counts.items():
            self._metrics.ingest_records.labels(outcome=outcome_name).inc(count)
        counts["read"] = len(batch)
        return msgspec.structs.replace(run, **{name: getattr(run, name) + count for name, count in counts.items()})

    async def _known(self, parsed: list[Hashed]) -> dict[str, set[str]]:
        """Return every content that these numbers ever had; the history only of those that say something else now."""
        numbers = [one.parsed.publication.publication_number for one in parsed]
        current = await self._store.publications.content_hashes(numbers)
        known = {number: {content} for number, content in current.items()}
        for one in parsed:
            number = one.parsed.publication.publication_number
            if number in current and one.content_hash not in known[number]:
                known[number].update(v.content_hash for v in await self._store.publications.history(number))
        return known

    async def _stored(self, work: "Callable[[], Awaitable[T]]") -> T:
        """Do it; while the disk is full, wait, or tell the caller who will not."""

        async def surely() -> T:
            await self._sure()
            return await work()

        return await (surely() if self._patience is None else self._patience.persist(surely))


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
