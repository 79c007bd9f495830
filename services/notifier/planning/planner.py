"""From waiting alerts to deliveries: which are told, which are left out, on which pages."""

from typing import TYPE_CHECKING

from services.notifier.channels.port import Frame
from services.notifier.planning.flood import SUMMARY
from shared.ids import stable_id
from shared.store.records import Delivery, GroupPlan, Notice

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from services.notifier.channels.port import ChannelAdapter
    from shared.store.records import Alert, AlertKey
    from shared.wire.subscription import Destination, Subscription


def make_plan(
    alerts: "Sequence[Alert]",
    subscription: "Subscription",
    destination: "Destination",
    channel: "ChannelAdapter",
    *,
    now: "datetime",
    unsubscribe_url: str | None,
    notice: Notice | None = None,
) -> GroupPlan:
    """Plan the deliveries that tell these alerts, the best first.

    Args:
        alerts: what waits, not empty, in any order.
        subscription: whose cap and id count.
        destination: where they go.
        channel: knows how much goes into one message.
        now: when the deliveries are created and due.
        unsubscribe_url: shown in every message.
        notice: what every message explains about itself; of a flood only the best `SUMMARY` are told where there is no cap.

    Returns:
        One delivery a page; its id is the same whenever the same alerts are planned.
    """
    best_first = sorted(alerts, key=lambda alert: (-alert.score, alert.key.publication_number))
    cap = SUMMARY if subscription.cap is None and notice is Notice.FLOOD else subscription.cap
    told = best_first[:cap]
    left_out = best_first[len(told) :]
    frame = Frame(
        subscription_id=subscription.id,
        left_out=len(left_out),
        count=len(told),
        unsubscribe_url=unsubscribe_url,
        notice=notice,
    )
    pages = channel.paginate(destination, frame, told)
    deliveries: list[Delivery] = []
    planned: list[tuple[AlertKey, str]] = []
    for index, page in enumerate(pages, start=1):
        numbers = tuple(alert.key.publication_number for alert in page)
        delivery = Delivery(
            id=stable_id("d", destination.id, subscription.id, *sorted(numbers)),
            subscription_id=subscription.id,
            destination_id=destination.id,
            channel=destination.channel,
            publication_numbers=numbers,
            page=index,
            pages=len(pages),
            left_out=len(left_out) if index == len(pages) else 0,
            notice=notice,
            next_attempt_at=now,
            created_at=now,
        )
        deliveries.append(delivery)
        planned.extend((alert.key, delivery.id) for alert in page)
    return GroupPlan(
        deliveries=tuple(deliveries),
        planned=tuple(planned),
        over_cap=tuple(alert.key for alert in left_out),
    )
