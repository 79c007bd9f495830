"""The store as its users see it; one protocol a collection, one contract suite for every backend.

What holds everywhere: a call that returns has stored durably; a call that raises has stored nothing, or on a server,
of several documents, a part that the same call again makes whole; doing a thing twice is doing it once (keys decide).
`StorageFullError` means: no room, nothing stored, try again later.
"""

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from contextlib import AbstractAsyncContextManager
    from datetime import date, datetime
    from pathlib import Path

    from shared.store.archived import Archive
    from shared.store.coordination import Lanes, Leases, Members
    from shared.store.records import (
        IngestRun,
        PublicationVersion,
        QuarantineItem,
    )
    from shared.store.telling import Alerts, Deliveries, Destinations, Subscriptions
    from shared.wire.profile import Profile
    from shared.wire.publication import Publication


class Publications(Protocol):
    """Collection ``publications``, and every earlier version in ``publication_versions``."""

    async def content_hashes(self, numbers: "Sequence[str]") -> dict[str, str]:
        """Return number → content hash of those that are known."""
        ...

    async def save(self, versions: "Sequence[PublicationVersion]") -> None:
        """Store new publications; other content for a known number becomes its next version (``version`` is set here).

        Content that is already the current one changes nothing.
        """
        ...

    async def get(self, number: str) -> "PublicationVersion | None":
        """Return the current version."""
        ...

    async def history(self, number: str) -> "list[PublicationVersion]":
        """Return every version, oldest first."""
        ...

    def scan(self, *, since: "date | None" = None, batch_size: int = 500) -> "AsyncIterator[list[Publication]]":
        """Walk over the current versions by (published_on, number); ``since`` leaves out what was published before, or nobody knows when."""
        ...

    async def count(self) -> int:
        """Return how many publications are known."""
        ...


class Profiles(Protocol):
    """Collection ``profiles``."""

    async def put(self, profiles: "Sequence[Profile]", *, saved_at: "datetime") -> None:
        """Add or replace."""
        ...

    async def get(self, profile_id: str) -> "Profile | None":
        """Return one."""
        ...

    async def all(self) -> "list[Profile]":
        """Return all, by id."""
        ...

    async def remove(self, profile_id: str) -> bool:
        """Forget one; false when there was none."""
        ...


class Runs(Protocol):
    """Collection ``ingest_runs``: what came in."""

    async def save(self, run: "IngestRun") -> None:
        """Add or replace."""
        ...

    async def recent(self, *, limit: int = 50) -> "list[IngestRun]":
        """Return runs, newest first."""
        ...


class Quarantine(Protocol):
    """Collection ``quarantine_items``; large contents lie beside the database as files."""

    async def add(self, items: "Sequence[tuple[QuarantineItem, bytes | Path]]") -> None:
        """Store items with their raw content (a path is copied); one that is there already stays as it is."""
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

    async def recent(
        self, *, name: str | None = None, reason_code: str | None = None, waiting_only: bool = False, limit: int = 100
    ) -> "list[QuarantineItem]":
        """Return items, newest first; ``waiting_only`` leaves out what was replayed."""
        ...

    async def mark_replayed(self, item_id: str, *, at: "datetime") -> None:
        """Record that it was read again with success."""
        ...

    async def counts(self) -> dict[str, int]:
        """Return reason code → how many wait."""
        ...


class Store(Protocol):
    """All collections of one installation."""

    @property
    def publications(self) -> Publications:
        """See `Publications`."""
        ...

    @property
    def profiles(self) -> Profiles:
        """See `Profiles`."""
        ...

    @property
    def destinations(self) -> "Destinations":
        """See `Destinations`."""
        ...

    @property
    def subscriptions(self) -> "Subscriptions":
        """See `Subscriptions`."""
        ...

    @property
    def alerts(self) -> "Alerts":
        """See `Alerts`."""
        ...

    @property
    def deliveries(self) -> "Deliveries":
        """See `Deliveries`."""
        ...

    @property
    def runs(self) -> Runs:
        """See `Runs`."""
        ...

    @property
    def quarantine(self) -> Quarantine:
        """See `Quarantine`."""
        ...

    @property
    def leases(self) -> "Leases":
        """See `shared.store.coordination.Leases`."""
        ...

    @property
    def lanes(self) -> "Lanes":
        """See `shared.store.coordination.Lanes`."""
        ...

    @property
    def members(self) -> "Members":
        """See `shared.store.coordination.Members`."""
        ...

    @property
    def archive(self) -> "Archive":
        """See `shared.store.archived.Archive`."""
        ...

    async def ping(self) -> None:
        """Raise when the store cannot be read and written.

        Raises:
            RetryLaterError: not now.
        """
        ...
