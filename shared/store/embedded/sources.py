"""Collection ``source_states``."""

from functools import partial
from typing import TYPE_CHECKING

from shared.store.embedded.documents import Documents, encode
from shared.store.incoming import SourceState

if TYPE_CHECKING:
    from shared.sqlite.database import Database

_documents = Documents(SourceState)

_SAVE = "INSERT INTO source_states (name, doc) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET doc = excluded.doc"
_ONE = "SELECT doc FROM source_states WHERE name = ?"
_ALL = "SELECT doc FROM source_states ORDER BY name"


class EmbeddedSources:
    """See `shared.store.intake.Sources`."""

    def __init__(self, database: "Database") -> None:
        self._database = database

    async def get(self, name: str) -> SourceState | None:
        """Return one."""
        return await self._database.read(partial(_documents.one, statement=_ONE, parameters=(name,)))

    async def save(self, state: SourceState) -> None:
        """Add or replace."""
        row = (state.name, encode(state))
        await self._database.write(lambda connection: connection.execute(_SAVE, row))

    async def all(self) -> list[SourceState]:
        """Return all, by name."""
        return await self._database.read(partial(_documents.many, statement=_ALL))
