"""Whose a thing is: every profile, destination and subscription is reached through its card, or not at all."""

from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

import msgspec

from services.portal.desk.belongings import walk
from services.portal.desk.refusals import ConflictError, MissingError, StaleError, Text
from shared.errors import RetryLaterError
from shared.filing.cards import Card
from shared.store.filed import Filed, Position

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
    from datetime import datetime

    from services.portal.desk.actor import Actor
    from services.portal.desk.limits import Limit
    from shared.clock import Clock
    from shared.store.filed import Kind
    from shared.store.port import Store

CardT = TypeVar("CardT", bound=Card)
ThingT = TypeVar("ThingT")
OneT = TypeVar("OneT")
DocumentT = TypeVar("DocumentT", bound=msgspec.Struct)


@dataclass(frozen=True, slots=True)
class Slice(Generic[OneT]):
    """A part of a listing.

    Attributes:
        after: where the next part begins, ``None`` on the last.
    """

    items: list[OneT]
    after: Position | None = None


async def made_before(actor: "Actor", thing_id: str, whole: "Callable[[Actor, str], Awaitable[OneT]]") -> OneT | None:
    """Return what a request made that is asked again because nobody heard of it, as the process died that made it.

    Args:
        actor: who asks.
        thing_id: `Actor.id_for` this request.
        whole: returns the thing with its card; raises `MissingError` where there is none, or a part: that is made now.
    """
    if not actor.request:
        return None
    try:
        return await whole(actor, thing_id)
    except MissingError:
        return None


def position(kind: "Kind[DocumentT]", document: "DocumentT") -> Position:
    """Return where in the listings of its kind a document stands."""
    return Position(kind.order(document), document.id)  # type: ignore[attr-defined]  # says `Kind`


class Cards(Generic[CardT]):
    """The cards of one kind, each visible to its organisation alone."""

    def __init__(self, store: "Store", clock: "Clock", kind: "Kind[CardT]", limit: "Limit") -> None:
        self._store = store
        self._shelf = store.shelf(kind)
        self._kind = kind
        self._clock = clock
        self._limit = limit

    @asynccontextmanager
    async def filing(
        self, actor: "Actor", thing_id: str, name: str, *, undo: "Callable[[], Awaitable[object]]"
    ) -> "AsyncIterator[Filed[CardT]]":
        """File the card of a new thing, which is then stored inside; where that does not succeed, neither is left.

        What a process that died, or a store that does not answer, leaves nonetheless, `services.portal.desk.leftovers` removes.

        Args:
            actor: who makes it.
            thing_id: of the thing, and of the card.
            name: what its people call it.
            undo: removes the thing; nobody knows how much of it is there.

        Raises:
            ConflictError: the organisation has as many as it may have.
        """
        now = self._clock.now()
        filed = await self._add(
            self._kind.document(
                id=thing_id,
                organisation_id=actor.organisation_id,
                name=name,
                made_by=actor.account_id,
                made_at=now,
                changed_by=actor.account_id,
                changed_at=now,
            )
        )
        try:
            yield filed
        except RetryLaterError:
            with suppress(RetryLaterError):
                await undo()
                await self._shelf.remove(thing_id)
            raise

    async def _add(self, card: CardT) -> Filed[CardT]:
        if await self._limit.add(self._shelf, card):
            return Filed(card, 1)
        begun = await self._shelf.get(card.id)  # by this request, when it was asked before
        if begun is None or begun.document.leaving or begun.document.made_by != card.made_by:
            raise ConflictError("exists", Text("已经有了，请换一个。", "It exists already; take another one."))
        return begun

    async def own(self, actor: "Actor", card_id: str, *, leaving: bool = False) -> Filed[CardT]:
        """Return the asking organisation's own.

        Args:
            actor: who asks.
            card_id: of the card and of its thing.
            leaving: also one that is being removed.

        Raises:
            MissingError: there is none, or it is another organisation's.
        """
        filed = await self._shelf.get(card_id)
        if filed is None or (filed.document.leaving and not leaving):
            raise MissingError
        actor.owns(filed.document.organisation_id)
        return filed

    async def owned(self, actor: "Actor", card_ids: "Sequence[str]") -> dict[str, Filed[CardT]]:
        """Return those of these that are the asking organisation's."""
        found = await self._shelf.many(card_ids)
        return {
            card_id: filed
            for card_id, filed in found.items()
            if filed.document.organisation_id == actor.organisation_id and not filed.document.leaving
        }

    async def all(self, actor: "Actor") -> list[Filed[CardT]]:
        """Return all of the asking organisation's, the oldest first; no more than it may have."""
        return (await self.page(actor, after=None, limit=self._limit.most)).items

    async def page(self, actor: "Actor", *, after: Position | None, limit: int) -> Slice[Filed[CardT]]:
        """Return the asking organisation's, the oldest first."""
        found = await self._shelf.page(actor.organisation_id, after=after, limit=limit + 1)
        shown = found[:limit]
        last = shown[-1].document if len(found) > limit else None
        return Slice(
            [filed for filed in shown if not filed.document.leaving],
            None if last is None else position(self._kind, last),
        )

    def with_things(
        self,
        cards: Slice[Filed[CardT]],
        things: "Mapping[str, ThingT]",
        together: "Callable[[ThingT, CardT, int], OneT]",
    ) -> Slice[OneT]:
        """Return cards with their things, each as ``together`` makes one of thing, card and the card's revision."""
        return Slice(
            [
                together(things[filed.document.id], filed.document, filed.revision)
                for filed in cards.items
                if filed.document.id in things
            ],
            cards.after,
        )

    async def left_over(
        self,
        organisation_id: str,
        things: "Callable[[Sequence[str]], Awaitable[Mapping[str, object]]]",
        *,
        before: "datetime",
    ) -> list[CardT]:
        """Return what of an organisation is neither there nor gone, as who made or removed it broke off.

        Args:
            organisation_id: whose.
            things: returns those of these ids that there are.
            before: what was changed later is under way somewhere.
        """
        cards = [
            filed.document
            async for filed in walk(self._store, self._kind, organisation_id)
            if filed.document.changed_at <= before
        ]
        there = await things([card.id for card in cards])
        return [card for card in cards if card.leaving or card.id not in there]

    async def change(self, actor: "Actor", card: CardT, *, revision: int, **changes: object) -> Filed[CardT]:
        """Change one that is still at this revision, and note who did it.

        Raises:
            StaleError: it is not.
        """
        changed: CardT = msgspec.structs.replace(
            card, changed_by=actor.account_id, changed_at=self._clock.now(), **changes
        )
        now_at = await self._shelf.replace(changed, revision=revision)
        if now_at is None:
            raise StaleError
        return Filed(changed, now_at)

    async def take_leave(self, actor: "Actor", card_id: str, *, revision: int | None) -> None:
        """Show it no more, before its thing is removed; one that was left behind half removed is taken again.

        Raises:
            MissingError: there is none, or it is another organisation's.
            StaleError: it is not at this revision any more.
        """
        filed = await self.own(actor, card_id, leaving=True)
        if filed.document.leaving:
            return
        if revision is not None and filed.revision != revision:
            raise StaleError
        await self.change(actor, filed.document, revision=filed.revision, leaving=True)

    async def forget(self, card_id: str) -> None:
        """Forget one whose thing is gone."""
        await self._shelf.remove(card_id)
