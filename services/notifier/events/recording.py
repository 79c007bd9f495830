"""Events are written down with whom they are owed to, then the calls, once each, before what they tell of is settled."""

from typing import TYPE_CHECKING

from shared.filing.destination_cards import DESTINATION_CARDS
from shared.filing.event_calls import EVENT_CALLS, EventCall, call_id
from shared.filing.events import EVENTS, Event, EventType, failure_id
from shared.ids import stable_id
from shared.wire.subscription import Channel, DestinationState

if TYPE_CHECKING:
    from datetime import datetime

    from shared.store.port import Store
    from shared.store.records import Attempt, Delivery

MOST_DESTINATIONS = 200
"""More than an organisation may have."""


class Recorder:
    """Writes events of organisations down; what the operator made by command has no organisation, and no events."""

    def __init__(self, store: "Store") -> None:
        self._cards = store.shelf(DESTINATION_CARDS)
        self._events = store.shelf(EVENTS)
        self._calls = store.shelf(EVENT_CALLS)
        self._destinations = store.destinations

    async def given_up(self, delivery: "Delivery", attempt: "Attempt", now: "datetime") -> None:
        """Note that a delivery is dead after this attempt; noted again, it is one event.

        Raises:
            RetryLaterError: the store does not take it.
        """
        await self._note(
            failure_id(delivery.id, attempt.number),
            EventType.DELIVERY_FAILED,
            now,
            delivery.destination_id,
            delivery=delivery,
            reason=None if attempt.reason is None else attempt.reason.value,
            detail=attempt.detail,
        )

    async def disabled(self, destination_id: str, reason: str, now: "datetime") -> None:
        """Note that a destination was switched off; of several notes within an hour one is an event. Raises as `given_up`."""
        hour = now.strftime("%Y-%m-%dT%H")
        await self._note(
            stable_id("ev", EventType.DESTINATION_DISABLED, destination_id, hour),
            EventType.DESTINATION_DISABLED,
            now,
            destination_id,
            detail=reason,
        )

    async def _note(
        self,
        event_id: str,
        kind: EventType,
        now: "datetime",
        destination_id: str,
        *,
        delivery: "Delivery | None" = None,
        reason: str | None = None,
        detail: str | None = None,
    ) -> None:
        card = await self._cards.get(destination_id)
        if card is None:
            return
        event = Event(
            id=event_id,
            organisation_id=card.document.organisation_id,
            type=kind,
            at=now,
            destination_id=destination_id,
            delivery_id=None if delivery is None else delivery.id,
            publication_numbers=() if delivery is None else delivery.publication_numbers,
            reason=reason,
            detail=detail,
            untold=await self._receivers(card.document.organisation_id, destination_id),
        )
        # The event first: whoever comes again after a crash owes the calls that it still names, and no other.
        if not await self._events.add([event]) and (there := await self._events.get(event_id)) is not None:
            event = there.document
        for receiver in event.untold:
            await self._calls.add(
                [EventCall(id=call_id(event.id, receiver), event=event, destination_id=receiver, due_at=now)]
            )

    async def _receivers(self, organisation_id: str, about: str) -> tuple[str, ...]:
        """Return an organisation's webhooks that work, but for the one that the event is about."""
        cards = await self._cards.page(organisation_id, limit=MOST_DESTINATIONS)
        found = await self._destinations.many([card.document.id for card in cards])
        return tuple(
            one.id
            for one in found.values()
            if one.channel is Channel.WEBHOOK and one.state is DestinationState.ACTIVE and one.id != about
        )
