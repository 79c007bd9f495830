"""What a backup holds of the store: every collection, as values that are the same whichever backend they come from."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from shared.filing.kinds import KINDS
from shared.store.families import FamilyKey
from shared.store.filing import FiledRecord
from shared.store.incoming import IngestRun, SourceState
from shared.store.quarantined import QuarantineItem
from shared.store.records import Alert, Attempt, Delivery, MatchRecord, PublicationVersion
from shared.wire.identity import item_key
from shared.wire.profile import Profile
from shared.wire.subscription import Destination, Subscription

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

QUARANTINE_PART_BYTES = 255 * 1024
"""As MongoDB keeps them."""

Key = tuple[str | int, ...]
"""What tells a document of a collection from the others."""


class SavedProfile(msgspec.Struct, frozen=True, kw_only=True):
    """A profile, and when it was saved."""

    profile: Profile
    saved_at: datetime


class UnsubscribeToken(msgspec.Struct, frozen=True, kw_only=True):
    """What the hash of an unsubscribe token stands for."""

    token_hash: str
    subscription_id: str
    destination_id: str


class QuarantinePart(msgspec.Struct, frozen=True, kw_only=True):
    """A quarantined input, or a part of a large one; parts come in order, and the last one brings the item.

    Attributes:
        offset: where in the input ``content`` begins, in bytes.
        content: at most `QUARANTINE_PART_BYTES`.
    """

    id: str
    offset: int
    content: bytes
    item: QuarantineItem | None = None


Document = (
    PublicationVersion
    | SavedProfile
    | Destination
    | Subscription
    | UnsubscribeToken
    | MatchRecord
    | Alert
    | Delivery
    | Attempt
    | IngestRun
    | QuarantinePart
    | SourceState
    | FamilyKey
    | FiledRecord
)
"""A destination's address and option values, and the texts of sealed kinds, are sealed here, as they lie in the store."""


@dataclass(frozen=True, slots=True)
class Collection:
    """A collection as a backup sees it.

    Attributes:
        kind: what its documents are.
        key: returns a document's key.
    """

    name: str
    kind: type[Any]
    key: Callable[[Any], Key]


def _alert_key(alert: Alert) -> Key:
    return alert.key.subscription_id, alert.key.publication_number, alert.key.destination_id


COLLECTIONS = {
    collection.name: collection
    for collection in (
        Collection("publications", PublicationVersion, lambda d: (item_key(d.publication),)),
        Collection("publication_versions", PublicationVersion, lambda d: (item_key(d.publication), d.version)),
        Collection("profiles", SavedProfile, lambda d: (d.profile.id,)),
        Collection("destinations", Destination, lambda d: (d.id,)),
        Collection("subscriptions", Subscription, lambda d: (d.id,)),
        Collection("unsubscribe_tokens", UnsubscribeToken, lambda d: (d.token_hash,)),
        Collection("matches", MatchRecord, lambda d: (d.publication_number,)),
        Collection("alerts", Alert, _alert_key),
        Collection("deliveries", Delivery, lambda d: (d.id,)),
        Collection("delivery_attempts", Attempt, lambda d: (d.delivery_id, d.number)),
        Collection("ingest_runs", IngestRun, lambda d: (d.id,)),
        Collection("quarantine_items", QuarantinePart, lambda d: (d.id,)),
        Collection("source_states", SourceState, lambda d: (d.name,)),
        Collection("families", FamilyKey, lambda d: (d.key,)),
        *(Collection(kind.name, FiledRecord, lambda d: (d.id,)) for kind in KINDS),
    )
}
"""All that a store holds, by name, in the order in which a backup holds it."""


class ClosureState(StrEnum):
    """How far a store is closed to those who work on it.

    ``COPYING``: not at all, but what changes is noted for a move. ``CLOSING``: roles end when they have finished what is in flight, and none starts. ``CLOSED``: besides, whatever can be
    kept from writing is refused. ``FILLING``: a restore or a move writes to it and has not come to its end; no role starts.
    """

    COPYING = "copying"
    CLOSING = "closing"
    CLOSED = "closed"
    FILLING = "filling"


class Closure(msgspec.Struct, frozen=True, kw_only=True):
    """Why nobody may work on a store now.

    Attributes:
        reason: the sentence that people read.
        source: what the store is filled from: a backup's id, or the id of a move.
        done: names of the sections that are in it, whole.
        partitions: topic → how many it had when filling began: a kill can leave it deleted, to be made anew.
    """

    state: ClosureState
    reason: str
    since: datetime
    source: str | None = None
    done: tuple[str, ...] = ()
    partitions: dict[str, int] = {}


class Snapshot(Protocol):
    """All collections as they were at one moment."""

    async def counts(self) -> dict[str, int]:
        """Return collection → how many documents it has."""
        ...

    def walk(self, collection: str, *, batch_size: int = 500) -> "AsyncIterator[list[Document]]":
        """Walk over all documents of a collection, in the order in which they were added where the backend knows it."""
        ...


class Archive(Protocol):
    """The store as backup, restore and moving house see it: every collection of `COLLECTIONS`, document by document."""

    def snapshot(self) -> AbstractAsyncContextManager[Snapshot]:
        """Hold one moment's content for as long as the context lasts, while others go on writing.

        Raises:
            RetryLaterError: while walking: the backend could not hold the moment for so long.
        """
        ...

    async def counts(self) -> dict[str, int]:
        """Return collection → how many documents it has now."""
        ...

    async def write(self, collection: str, documents: "Sequence[Document]") -> None:
        """Add or replace documents, exactly as they are; nothing else follows from it."""
        ...

    async def remove(self, collection: str, keys: "Sequence[Key]") -> None:
        """Forget documents; nothing else follows from it."""
        ...

    async def clear(self) -> None:
        """Forget all documents of all collections, and which requests were answered: what they brought is gone. The closure stays."""
        ...

    async def closure(self) -> Closure | None:
        """Return why nobody may work on this store, ``None`` when everybody may."""
        ...

    async def close(self, closure: Closure) -> None:
        """Close the store, or close it in another way."""
        ...

    async def reopen(self) -> None:
        """Let everybody work on it again."""
        ...
