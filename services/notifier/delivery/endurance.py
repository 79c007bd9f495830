"""A destination that has failed for five days is disabled, and whoever gets the same subscription elsewhere is told.

How long it has failed is read from the deliveries, so no restart forgets it, and one that was sent since forgives all.
"""

from datetime import timedelta
from typing import TYPE_CHECKING

from services.notifier.channels.port import Says
from shared.errors import Reason, ZhituiError
from shared.logs import get_logger
from shared.store.records import DeliveryState, WantedDeliveries
from shared.wire.subscription import Channel, DestinationState

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from services.notifier.channels.port import ChannelAdapter
    from services.notifier.delivery.verdict import Verdict
    from shared.runtime.role import Surroundings
    from shared.store.records import Delivery
    from shared.wire.subscription import Destination

LONGEST_FAILURE = timedelta(days=5)

LOOK_EVERY = timedelta(hours=1)
"""For one destination: looking costs a few questions to the store."""

OLDEST = 20
"""So many of the oldest messages are looked at."""

LATELY = timedelta(days=1)

REASON = "连续 5 天发送失败，已自动停用；修好以后请运行 zhitui destination enable"

_FAILURES = frozenset({Reason.TIMEOUT, Reason.UNREACHABLE, Reason.SERVER, Reason.GARBAGE})

_log = get_logger("notifier")


class Endurance:
    """Knows when it is enough."""

    def __init__(self, around: "Surroundings", channels: "Mapping[Channel, ChannelAdapter]") -> None:
        self._around = around
        self._channels = channels
        self._looked_at: dict[str, datetime] = {}

    async def is_over(self, delivery: "Delivery", verdict: "Verdict") -> bool:
        """Return whether the destination of a delivery that just failed has failed for `LONGEST_FAILURE`.

        Where its vendor or our own mail server sent nothing to anybody for a day, no destination is to blame.
        """
        now = self._around.clock.now()
        due = now - self._looked_at.get(delivery.destination_id, now - LOOK_EVERY) >= LOOK_EVERY
        if not due or verdict.reason not in {*_FAILURES, Reason.EXHAUSTED}:
            return False
        self._looked_at[delivery.destination_id] = now
        since = await self._failing_since(delivery.destination_id)
        if since is None or now - since < LONGEST_FAILURE:
            return False
        return delivery.channel is Channel.WEBHOOK or await self._works(delivery.channel, now)

    async def tell(self, delivery: "Delivery", disabled: "Destination") -> None:
        """Tell it by another destination of the subscription, one on another channel first; the console shows it anyhow."""
        store = self._around.store
        subscription = await store.subscriptions.get(delivery.subscription_id)
        others = await store.destinations.many(subscription.destinations if subscription else ())
        told = [
            one for one in others.values() if one.state is DestinationState.ACTIVE and one.address != disabled.address
        ]
        for one in sorted(told, key=lambda one: one.channel is disabled.channel):
            channel = self._channels.get(one.channel)
            if not isinstance(channel, Says):
                continue
            try:
                await channel.say(one, notice(disabled))
            except ZhituiError as error:
                _log.warning("notice_failed", destination=one.id, about=disabled.id, detail=str(error))
                continue
            return

    async def _failing_since(self, destination_id: str) -> "datetime | None":
        deliveries = self._around.store.deliveries
        told = WantedDeliveries(state=DeliveryState.SENT, destination_id=destination_id)
        sent = await deliveries.recent(told, limit=1)
        forgiven_until = sent[0].sent_at if sent else None
        begun: list[datetime] = []
        for state in (DeliveryState.DEAD, DeliveryState.WAITING):
            wanted = WantedDeliveries(
                state=state, destination_id=destination_id, since=sent[0].created_at if sent else None
            )
            for delivery_id in await deliveries.ids(wanted, limit=OLDEST):
                attempts = await deliveries.attempts(delivery_id)
                begun += [one.started_at for one in attempts if one.reason in _FAILURES]
        return min((at for at in begun if forgiven_until is None or at > forgiven_until), default=None)

    async def _works(self, channel: "Channel", now: "datetime") -> bool:
        sent = await self._around.store.deliveries.recent(
            WantedDeliveries(state=DeliveryState.SENT, channel=channel), limit=1
        )
        return bool(sent) and sent[0].sent_at is not None and now - sent[0].sent_at < LATELY


def notice(disabled: "Destination") -> str:
    """Return what is told to others."""
    return (
        f"目的地 {disabled.id}（{disabled.channel}，{disabled.masked_address}）连续 5 天发送失败，已停用，"
        f"它的提醒先存着。修好以后请运行 zhitui destination enable {disabled.id}，等着的会接着发。"
    )
