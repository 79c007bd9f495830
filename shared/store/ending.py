"""What the end of an attempt makes of its delivery, the same in every store."""

from typing import TYPE_CHECKING

import msgspec

from shared.store.records import Attempt, Delivery, DeliveryState

if TYPE_CHECKING:
    from datetime import datetime


def ended(
    delivery: Delivery, begun: Attempt, attempt: Attempt, now: "datetime", next_attempt_at: "datetime | None"
) -> Delivery | None:
    """Return a delivery after an attempt, whose outcome is its new state; ``None`` when nothing changes.

    An attempt ends once, but that the vendor took the message is believed at any time. When another process took over
    meanwhile, only the attempt is noted.

    Args:
        delivery: as it is stored.
        begun: the attempt as it is stored.
        attempt: how it ended.
        now: the present moment.
        next_attempt_at: when the delivery is to be tried again, if it is.
    """
    is_sent = attempt.outcome is DeliveryState.SENT
    if begun.outcome is not DeliveryState.SENDING and (begun.outcome is DeliveryState.SENT or not is_sent):
        return None
    if attempt.ambiguous and not begun.ambiguous:
        delivery = msgspec.structs.replace(delivery, ambiguous=delivery.ambiguous + 1)
    if delivery.attempts != attempt.number:
        return delivery
    return msgspec.structs.replace(
        delivery,
        state=attempt.outcome,
        owner=None,
        lease_until=None,
        next_attempt_at=next_attempt_at or delivery.next_attempt_at,
        sent_at=now if is_sent else delivery.sent_at,
        reason=delivery.reason if is_sent else attempt.reason,
        vendor_code=delivery.vendor_code if is_sent else attempt.vendor_code,
        detail=delivery.detail if is_sent else attempt.detail,
    )
