"""The store's collections of what comes in, as their users see them; what holds everywhere stands in `shared.store.port`."""

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from contextlib import AbstractAsyncContextManager
    from datetime import datetime
    from pathlib import Path

    from shared.store.incoming import IngestRun, SourceHour, SourceState
    from shared.store.quarantined import Held, QuarantineItem, Wanted


class Runs(Protocol):
    """Collection ``ingest_runs``: what came in."""

    async def save(self, run: "IngestRun") -> None:
        """Add or replace."""
        ...

    async def recent(self, *, limit: int = 50) -> "list[IngestRun]":
        """Return runs, newest first."""
        ...

    async def hours(self, *, since: "datetime") -> "list[SourceHour]":
        """Return what every source sent, by source and hour, of the runs that began at ``since`` or later."""
        ...


class Quarantine(Protocol):
    """Collection ``quarantine_items``; large contents lie beside the database as files."""

    async def add(self, items: "Sequence[tuple[QuarantineItem, bytes | Path]]") -> None:
        """Store items with their raw content (a path is copied); of one that is there already, see `seen_again`."""
        ...

    async def get(self, item_id: str) -> "QuarantineItem | None":
        """Return one."""
        ...

    def open(self, item_id: str) -> "AbstractAsyncContextManager[Path]":
        """Give the raw content as a file to read, for as long as the context lasts.

        Raises:
            NotFoundError: there is none.
        """
        ...

    async def recent(self, wanted: "Wanted | None" = None, *, limit: int = 100) -> "list[QuarantineItem]":
        """Return items, those that were first seen last first; ``None``: of all."""
        ...

    async def mark_replayed(self, item_id: str, *, at: "datetime") -> None:
        """Record that it was read again with success."""
        ...

    def walk(
        self, wanted: "Wanted", *, newest_first: bool = False, batch_size: int = 200
    ) -> "AsyncIterator[list[QuarantineItem]]":
        """Walk over items by when they were first seen; what comes or goes meanwhile is told or not."""
        ...

    async def forget(self, item_ids: "Sequence[str]") -> int:
        """Erase items and their contents for good; return how many there were. One that fails half-way is whole still, or gone."""
        ...

    async def held(self) -> "dict[str, Held]":
        """Return reason code → how many items there are and how many bytes are kept of them, replayed ones included."""
        ...

    async def counts(self) -> dict[str, int]:
        """Return reason code → how many wait."""
        ...


class Sources(Protocol):
    """Collection ``source_states``: how it stands with each source. One process at a time writes about a source (see `Leases`)."""

    async def get(self, name: str) -> "SourceState | None":
        """Return one."""
        ...

    async def save(self, state: "SourceState") -> None:
        """Add or replace."""
        ...

    async def all(self) -> "list[SourceState]":
        """Return all, by name."""
        ...


class Families(Protocol):
    """Collection ``families``: which publications belong together (see `shared.store.families`)."""

    async def join(self, groups: "Sequence[Sequence[str]]") -> "list[str]":
        """Give every group of keys its family, in one step whatever other processes do meanwhile.

        Args:
            groups: each holds the keys of one publication, widest first, at least one.

        Returns:
            The family id of each group.
        """
        ...
