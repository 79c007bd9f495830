"""What is done about a mail that did not arrive; doing it again changes nothing."""

from typing import TYPE_CHECKING

from services.notifier.bounces.judging import Weight, judge_bounce
from services.notifier.delivery.disabling import disable
from services.notifier.events.recording import Recorder
from shared.logs import get_logger
from shared.store.records import DeliveryState
from shared.wire.subscription import Channel, DestinationState

if TYPE_CHECKING:
    from services.notifier.bounces.reading import Bounce
    from shared.clock import Clock
    from shared.store.port import Store
    from shared.store.records import Delivery
    from shared.wire.subscription import Destination

SOFT_LIMIT = 5
SOFT_DAYS = 14
"""A mailbox to which so many deliveries failed in so many days is not written to any more."""

_log = get_logger("notifier")


class Settler:
    """Disables destinations that reports say are gone."""

    def __init__(self, store: "Store", clock: "Clock") -> None:
        self._store = store
        self._clock = clock
        self._events = Recorder(store)

    async def settle(self, bounce: "Bounce") -> bool:
        """Act on a report; false when it is about nothing of ours and nothing was done.

        Raises:
            RetryLaterError: it could not be stored.
        """
        delivery = await self._store.deliveries.get(bounce.delivery_id)
        destination = None if delivery is None else await self._store.destinations.get(delivery.destination_id)
        if delivery is None or destination is None or not _concerns(bounce, delivery, destination):
            _log.warning("bounce_of_nobody", delivery=bounce.delivery_id)
            return False
        judgement = judge_bounce(bounce, destination.address)
        reason = None
        if judgement.weight is Weight.HARD:
            reason = f"收到退信。{judgement.sentence}"
        elif judgement.weight is Weight.SOFT and await self._too_often(delivery):
            reason = f"{SOFT_DAYS} 天内有 {SOFT_LIMIT} 封推送被退回，最近一次：{judgement.sentence}。请与收件人确认邮箱能收信，再重新登记。"
        _log.warning(
            "mail_bounced",
            delivery=delivery.id,
            destination=destination.id,
            weight=judgement.weight,
            detail=judgement.sentence,
        )
        if reason is not None and destination.state is not DestinationState.DISABLED:
            await disable(self._store, self._events, destination, reason, self._clock.now())
        return True

    async def _too_often(self, delivery: "Delivery") -> bool:
        # One turn a delivery: the same report read twice counts once. What has no turn left is one too many.
        no_turn_for = await self._store.lanes.take(
            f"bounces:{delivery.destination_id}",
            delivery.id,
            calls=SOFT_LIMIT - 1,
            window_seconds=SOFT_DAYS * 86_400.0,
            hold_seconds=0.0,
        )
        return no_turn_for > 0


def _concerns(bounce: "Bounce", delivery: "Delivery", destination: "Destination") -> bool:
    """Whether the delivery left, to this very address, and nobody has put the destination right since it was planned."""
    left = delivery.state is DeliveryState.SENT or delivery.ambiguous > 0
    return (
        left
        and destination.channel is Channel.EMAIL
        and destination.address.lower() in bounce.failed
        and destination.created_at <= delivery.created_at
    )
