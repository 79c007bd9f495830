"""A delivery as the message that its channel is given."""

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from services.notifier.channels.port import Frame, Message
from services.notifier.channels.sections import Section
from services.notifier.delivery.verdict import recognised
from shared.filing.subscription_cards import SUBSCRIPTION_CARDS
from shared.store.records import Remark
from shared.wording.sections import Shown, shown_once

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
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
    left: "Collection[str]" = (),
) -> Message:
    """Return the message of a delivery, the same on every try but for what is said of a repetition: nobody knows whether it arrived.

    Args:
        around: where its attempts lie.
        unsubscriber: makes the address under which it is left.
        delivery: what is sent.
        destination: where to.
        channel: knows what its receiver recognises.
        alerts: what it tells, in its order.
        left: those of its subscriptions of which nothing is said, as they were removed or left since; never all.
    """
    at = delivery.sent_at or around.clock.now()
    repeated = delivery.ambiguous > 0 and not await is_recognised(around, channel, delivery.id, at)
    sections = [
        await _section(around, unsubscriber, delivery, subscription_id)
        for subscription_id in delivery.sections
        if subscription_id not in left
    ]
    told = [alert for alert in alerts if alert.key.subscription_id not in left]
    first, *others = sections
    is_one = not others
    shown = Shown(tuple(told)) if is_one else shown_once(told)
    frame = Frame(
        subscription_id=first.subscription_id,
        count=len(shown.alerts),
        page=delivery.page,
        pages=delivery.pages,
        left_out=sum(section.left_out for section in sections),
        list_url=first.list_url if is_one else None,
        notice=first.notice if is_one else None,
        unsubscribe_url=unsubscriber.url(
            first.subscription_id, destination.id, *(section.subscription_id for section in others)
        ),
        repeated=repeated,
        sections=() if is_one else tuple(sections),
        told_by=None if is_one else shown.told_by,
    )
    return Message(
        id=delivery.id,
        destination=destination,
        frame=frame,
        alerts=shown.alerts,
        created_at=delivery.created_at.astimezone(around.settings.zone),
    )


async def _section(
    around: "Surroundings", unsubscriber: "Unsubscriber", delivery: "Delivery", subscription_id: str
) -> Section:
    if delivery.subscription_ids:
        said = next(
            (one for one in delivery.remarks or () if one.subscription_id == subscription_id),
            Remark(subscription_id=subscription_id),
        )
    else:
        said = Remark(subscription_id=subscription_id, left_out=delivery.left_out, notice=delivery.notice)
    return Section(
        subscription_id=subscription_id,
        left_out=said.left_out,
        notice=said.notice,
        list_url=await _list_url(around, subscription_id) if said.left_out else None,
        unsubscribe_url=unsubscriber.url(subscription_id, delivery.destination_id),
    )


async def _list_url(around: "Surroundings", subscription_id: str) -> str | None:
    """Return the page of the console with everything that the subscription tells."""
    base = around.settings.public_url
    if base is None or await around.store.shelf(SUBSCRIPTION_CARDS).get(subscription_id) is None:
        return None
    return f"{base.rstrip('/')}/inbox?{urlencode({'subscription': subscription_id})}"


async def is_recognised(around: "Surroundings", channel: "ChannelAdapter", delivery_id: str, at: "datetime") -> bool:
    """Return whether a repetition of a delivery at that moment would be known as one; see `recognised`."""
    if isinstance(channel.idempotent, bool):
        return channel.idempotent
    return recognised(channel.idempotent, await around.store.deliveries.attempts(delivery_id), at)
