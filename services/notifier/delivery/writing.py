"""A delivery as the message that its channel is given."""

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from services.notifier.channels.port import NAME_CHARACTERS, Frame, Message
from services.notifier.delivery.verdict import recognised
from shared.filing.subscription_cards import SUBSCRIPTION_CARDS
from shared.wording.items import one_line, shorten

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from services.notifier.channels.port import ChannelAdapter
    from shared.runtime.role import Surroundings
    from shared.store.records import Alert, Delivery
    from shared.unsubscribe import Unsubscriber
    from shared.wire.subscription import Destination


async def written(
    around: "Surroundings",
    unsubscriber: "Unsubscriber",
    delivery: "Delivery",
    destination: "Destination",
    channel: "ChannelAdapter",
    *,
    alerts: "Sequence[Alert]",
) -> Message:
    """Return the message of a delivery, the same on every try but for what is said of a repetition: nobody knows whether it arrived.

    The subscription's name is that of today, should its people have changed it.

    Args:
        around: where its attempts lie.
        unsubscriber: makes the address under which it is left.
        delivery: what is sent.
        destination: where to.
        channel: knows what its receiver recognises.
        alerts: what it tells, in its order.
    """
    at = delivery.sent_at or around.clock.now()
    repeated = delivery.ambiguous > 0 and not await is_recognised(around, channel, delivery.id, at)
    card = await around.store.shelf(SUBSCRIPTION_CARDS).get(delivery.subscription_id)
    frame = Frame(
        subscription_id=delivery.subscription_id,
        name=shorten(one_line(card.document.name), NAME_CHARACTERS) if card else "",
        count=len(alerts),
        page=delivery.page,
        pages=delivery.pages,
        left_out=delivery.left_out,
        list_url=_list_url(around, delivery) if delivery.left_out and card else None,
        notice=delivery.notice,
        unsubscribe_url=unsubscriber.url(delivery.subscription_id, delivery.destination_id),
        repeated=repeated,
    )
    return Message(
        id=delivery.id,
        destination=destination,
        frame=frame,
        alerts=tuple(alerts),
        created_at=delivery.created_at.astimezone(around.settings.zone),
    )


def _list_url(around: "Surroundings", delivery: "Delivery") -> str | None:
    """Return the page of the console with everything that the subscription tells."""
    base = around.settings.public_url
    return base and f"{base.rstrip('/')}/inbox?{urlencode({'subscription': delivery.subscription_id})}"


async def is_recognised(around: "Surroundings", channel: "ChannelAdapter", delivery_id: str, at: "datetime") -> bool:
    """Return whether a repetition of a delivery at that moment would be known as one; see `recognised`."""
    if isinstance(channel.idempotent, bool):
        return channel.idempotent
    return recognised(channel.idempotent, await around.store.deliveries.attempts(delivery_id), at)
