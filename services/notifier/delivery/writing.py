"""A delivery as the message that its channel is given."""

from typing import TYPE_CHECKING

from services.notifier.channels.port import Frame, Message

if TYPE_CHECKING:
    from shared.runtime.role import Surroundings
    from shared.store.records import Delivery
    from shared.unsubscribe import Unsubscriber
    from shared.wire.subscription import Destination


async def written(
    around: "Surroundings",
    unsubscriber: "Unsubscriber",
    delivery: "Delivery",
    destination: "Destination",
    *,
    repeated: bool,
) -> Message:
    """Return the message of a delivery, the same on every try but for what is said of a repetition.

    Args:
        around: where its alerts lie.
        unsubscriber: makes the address under which it is left.
        delivery: what is sent.
        destination: where to.
        repeated: it may have arrived before, nobody knows.
    """
    alerts = await around.store.alerts.of_delivery(delivery.id)
    frame = Frame(
        subscription_id=delivery.subscription_id,
        count=len(alerts),
        page=delivery.page,
        pages=delivery.pages,
        left_out=delivery.left_out,
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
