"""How destinations do: when something last arrived, since when nothing does, and why."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.portal.desk.actor import Permission
from shared.store.records import DeliveryState, WantedDeliveries

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from services.portal.desk.actor import Actor
    from services.portal.desk.holdings import Holdings
    from shared.errors import Reason
    from shared.filing.destination_cards import DestinationCard
    from shared.runtime.role import Surroundings
    from shared.store.records import Delivery

LOOKED_AT = 200
"""The newest messages of an organisation, or of one destination."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """Of one destination, as far as its newest messages tell.

    Attributes:
        sent_at: when the last message arrived, ``None``: none did lately.
        failing_since: when the oldest message was planned that was tried in vain since then; ``None``: none was.
        reason, detail: of the newest failure; ``detail`` is in Chinese.
        waiting: messages that wait or are being sent.
        given_up: messages that a person must send again.
    """

    sent_at: "datetime | None" = None
    failing_since: "datetime | None" = None
    reason: "Reason | None" = None
    detail: str = ""
    waiting: int = 0
    given_up: int = 0


class Healths:
    """Looks at messages that were sent or not."""

    def __init__(self, around: "Surroundings", holdings: "Holdings") -> None:
        self._stored = around.store.deliveries
        self._cards = holdings.destinations

    async def overview(self, actor: "Actor", cards: "Sequence[DestinationCard]") -> dict[str, Health]:
        """Return those of these destinations to which messages went lately, in one question to the store.

        Args:
            actor: who asks.
            cards: of the organisation's own; another's are passed over.
        """
        actor.need(Permission.READ)
        ids = tuple(card.id for card in cards if card.organisation_id == actor.organisation_id)
        if not ids:
            return {}
        found = await self._stored.recent(WantedDeliveries(destination_ids=ids), limit=LOOKED_AT)
        by_destination: dict[str, list[Delivery]] = {}
        for delivery in found:
            by_destination.setdefault(delivery.destination_id, []).append(delivery)
        return {one: health_of(deliveries) for one, deliveries in by_destination.items()}

    async def of(self, actor: "Actor", destination_id: str) -> Health:
        """Return one.

        Raises:
            MissingError: there is no such destination, or it is another organisation's.
        """
        actor.need(Permission.READ)
        card = (await self._cards.own(actor, destination_id)).document
        found = await self._stored.recent(WantedDeliveries(destination_ids=(card.id,)), limit=LOOKED_AT)
        return health_of(found)


def health_of(deliveries: "Sequence[Delivery]") -> Health:
    """Return what messages of one destination tell, the newest of them first."""
    sent_at = max((one.sent_at for one in deliveries if one.sent_at), default=None)
    failing = [one for one in _unsent(deliveries) if one.reason and (sent_at is None or one.created_at >= sent_at)]
    return Health(
        sent_at=sent_at,
        failing_since=min((one.created_at for one in failing), default=None),
        reason=failing[0].reason if failing else None,
        detail=(failing[0].detail or "") if failing else "",
        waiting=sum(one.state in {DeliveryState.WAITING, DeliveryState.SENDING} for one in deliveries),
        given_up=sum(one.state in {DeliveryState.DEAD, DeliveryState.HELD} for one in deliveries),
    )


def _unsent(deliveries: "Iterable[Delivery]") -> "list[Delivery]":
    return [one for one in deliveries if one.state is not DeliveryState.SENT]
