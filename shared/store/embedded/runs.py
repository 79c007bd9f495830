"""Collection ``ingest_runs``."""

from collections import defaultdict
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from shared.sqlite.moments import from_microseconds, to_microseconds
from shared.store.embedded.documents import Documents, encode
from shared.store.incoming import IngestRun, RunState, SourceHour

if TYPE_CHECKING:
    import sqlite3

    from shared.sqlite.database import Database


class _Counts(msgspec.Struct, gc=False):
    """The part of a run that is counted; the rest of its document is skipped, of a hundred thousand runs."""

    source: str
    state: RunState
    read: int
    accepted: int
    corrected: int


_documents = Documents(IngestRun)
_counts = msgspec.json.Decoder(_Counts).decode

_HOUR_US = 3_600_000_000


class EmbeddedRuns:
    """See `shared.store.intake.Runs`."""

    def __init__(self, database: "Database") -> None:
        self._database = database

    async def save(self, run: IngestRun) -> None:
        """Add or replace."""
        row = (run.id, to_microseconds(run.started_at), encode(run))
        await self._database.write(
            lambda connection: connection.execute(
                "INSERT INTO ingest_runs (id, started_at, doc) VALUES (?, ?, ?)"
                " ON CONFLICT (id) DO UPDATE SET started_at = excluded.started_at, doc = excluded.doc",
                row,
            )
        )

    async def recent(self, *, limit: int = 50) -> list[IngestRun]:
        """Return runs, newest first."""
        statement = "SELECT doc FROM ingest_runs ORDER BY started_at DESC, rowid DESC LIMIT ?"
        return await self._database.read(partial(_documents.many, statement=statement, parameters=(limit,)))

    async def hours(self, *, since: datetime) -> list[SourceHour]:
        """Return what every source sent, by source and hour."""
        return await self._database.read(partial(_hours, since_us=to_microseconds(since)))


def _hours(connection: "sqlite3.Connection", *, since_us: int) -> list[SourceHour]:
    sums: defaultdict[tuple[str, int], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    rows = connection.execute("SELECT started_at, doc FROM ingest_runs WHERE started_at >= ?", (since_us,))
    for started_at, doc in rows:
        run = _counts(doc)
        if run.state is RunState.READING:
            continue
        total = sums[run.source, started_at // _HOUR_US]
        total[0] += 1
        total[1] += run.state is RunState.FAILED
        total[2] += run.read
        total[3] += run.accepted + run.corrected
    return [
        SourceHour(
            source=source, hour=from_microseconds(hour * _HOUR_US), inputs=inputs, failed=failed, read=read, new=new
        )
        for (source, hour), (inputs, failed, read, new) in sorted(sums.items())
    ]
