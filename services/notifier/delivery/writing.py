"""A delivery as the message that its channel is given."""

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from services.notifier.channels.port import Frame, Message
from services.notifier.channels.sections import Section
from services.notifier.delivery.verdict import recognised
from shared.store.records import Remark
from shared.wording.sections import Shown, shown_once

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from services.notifier.channels.port import ChannelAdapter
    from services.notifier.delivery.needed import Needed
    from shared.runtime.role import Surroundings
    from shared.store.records import Delivery
    from shared.unsubscribe import Unsubscriber
    from shared.wire.subscription import Destination


async def written(
    around: "Surroundings",
    unsubscriber: "Unsubscriber",
    delivery: "Delivery",
    destination: "Destination",
    channel: "ChannelAdapter",
    *,
    needs: "Needed",
    left: "Collection[str]" = (),
) -> Message:
    """Return the message of a delivery, the same on every try but for what is said of a repetition: nobody knows whether it arrived.

    The subscriptions' names are those of today, should their people have changed them.

    Args:
        around: where its attempts lie.
        unsubscriber: makes the address under which it is left.
        delivery: what is sent.
        destination: where to.
        channel: knows what its receiver recognises.
        needs: what it tells, and what its subscriptions are called.
        left: those of its subscriptions of which nothing is said, as they were removed or left since; never all.
    """
    at = delivery.sent_at or around.clock.now()
    repeated = delivery.ambiguous > 0 and not await is_recognised(around, channel, delivery.id, at)
    ids = [one for one in delivery.sections if one not in left]
    sections = [_section(around, unsubscriber, delivery, one, needs.names.get(one)) for one in ids]
    told = [alert for alert in needs.alerts if alert.key.subscription_id not in left]
    first, *others = sections
    is_one = not others
    shown = Shown(tuple(told)) if is_one else shown_once(told)
    frame = Frame(
        subscription_id=first.subscription_id,
        name=first.name,
        count=len(shown.alerts),
        page=delivery.page,
        pages=delivery.pages,
        left_out=sum(section.left_out for section in sections),
        list_url=first.list_url if is_one else None,
        notice=first.notice if is_one else None,
        unsubscribe_url=unsubscriber.url(ids[0], destination.id, *ids[1:]),
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


def _section(
    around: "Surroundings", unsubscriber: "Unsubscriber", delivery: "Delivery", subscription_id: str, name: str | None
) -> Section:
    """Return what a delivery says of one of its subscriptions; only one that is an organisation's has a name and a list."""
    if delivery.subscription_ids:
        said = next(
            (one for one in delivery.remarks or () if one.subscription_id == subscription_id),
            Remark(subscription_id=subscription_id),
        )
    else:
        said = Remark(subscription_id=subscription_id, left_out=delivery.left_out, notice=delivery.notice)
    return Section(
        subscription_id=subscription_id,
        name=name or "",
        left_out=said.left_out,
        notice=said.notice,
        list_url=_list_url(around, subscription_id) if said.left_out and name is not None else None,
        unsubscribe_url=unsubscriber.url(subscription_id, delivery.destination_id),
    )


def _list_url(around: "Surroundings", subscription_id: str) -> str | None:
    """Return the page of the console with everything that the subscription tells."""
    base = around.settings.public_url
    return base and f"{base.rstrip('/')}/inbox?{urlencode({'subscription': subscription_id})}"


async def is_recognised(around: "Surroundings", channel: "ChannelAdapter", delivery_id: str, at: "datetime") -> bool:
    """Return whether a repetition of a delivery at that moment would be known as one; see `recognised`."""
    if isinstance(channel.idempotent, bool):
        return channel.idempotent
    return recognised(channel.idempotent, await around.store.deliveries.attempts(delivery_id), at)
