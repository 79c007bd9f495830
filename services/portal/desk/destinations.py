"""Destinations of an organisation: taken down, verified, tested, given new keys, removed.

Nothing is sent from here: what is to be sent is filed as an errand, and a notifier runs it.
"""

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec

from services.portal.desk.actor import Permission
from services.portal.desk.address_words import NO_ADDRESS, OPTIONS, OTHERWISE
from services.portal.desk.cards import made_before
from services.portal.desk.drafts import refuse_bad_name
from services.portal.desk.refusals import ConflictError, Fault, InvalidError, MissingError, StaleError, Text
from shared.consent import accept
from shared.destination_changes import activated, readdressed
from shared.errors import InvalidInputError
from shared.filing.organisations import CENTRE_ID
from shared.filing.wecom_corps import WECOM_CORPS
from shared.outlets import Prepared
from shared.wire.subscription import Channel, Destination, DestinationState

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from services.portal.desk.actor import Actor
    from services.portal.desk.audit import Audit
    from services.portal.desk.cards import Slice
    from services.portal.desk.drafts import DestinationChange, DestinationDraft
    from services.portal.desk.holdings import Holdings
    from shared.filing.destination_cards import DestinationCard
    from shared.runtime.role import Surroundings
    from shared.store.filed import Position


@dataclass(frozen=True, slots=True)
class OwnDestination:
    """A destination with its card; ``revision`` is the card's.

    Attributes:
        told: a secret that is shown now and never again, with what to do with it; ``""``: there is none.
        keys: name → the values in it, for programs.
    """

    destination: Destination
    card: "DestinationCard"
    revision: int
    told: str = ""
    keys: "Mapping[str, str]" = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"OwnDestination({self.destination!r}, revision={self.revision})"


