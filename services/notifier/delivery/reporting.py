"""What operators see of attempts that ended: metrics and a line in the log."""

from typing import TYPE_CHECKING

from shared.logs import get_logger
from shared.store.records import DeliveryState

if TYPE_CHECKING:
    from datetime import datetime

    from shared.metrics import Metrics
    from shared.store.records import Attempt, Delivery

_log = get_logger("notifier")


def report(metrics: "Metrics", delivery: "Delivery", ended: "Attempt", next_attempt_at: "datetime | None") -> None:
    """Count an attempt that ended, and log how: with ids and the vendor's words, never an address.

    Args:
        metrics: where it is counted.
        delivery: what was sent.
        ended: how it went.
        next_attempt_at: when it is tried again, where it is.
    """
    outcome = "sent" if ended.outcome is DeliveryState.SENT else str(ended.reason)
    metrics.notifier_attempts.labels(delivery.channel, outcome).inc()
    if ended.duration_seconds is not None:
        metrics.notifier_send_seconds.labels(delivery.channel).observe(ended.duration_seconds)
    if ended.outcome is DeliveryState.DEAD:
        metrics.notifier_dead.labels(delivery.channel, outcome).inc()
    if ended.ambiguous:
        policy = "hold" if ended.outcome is DeliveryState.HELD else "resend"
        metrics.notifier_ambiguous.labels(delivery.channel, policy).inc()
    about = {
        "delivery": delivery.id,
        "subscription": ",".join(delivery.sections),
        "destination": delivery.destination_id,
        "channel": delivery.channel,
        "attempt": ended.number,
    }
    if ended.outcome is DeliveryState.SENT and not ended.detail:
        _log.info("delivery_sent", **about, message_id=ended.message_id)
    elif ended.outcome is DeliveryState.SENT:
        # Who is missed stands in the attempt only.
        _log.warning("delivery_partial", **about, message_id=ended.message_id)
    else:
        _log.warning(
            "delivery_failed",
            **about,
            state=ended.outcome,
            reason=ended.reason,
            vendor_code=ended.vendor_code,
            detail=ended.detail,
            next_attempt_at=next_attempt_at and next_attempt_at.isoformat(),
        )
