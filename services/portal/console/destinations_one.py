"""``/destinations/{id}``: verified, tested, renamed, given a new key, brought back, removed; its health."""

from typing import TYPE_CHECKING
from urllib.parse import urlencode

import msgspec

from services.portal.console.channel_words import CHANNELS
from services.portal.console.delivery_words import EVENTS, REASONS
from services.portal.console.faults import shown_again
from services.portal.console.flashes import Tone
from services.portal.console.proving import outcome_of
from services.portal.desk.actor import Permission
from services.portal.desk.drafts import DestinationChange
from services.portal.desk.refusals import (
    ConflictError,
    ForbiddenError,
    RefusalError,
    StaleError,
    Text,
    TooManyError,
)
from shared.wire.subscription import Channel

if TYPE_CHECKING:
    from aiohttp import web

    from services.portal.console.frame import Frame
    from services.portal.console.visit import Visit
    from services.portal.desk.destinations import OwnDestination
    from shared.filing.events import Event

_SAVED = Text("已保存。", "Saved.")
_VERIFIED = Text("已验证，可以接收提醒了。", "Verified; alerts may go there now.")
_ENABLED = Text("已重新启用，等着的消息会发出去。", "It is on again; what waited is sent.")
_REMOVED = Text("已删除。", "Removed.")
_SENT = Text("已发出。", "On its way.")


class DestinationRoom:
    """The page of one destination."""

    def __init__(self, frame: "Frame") -> None:
        self._frame = frame
        self._desk = frame.desk

    def routes(self) -> "list[web.RouteDef]":
        """Return them."""
        frame, at = self._frame, "/destinations/{id}"
        return [
            frame.get(at, self.shown),
            frame.post(at, self.edit),
            frame.post(f"{at}/verify", self.verify),
            frame.post(f"{at}/send", self.send),
            frame.get(f"{at}/outcome", self.outcome),
            frame.post(f"{at}/enable", self.enable),
            frame.post(f"{at}/rotate", self.rotate),
            frame.post(f"{at}/remove", self.remove),
        ]

    async def shown(self, visit: "Visit") -> "web.Response":
        """A destination."""
        return await shown_with(self._frame, visit, await self._own(visit))

    async def edit(self, visit: "Visit") -> "web.Response":
        """Rename a destination, or give it another address."""
        own = await self._own(visit)
        address = visit.field("address") or None
        try:
            changed = await self._desk.destinations.change(
                visit.actor,
                own.destination.id,
                DestinationChange(name=visit.field("name"), address=address),
                revision=visit.number("revision"),
            )
        except StaleError as error:
            return visit.go(_at(own), error.text, Tone.WARN)
        except ForbiddenError:
            raise
        except RefusalError as error:
            return await shown_with(self._frame, visit, own, error=error)
        if changed.told:
            return await shown_with(self._frame, visit, changed)
        return visit.go(_at(own), _SAVED)

    async def verify(self, visit: "Visit") -> "web.Response":
        """Take the code that its people got."""
        own = await self._own(visit)
        try:
            await self._desk.destinations.confirm(visit.actor, own.destination.id, visit.field("code"))
        except ForbiddenError:
            raise
        except RefusalError as error:
            return await shown_with(self._frame, visit, own, error=error)
        return visit.go(_at(own), _VERIFIED)

    async def send(self, visit: "Visit") -> "web.Response":
        """Send a code, or a test message to one that is verified."""
        own = await self._own(visit)
        return await proof_sent(self._frame, visit, own.destination.id, _SENT)

    async def outcome(self, visit: "Visit") -> "web.Response":
        """What came of the sending so far."""
        own = await self._own(visit)
        return visit.part("parts/destination_outcome.html", own=own, outcome=await outcome_of(self._frame, visit, own))

    async def enable(self, visit: "Visit") -> "web.Response":
        """Bring back one that was switched off."""
        own = await self._own(visit)
        try:
            await self._desk.destinations.enable(visit.actor, own.destination.id)
        except ConflictError as error:
            return visit.go(_at(own), error.text, Tone.BAD)
        return visit.go(_at(own), _ENABLED)

    async def rotate(self, visit: "Visit") -> "web.Response":
        """Give it a new secret, which is shown this once."""
        own = await self._own(visit)
        try:
            return await shown_with(
                self._frame, visit, await self._desk.destinations.rotate(visit.actor, own.destination.id)
            )
        except ConflictError as error:
            return visit.go(_at(own), error.text, Tone.BAD)

    async def remove(self, visit: "Visit") -> "web.Response":
        """Remove a destination that no subscription uses."""
        own = await self._own(visit)
        try:
            await self._desk.destinations.remove(visit.actor, own.destination.id)
        except ConflictError as error:
            return visit.go(_at(own), error.text, Tone.BAD)
        return visit.go("/destinations", _REMOVED)

    async def _own(self, visit: "Visit") -> "OwnDestination":
        return await self._desk.destinations.get(visit.actor, visit.request.match_info["id"])


async def proof_sent(frame: "Frame", visit: "Visit", destination_id: str, done: Text) -> "web.Response":
    """Have a code or a test sent, and go where one sees what comes of it."""
    try:
        errand = await frame.desk.proofs.send(visit.actor, destination_id)
    except (ConflictError, TooManyError) as error:
        return visit.go(f"/destinations/{destination_id}", error.text, Tone.WARN)
    return visit.go(f"/destinations/{destination_id}?{urlencode({'errand': errand.id})}", done)


async def shown_with(
    frame: "Frame", visit: "Visit", own: "OwnDestination", *, error: RefusalError | None = None
) -> "web.Response":
    """Return the page of a destination; with its secret, where it has just been made."""
    return visit.page(
        "destinations_one.html",
        **shown_again(visit, error, {"name": own.card.name}),
        own=own,
        words=CHANNELS.get(own.destination.channel),
        health=await frame.desk.healths.of(visit.actor, own.destination.id),
        untold_events=await _untold(frame, visit, own),
        event_words=EVENTS,
        destinations={own.destination.id: own.card.name or own.destination.masked_address},
        reasons=REASONS,
        outcome=await outcome_of(frame, visit, own),
        is_public=frame.around.settings.public_url is not None,
        may_edit=visit.actor.may(Permission.WRITE_DESTINATIONS),
        may_retry=visit.actor.may(Permission.RETRY_DELIVERIES),
    )


async def _untold(frame: "Frame", visit: "Visit", own: "OwnDestination") -> "list[Event]":
    """Return the events that a webhook has not taken; none of other channels, which are not called with any."""
    if own.destination.channel is not Channel.WEBHOOK:
        return []
    found = await frame.desk.events.untold(visit.actor, own.destination.id)
    return [msgspec.structs.replace(event, untold=(own.destination.id,)) for event in found]


def _at(own: "OwnDestination") -> str:
    return f"/destinations/{own.destination.id}"
