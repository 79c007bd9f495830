"""Collection ``ingest_runs``."""

from functools import partial
from typing import TYPE_CHECKING

from shared.sqlite.moments import to_microseconds
from shared.store.embedded.documents import Documents, encode
from shared.store.records import IngestRun

if TYPE_CHECKING:
    from shared.sqlite.database import Database

_documents = Documents(IngestRun)


class EmbeddedRuns:
    """See `shared.store.port.Runs`."""

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