class Destinations:
    """What can be done with an organisation's destinations."""

    def __init__(self, around: "Surroundings", audit: "Audit", holdings: "Holdings") -> None:
        self._around = around
        self._stored = around.store.destinations
        self._audit = audit
        self._holdings = holdings
        self._cards = holdings.destinations

    async def make(self, actor: "Actor", draft: "DestinationDraft", *, vouched: bool = False) -> OwnDestination:
        """Take down a destination; no alert goes there before it is verified.

        Args:
            actor: who asks.
            draft: what is asked for.
            vouched: its vendor has just said that who asks is who gets it; then it is verified.

        Raises:
            InvalidError: its address or options cannot work.
            ConflictError: the organisation has as many as it may have.
        """
        actor.need(Permission.WRITE_DESTINATIONS)
        refuse_bad_name(draft.name)
        made_id = actor.id_for("dn")
        if known := await made_before(actor, made_id, self._whole):
            return known
        if not vouched:
            await self._refuse_foreign_app(actor, draft.channel, draft.options)
        prepared = await self._prepared(
            Destination(
                id=made_id,
                channel=draft.channel,
                address=draft.address,
                options=draft.options,
                state=DestinationState.ACTIVE if vouched else DestinationState.UNVERIFIED,
                created_at=self._around.clock.now(),
            ),
            None,
        )
        made = prepared.destination
        async with self._cards.filing(actor, made.id, draft.name, undo=lambda: self._stored.remove(made.id)) as filed:
            await self._stored.put(made)
        await self._audit.record(actor, "destination.made", made.id, channel=draft.channel.value)
        return OwnDestination(made, filed.document, filed.revision, prepared.told, prepared.keys)

    async def get(self, actor: "Actor", destination_id: str) -> OwnDestination:
        """Return one.

        Raises:
            MissingError: there is none, or it is another organisation's.
        """
        actor.need(Permission.READ)
        return await self._whole(actor, destination_id)

    async def _whole(self, actor: "Actor", destination_id: str) -> OwnDestination:
        filed = await self._cards.own(actor, destination_id)
        destination = await self._stored.get(destination_id)
        if destination is None:
            raise MissingError
        return OwnDestination(destination, filed.document, filed.revision)

    async def page(
        self, actor: "Actor", *, after: "Position | None" = None, limit: int = 50
    ) -> "Slice[OwnDestination]":
        """Return the organisation's, the oldest first."""
        actor.need(Permission.READ)
        cards = await self._cards.page(actor, after=after, limit=limit)
        found = await self._stored.many([filed.document.id for filed in cards.items])
        return self._cards.with_things(cards, found, OwnDestination)

    async def many(self, actor: "Actor", destination_ids: "Iterable[str]") -> list[OwnDestination]:
        """Return those of these that are the organisation's, in any order."""
        actor.need(Permission.READ)
        ids = list(destination_ids)
        cards, found = await asyncio.gather(self._cards.owned(actor, ids), self._stored.many(ids))
        return [
            OwnDestination(found[one], filed.document, filed.revision) for one, filed in cards.items() if one in found
        ]

    async def change(
        self, actor: "Actor", destination_id: str, change: "DestinationChange", *, revision: int
    ) -> OwnDestination:
        """Change one that is still at this revision; another address must be verified again.

        Raises:
            MissingError: there is none, or it is another organisation's.
            StaleError: somebody else changed it meanwhile.
            InvalidError: as `make`.
        """
        actor.need(Permission.WRITE_DESTINATIONS)
        refuse_bad_name(change.name)
        before = await self.get(actor, destination_id)
        if before.revision != revision:
            raise StaleError
        read, prepared = before.destination, Prepared(before.destination)
        if change.address is not None or change.options is not None:
            asked = msgspec.structs.replace(
                read,
                address=read.address if change.address is None else change.address,
                options=read.options if change.options is None else change.options,
            )
            if asked != read:
                await self._refuse_foreign_app(actor, asked.channel, asked.options)
            prepared = await self._prepared(asked, read)
        filed = await self._cards.change(actor, before.card, revision=revision, name=change.name)
        changed = await self._readdressed(read, prepared, to_be_proven=prepared.destination.address != read.address)
        await self._audit.record(actor, "destination.changed", destination_id)
        return OwnDestination(changed, filed.document, filed.revision, prepared.told, prepared.keys)

    async def confirm(self, actor: "Actor", destination_id: str, code: str) -> OwnDestination:
        """Take the code that its people got; alerts may go there from now on.

        Raises:
            InvalidError: the code is wrong or too old, or too many were tried.
            ConflictError: it was switched off; a code does not bring it back.
        """
        actor.need(Permission.WRITE_DESTINATIONS)
        own = await self.get(actor, destination_id)
        if own.destination.state is DestinationState.DISABLED:
            raise ConflictError("disabled", _DISABLED)
        if own.destination.state is DestinationState.UNVERIFIED:
            try:
                right = await accept(self._around, own.destination, code)
            except InvalidInputError as error:
                raise InvalidError(Fault("/code", Text(str(error), _TRIED_TOO_OFTEN))) from error
            if not right:
                raise InvalidError(Fault("/code", _WRONG_CODE))
            await self._audit.record(actor, "destination.verified", destination_id)
        return await self.get(actor, destination_id)

    async def enable(self, actor: "Actor", destination_id: str) -> OwnDestination:
        """Let alerts go again to one that was switched off; what waits there is sent.

        Raises:
            ConflictError: it was never verified.
            StaleError: somebody else gave it another address meanwhile.
        """
        actor.need(Permission.WRITE_DESTINATIONS)
        own = await self.get(actor, destination_id)
        if own.destination.state is DestinationState.UNVERIFIED:
            raise ConflictError("unverified", _UNVERIFIED)
        if own.destination.state is DestinationState.DISABLED:
            if await activated(self._stored, own.destination) is None:
                raise StaleError
            await self._audit.record(actor, "destination.enabled", destination_id)
        return await self.get(actor, destination_id)

    async def rotate(self, actor: "Actor", destination_id: str) -> OwnDestination:
        """Give it a new secret or address of ours; `OwnDestination.told` says it.

        Raises:
            ConflictError: its channel has no secret that is made here.
            StaleError: somebody else changed it meanwhile.
        """
        actor.need(Permission.WRITE_DESTINATIONS)
        own = await self.get(actor, destination_id)
        try:
            prepared = await self._around.outlets.rotate(own.destination)
        except InvalidInputError as error:
            raise ConflictError("no-key", Text(str(error), _NO_KEY)) from error
        filed = await self._cards.change(actor, own.card, revision=own.revision)
        renewed = await self._readdressed(own.destination, prepared)
        await self._audit.record(actor, "destination.key-replaced", destination_id)
        return OwnDestination(renewed, filed.document, filed.revision, prepared.told, prepared.keys)

    async def remove(self, actor: "Actor", destination_id: str, *, revision: int | None = None) -> None:
        """Forget one; what was not sent yet is not sent any more.

        Raises:
            MissingError: there is none, or it is another organisation's.
            StaleError: it is not at this revision any more.
            ConflictError: a subscription names it.
        """
        actor.need(Permission.WRITE_DESTINATIONS)
        await self._cards.own(actor, destination_id, leaving=True)
        await self._holdings.refuse_used(actor, destination_id)
        await self._cards.take_leave(actor, destination_id, revision=revision)
        await self._stored.remove(destination_id)
        await self._cards.forget(destination_id)
        await self._audit.record(actor, "destination.removed", destination_id)

    async def _readdressed(self, read: Destination, prepared: Prepared, *, to_be_proven: bool = False) -> Destination:
        """Write address and options down; whether it is switched off, and its silence, stay as others have them meanwhile.

        Raises:
            StaleError: somebody at the command line gave it others, or removed it.
        """
        written = await readdressed(self._stored, read, prepared.destination, to_be_proven=to_be_proven)
        if written is None:
            raise StaleError
        return written

    async def _refuse_foreign_app(self, actor: "Actor", channel: Channel, options: "Mapping[str, str]") -> None:
        """Refuse to reach people by an app in WeCom that the asking organisation has not connected: they are not its own.

        Raises:
            InvalidError: it is another organisation's, or the one of the settings, which is the centre's.
        """
        if channel is not Channel.WECOM_APP:
            return
        named = options.get("corp")
        filed = await self._around.store.shelf(WECOM_CORPS).get(named) if named else None
        owner = filed.document.organisation_id if filed else CENTRE_ID if not named else None
        if owner != actor.organisation_id:
            raise InvalidError(Fault("/options/corp", _NO_APP))

    async def _prepared(self, asked: Destination, previous: Destination | None) -> "Prepared":
        outlets = self._around.outlets
        try:
            address = outlets.check(asked.channel, asked.address, asked.options)
            return await outlets.prepare(msgspec.structs.replace(asked, address=address), previous)
        except InvalidInputError as error:
            raise InvalidError(self._fault(asked, str(error))) from error

    def _fault(self, asked: Destination, said: str) -> Fault:
        """Return what is wrong with an address, or with its options where they are what is wrong."""
        try:
            self._around.outlets.check(asked.channel, asked.address, {})
        except InvalidInputError:
            return Fault("/address", Text(said, NO_ADDRESS.get(asked.channel, OTHERWISE)))
        return Fault("/options" if asked.options else "/address", Text(said, OPTIONS if asked.options else OTHERWISE))


_NO_APP = Text(
    "请先在“企业微信”页连接本单位的应用，再用 corp 写明是哪一个连接。",
    "Connect your organisation's app in WeCom first, and name the connection by the option corp.",
)
_NO_KEY = "The key of this channel is made by its vendor; replace it there, then change the address here."
_TRIED_TOO_OFTEN = "Too many codes were tried; wait an hour."
_WRONG_CODE = Text(
    "验证码不对，或已过期。请核对，或再发一个。", "The code is wrong or too old; check it, or have another one sent."
)
_DISABLED = Text("这个目的地已停用，请先启用。", "This destination was switched off; switch it on first.")
_UNVERIFIED = Text("这个目的地还没验证，请先验证。", "This destination was never verified; verify it first.")
