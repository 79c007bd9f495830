"""Messages of an organisation: what they tell, what became of them, and once more where they were given up."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.portal.desk.actor import Permission
from services.portal.desk.cards import Slice
from services.portal.desk.refusals import ConflictError, MissingError, Text
from shared.errors import InvalidInputError, NotFoundError
from shared.store.positions import of_delivery
from shared.store.records import WantedDeliveries

if TYPE_CHECKING:
    from services.portal.desk.actor import Actor
    from services.portal.desk.audit import Audit
    from services.portal.desk.events import Events
    from services.portal.desk.holdings import Holdings
    from shared.filing.events import Event
    from shared.runtime.role import Surroundings
    from shared.store.filed import Position
    from shared.store.records import Alert, Attempt, Delivery, DeliveryState


@dataclass(frozen=True, slots=True)
class Told:
    """A delivery with its attempts, the oldest first; what it tells, in its order; and the events that it was given up."""

    delivery: "Delivery"
    attempts: "list[Attempt]"
    alerts: "list[Alert]"
    events: "list[Event]"


class Deliveries:
    """What can be done with the messages to an organisation's destinations."""

    def __init__(self, around: "Surroundings", audit: "Audit", holdings: "Holdings", events: "Events") -> None:
        self._stored = around.store.deliveries
        self._alerts = around.store.alerts
        self._events = events
        self._clock = around.clock
        self._audit = audit
        self._cards = holdings.destinations

    async def page(
        self,
        actor: "Actor",
        *,
        destination_id: str | None = None,
        subscription_id: str | None = None,
        state: "DeliveryState | None" = None,
        after: "Position | None" = None,
        limit: int = 50,
    ) -> "Slice[Delivery]":
        """Return the organisation's, the newest first.

        Args:
            actor: who asks.
            destination_id: only those to this one.
            subscription_id: only those of this one; to the organisation's destinations they are in any case.
            state: only those that stand so.
            after: where the part before ended.
            limit: at most so many.

        Raises:
            MissingError: there is no such destination, or it is another organisation's.
        """
        actor.need(Permission.READ)
        if destination_id is None:
            ids = tuple(filed.document.id for filed in await self._cards.all(actor))
        else:
            ids = ((await self._cards.own(actor, destination_id)).document.id,)
        wanted = WantedDeliveries(destination_ids=ids, subscription_id=subscription_id, state=state)
        found = await self._stored.recent(wanted, after=after, limit=limit + 1) if ids else []
        return Slice(found[:limit], of_delivery(found[limit - 1]) if len(found) > limit else None)

    async def get(self, actor: "Actor", delivery_id: str) -> Told:
        """Return one with its attempts, what it tells, and what followed.

        Raises:
            MissingError: there is none, or it went to another organisation.
        """
        actor.need(Permission.READ)
        return await self._told(actor, await self._own(actor, delivery_id))

    async def retry(self, actor: "Actor", delivery_id: str) -> Told:
        """Send one that was given up once more.

        Raises:
            MissingError: there is none, or it went to another organisation.
            ConflictError: it was not given up.
        """
        actor.need(Permission.RETRY_DELIVERIES)
        await self._own(actor, delivery_id)
        try:
            await self._stored.retry(delivery_id, now=self._clock.now())
        except NotFoundError as error:
            raise MissingError from error
        except InvalidInputError as error:
            raise ConflictError(
                "not-given-up",
                Text("它没有被放弃，不需要重试。", "It was not given up; there is nothing to send again."),
            ) from error
        await self._audit.record(actor, "delivery.retried", delivery_id)
        return await self._told(actor, await self._own(actor, delivery_id))

    async def _told(self, actor: "Actor", delivery: "Delivery") -> Told:
        attempts = await self._stored.attempts(delivery.id)
        return Told(
            delivery,
            attempts,
            await self._alerts.of_delivery(delivery.id),
            await self._events.of_failures(actor, attempts),
        )

    async def _own(self, actor: "Actor", delivery_id: str) -> "Delivery":
        delivery = await self._stored.get(delivery_id)
        if delivery is None:
            raise MissingError
        await self._cards.own(actor, delivery.destination_id)
        return delivery
