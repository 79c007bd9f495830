"""Documents that people own and edit: organisations, accounts, tokens, the portal's side of profiles and destinations.

They differ in nothing that a store must know, so there is one port and one implementation a backend for all of them: each
kind says in a `Kind` by what it is found, whose it is, in which order it is shown and when it is over.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

import msgspec

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

D = TypeVar("D", bound=msgspec.Struct)


def _nobody(_document: object) -> str:
    return ""


def _nothing(_document: object) -> tuple[str, ...]:
    return ()


def _never(_document: object) -> "datetime | None":
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind(Generic[D]):
    """What the store must know of one kind of document.

    Attributes:
        name: of its collection, a plural noun in snake_case.
        document: its type; it has an ``id``.
        owner: whose it is, an organisation's or an account's id; ``""``: the installation's own.
        lookups: texts by which it is found besides its id; no two documents of a kind have one in common. They lie in the
            clear: what identifies a person goes in as a keyed hash.
        order: what a listing of one owner's goes by, besides the id: a text that sorts.
        expires_at: when it is as good as gone, ``None``: never.
        sealed: whether it lies encrypted in the store: what holds personal data or a secret.
        title: what people call these documents, in Chinese: who makes or restores a backup reads it.
    """

    name: str
    document: type[D]
    owner: Callable[[D], str] = _nobody
    lookups: Callable[[D], tuple[str, ...]] = _nothing
    order: Callable[[D], str] = _nobody
    expires_at: "Callable[[D], datetime | None]" = _never
    sealed: bool = False
    title: str = ""

    @property
    def can_expire(self) -> bool:
        """Whether any document of it is ever over."""
        return self.expires_at is not _never


@dataclass(frozen=True, slots=True)
class Filed(Generic[D]):
    """A document as it lies in the store.

    Attributes:
        revision: 1 at first, one more with every replacement: what an edit is held against.
    """

    document: D
    revision: int


@dataclass(frozen=True, slots=True)
class Position:
    """Where in a listing: the order and id of the last document that was seen."""

    order: str
    id: str


class Resealable(Protocol):
    """A collection in which something lies sealed."""

    async def reseal(self, *, after: str = "", limit: int = 500) -> tuple[int, str | None]:
        """Put what lies sealed under the newest key; what is written meanwhile is not overwritten, no revision changes.

        Args:
            after: the last id of the answer before.
            limit: so many are looked at.

        Returns:
            How many were sealed anew, and the last id that was looked at, ``None`` when there are no more.
        """
        ...


class Shelf(Resealable, Protocol[D]):
    """All documents of one kind. What is over (`Kind.expires_at`) is never returned, by the store's clock."""

    async def add(self, documents: "Sequence[D]") -> bool:
        """File new documents, all or none: false when an id or a lookup of one is taken already.

        Whoever tries again after an error looks for them first: the try before may have come through.
        """
        ...

    async def get(self, document_id: str) -> "Filed[D] | None":
        """Return one."""
        ...

    async def many(self, document_ids: "Sequence[str]") -> "dict[str, Filed[D]]":
        """Return those of these that there are, by id."""
        ...

    async def find(self, lookup: str) -> "Filed[D] | None":
        """Return the one with this lookup."""
        ...

    async def replace(self, document: D, *, revision: int) -> int | None:
        """Put a document in the place of the one of its id, if that is still at this revision: compare and set.

        Returns:
            The new revision; ``None`` when somebody else changed or removed it first, or a lookup is another's.
        """
        ...

    async def remove(self, document_id: str, *, revision: int | None = None) -> bool:
        """Forget one, if it is still at this revision (``None``: whatever it is at); false when there is no such."""
        ...

    async def page(
        self, owner: str, *, after: Position | None = None, limit: int, newest_first: bool = False
    ) -> "list[Filed[D]]":
        """Return documents of one owner by (order, id), or the other way round, from behind a position on."""
        ...

    async def count(self, owner: str) -> int:
        """Return how many documents an owner has."""
        ...

    async def expire(self) -> int:
        """Forget what is over; return how many those were. Most goes by itself; this is for who needs it gone now."""
        ...
