"""The store as its users see it; one protocol a collection, one contract suite for every backend.

What holds everywhere: a call that returns has stored durably; a call that raises has stored nothing, or on a server,
of several documents, a part that the same call again makes whole; doing a thing twice is doing it once (keys decide).
`StorageFullError` means: no room, nothing stored, try again later.
"""

from typing import TYPE_CHECKING, Protocol, TypeVar

import msgspec

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from datetime import date, datetime

    from shared.store.archived import Archive
    from shared.store.coordination import Idempotency, Lanes, Leases, Members
    from shared.store.filed import Kind, Shelf
    from shared.store.intake import Families, Quarantine, Runs, Sources
    from shared.store.outbox import Deliveries
    from shared.store.records import PublicationVersion
    from shared.store.telling import Alerts, Destinations, Subscriptions
    from shared.wire.profile import Profile
    from shared.wire.publication import Publication

D = TypeVar("D", bound=msgspec.Struct)


class Publications(Protocol):
    """Collection ``publications``, and every earlier version in ``publication_versions``.

    Documents and legal events, each under its `shared.wire.identity.item_key`; only documents count, and are walked over.
    """

    async def content_hashes(self, keys: "Sequence[str]") -> dict[str, str]:
        """Return item key → content hash of those that are known."""
        ...

    async def save(self, versions: "Sequence[PublicationVersion]") -> "list[str]":
        """Store each as the version that it says it is: the first of its item, or the one that follows the current one.

        Returns:
            The keys of those that came too late: somebody stored that version with other content first, and what is to
            follow it must be thought over. One that was stored before, or says what is current, is no such case.
        """
        ...

    async def get(self, key: str) -> "PublicationVersion | None":
        """Return the current version."""
        ...

    async def history(self, key: str) -> "list[PublicationVersion]":
        """Return every version, oldest first."""
        ...

    async def histories(self, keys: "Sequence[str]") -> "dict[str, list[PublicationVersion]]":
        """Return item key → every version, oldest first, of those that are known."""
        ...

    async def documents(self, *, numbers: "Sequence[str]", applications: "Sequence[str]") -> "list[PublicationVersion]":
        """Return the current versions of the documents with one of these numbers or of one of these applications."""
        ...

    async def events(self, number: str) -> "list[PublicationVersion]":
        """Return the legal events told under a publication number, by item key."""
        ...

    def scan(self, *, since: "date | None" = None, batch_size: int = 500) -> "AsyncIterator[list[Publication]]":
        """Walk over the documents by (published_on, number); ``since`` leaves out what was published before, or nobody knows when."""
        ...

    async def count(self) -> int:
        """Return how many documents are known."""
        ...


class Profiles(Protocol):
    """Collection ``profiles``."""

    async def put(self, profiles: "Sequence[Profile]", *, saved_at: "datetime") -> None:
        """Add or replace."""
        ...

    async def get(self, profile_id: str) -> "Profile | None":
        """Return one."""
        ...

    async def many(self, profile_ids: "Sequence[str]") -> "dict[str, Profile]":
        """Return those of these that there are, by id."""
        ...

    async def all(self, *, limit: int | None = None) -> "list[Profile]":
        """Return all by id, or the first ``limit`` of them."""
        ...

    async def count(self) -> int:
        """Return how many there are."""
        ...

    async def remove(self, profile_id: str) -> bool:
        """Forget one; false when there was none."""
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
    def runs(self) -> "Runs":
        """See `shared.store.intake.Runs`."""
        ...

    @property
    def quarantine(self) -> "Quarantine":
        """See `shared.store.intake.Quarantine`."""
        ...

    @property
    def sources(self) -> "Sources":
        """See `shared.store.intake.Sources`."""
        ...

    @property
    def families(self) -> "Families":
        """See `shared.store.intake.Families`."""
        ...

    @property
    def idempotency(self) -> "Idempotency":
        """See `shared.store.coordination.Idempotency`."""
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

    def shelf(self, kind: "Kind[D]") -> "Shelf[D]":
        """Return the documents of a kind, one of `shared.filing.kinds.KINDS`."""
        ...

    async def ping(self) -> None:
        """Raise when the store cannot be read and written.

        Raises:
            RetryLaterError: not now.
        """
        ...
