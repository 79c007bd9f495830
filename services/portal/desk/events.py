"""What happened to an organisation's messages: read again by programs that were away, and told them again where a person asks for it."""

from typing import TYPE_CHECKING

from services.portal.desk.actor import Permission
from services.portal.desk.cards import Slice, position
from services.portal.desk.refusals import ConflictError, MissingError, Text
from shared.filing.event_calls import EVENT_CALLS, EventCall, call_id
from shared.filing.events import EVENTS, Event, failure_id
from shared.filing.orders import by_moment
from shared.store.filed import Position
from shared.store.records import DeliveryState
from shared.wire.subscription import DestinationState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from services.portal.desk.actor import Actor
    from services.portal.desk.audit import Audit
    from shared.runtime.role import Surroundings
    from shared.store.records import Attempt

LOOKED_AT = 200
"""Of the newest events, where those that one webhook did not take are looked for."""


class Events:
    """The events of an organisation, as long as they are kept."""

    def __init__(self, around: "Surroundings", audit: "Audit") -> None:
        self._shelf = around.store.shelf(EVENTS)
        self._calls = around.store.shelf(EVENT_CALLS)
        self._destinations = around.store.destinations
        self._clock = around.clock
        self._audit = audit

    async def page(
        self, actor: "Actor", *, since: "datetime | None" = None, after: "Position | None" = None, limit: int = 50
    ) -> Slice[Event]:
        """Return them, the oldest first.

        Args:
            actor: who asks.
            since: begin with what happened at this moment or later.
            after: where the part before ended.
            limit: at most so many.
        """
        actor.need(Permission.READ)
        if after is None and since is not None:
            after = Position(by_moment(since), "")
        found = await self._shelf.page(actor.organisation_id, after=after, limit=limit + 1)
        shown = [filed.document for filed in found[:limit]]
        return Slice(shown, position(EVENTS, shown[-1]) if len(found) > limit else None)

    async def untold(self, actor: "Actor", destination_id: str) -> list[Event]:
        """Return what this webhook is owed and has not taken, the newest first; of the newest `LOOKED_AT` events."""
        actor.need(Permission.READ)
        found = await self._shelf.page(actor.organisation_id, limit=LOOKED_AT, newest_first=True)
        return [filed.document for filed in found if destination_id in filed.document.untold]

    async def of_failures(self, actor: "Actor", attempts: "Sequence[Attempt]") -> list[Event]:
        """Return the events that a message was given up, the oldest first, as long as they are kept."""
        actor.need(Permission.READ)
        ids = [failure_id(one.delivery_id, one.number) for one in attempts if one.outcome is DeliveryState.DEAD]
        found = await self._shelf.many(ids) if ids else {}
        events = (found[one].document for one in ids if one in found)
        return [event for event in events if event.organisation_id == actor.organisation_id]

    async def retry(self, actor: "Actor", event_id: str) -> Event:
        """Have the webhooks that did not take an event called with it, for another day.

        Raises:
            MissingError: there is no such event any more, or it is another organisation's.
            ConflictError: all have taken it, or those that have not are switched off.
        """
        actor.need(Permission.RETRY_DELIVERIES)
        filed = await self._shelf.get(event_id)
        if filed is None or filed.document.organisation_id != actor.organisation_id:
            raise MissingError
        event = filed.document
        found = await self._destinations.many(event.untold)
        receivers = [one.id for one in found.values() if one.state is DestinationState.ACTIVE]
        if not receivers:
            raise ConflictError(
                "nobody-to-tell",
                Text(
                    "没有要再通知的：对方都已收下，或接收方已停用（先重新启用）。",
                    "There is nobody to tell: all have taken it, or those that have not are switched off; switch them on first.",
                ),
            )
        for receiver in receivers:
            await self._call(event, receiver)
        await self._audit.record(actor, "event.retried", event_id)
        return event

    async def _call(self, event: Event, receiver: str) -> None:
        now = self._clock.now()
        call = EventCall(id=call_id(event.id, receiver), event=event, destination_id=receiver, due_at=now, asked_at=now)
        if not await self._calls.add([call]) and (there := await self._calls.get(call.id)) is not None:
            # One is under way: it is made at once. Whoever is just making it has the last word on when the next one is.
            await self._calls.replace(call, revision=there.revision)
