"""Messages of an organisation: what became of them, and once more where they were given up."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from services.portal.desk.actor import Permission
from services.portal.desk.cards import Slice
from services.portal.desk.refusals import ConflictError, MissingError, Text
from shared.errors import InvalidInputError, NotFoundError
from shared.filing.orders import by_moment, moment_in
from shared.store.filed import Position
from shared.store.records import WantedDeliveries

if TYPE_CHECKING:
    from services.portal.desk.actor import Actor
    from services.portal.desk.audit import Audit
    from services.portal.desk.holdings import Holdings
    from shared.runtime.role import Surroundings
    from shared.store.records import Attempt, Delivery, DeliveryState

_TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Told:
    """A delivery with its attempts, the oldest first."""

    delivery: "Delivery"
    attempts: "list[Attempt]"


class Deliveries:
    """What can be done with the messages to an organisation's destinations."""

    def __init__(self, around: "Surroundings", audit: "Audit", holdings: "Holdings") -> None:
        self._stored = around.store.deliveries
        self._clock = around.clock
        self._audit = audit
        self._cards = holdings.destinations

    async def page(
        self,
        actor: "Actor",
        *,
        destination_id: str | None = None,
        state: "DeliveryState | None" = None,
        after: Position | None = None,
        limit: int = 50,
    ) -> "Slice[Delivery]":
        """Return the organisation's, the newest first.

        Args:
            actor: who asks.
            destination_id: only those to this one.
            state: only those that stand so.
            after: where the part before ended.
            limit: at most so many.

        Raises:
            MissingError: there is no such destination, or it is another organisation's.
        """
        actor.need(Permission.READ)
        if destination_id is None:
            ids = [filed.document.id for filed in await self._cards.all(actor)]
        else:
            ids = [(await self._cards.own(actor, destination_id)).document.id]
        parts = await asyncio.gather(*(self._newest(one, state, after, limit + 1) for one in ids))
        found = sorted((delivery for part in parts for delivery in part), key=_place, reverse=True)
        return Slice(found[:limit], Position(*_place(found[limit - 1])) if len(found) > limit else None)

    async def get(self, actor: "Actor", delivery_id: str) -> Told:
        """Return one with its attempts.

        Raises:
            MissingError: there is none, or it went to another organisation.
        """
        actor.need(Permission.READ)
        return Told(await self._own(actor, delivery_id), await self._stored.attempts(delivery_id))

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
        return Told(await self._own(actor, delivery_id), await self._stored.attempts(delivery_id))

    async def _own(self, actor: "Actor", delivery_id: str) -> "Delivery":
        delivery = await self._stored.get(delivery_id)
        if delivery is None:
            raise MissingError
        await self._cards.own(actor, delivery.destination_id)
        return delivery

    async def _newest(
        self, destination_id: str, state: "DeliveryState | None", after: Position | None, limit: int
    ) -> "list[Delivery]":
        """Return a destination's newest behind a position; pages of one digest share their moment, so ids decide."""
        before = None if after is None else moment_in(after.order) + _TICK
        asked = limit
        while True:
            wanted = WantedDeliveries(destination_id=destination_id, state=state, before=before)
            found = await self._stored.recent(wanted, limit=asked)
            behind = [one for one in found if after is None or _place(one) < (after.order, after.id)]
            if len(found) < asked:
                return behind
            whole = [one for one in behind if one.created_at > found[-1].created_at]  # the last moment may have more
            if len(whole) >= limit:
                return whole
            asked *= 2


def _place(delivery: "Delivery") -> tuple[str, str]:
    return by_moment(delivery.created_at), delivery.id
