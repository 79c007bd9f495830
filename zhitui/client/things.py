"""Things that an organisation has: made, read, listed, changed, removed."""

from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from zhitui.client.wire import Wire


class Revised(Protocol):
    """What has an id and a revision."""

    @property
    def id(self) -> str:
        """Its id."""
        ...

    @property
    def revision(self) -> int:
        """What an edit is held against."""
        ...


ThingT = TypeVar("ThingT", bound=Revised)
DraftT_contra = TypeVar("DraftT_contra", contravariant=True)


class Things(Generic[ThingT, DraftT_contra]):
    """All of one kind. Everything raises `zhitui.client.ProblemError` when the API refuses."""

    def __init__(self, wire: "Wire", path: str, kind: type[ThingT]) -> None:
        self._wire = wire
        self._path = path
        self._kind = kind

    async def make(self, draft: DraftT_contra) -> ThingT:
        """Make one."""
        return await self._wire.ask("POST", self._path, self._kind, body=draft)

    async def get(self, thing_id: str) -> ThingT:
        """Return one."""
        return await self._wire.ask("GET", f"{self._path}/{thing_id}", self._kind)

    def all(self) -> "AsyncIterator[ThingT]":
        """Walk over all, the oldest first."""
        return self._wire.pages(self._path, self._kind)

    async def replace(self, thing: ThingT, draft: DraftT_contra) -> ThingT:
        """Change one that nobody changed since it was read."""
        path = f"{self._path}/{thing.id}"
        return await self._wire.ask("PUT", path, self._kind, body=draft, revision=thing.revision)

    async def remove(self, thing: ThingT) -> None:
        """Remove one that nobody changed since it was read."""
        await self._wire.ask("DELETE", f"{self._path}/{thing.id}", type(None), revision=thing.revision)

    async def do(self, thing_id: str, what: str, body: object = None) -> ThingT:
        """Do something with one: ``pause``, ``resume``, ``enable``, ``rotate``, ``confirm``."""
        return await self._wire.ask("POST", f"{self._path}/{thing_id}/{what}", self._kind, body=body)
