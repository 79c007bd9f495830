"""Who of a message's subscriptions still wants it, and when a retry suits all of them: judged anew at each attempt."""

from typing import TYPE_CHECKING

from services.notifier.planning.heartbeat import wants_notes
from services.notifier.planning.timing import open_at
from shared.errors import InvalidInputError, Reason, RefusedMessageError
from shared.schedule import parse_quiet
from shared.store.records import Notice

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from shared.store.records import Alert, Delivery
    from shared.wire.subscription import Subscription


def left_since(
    delivery: "Delivery", wanted: "Mapping[str, Subscription | None]", alerts: "Sequence[Alert]"
) -> frozenset[str]:
    """Return the subscriptions of which the message says nothing any more; none where nothing would remain of it.

    Args:
        delivery: what is sent.
        wanted: its subscriptions as they are now, ``None`` where one was removed.
        alerts: what it tells.
    """
    gone = frozenset(one for one, subscription in wanted.items() if _why_not(delivery, subscription))
    stays = {alert.key.subscription_id for alert in alerts} - gone
    return gone if stays else frozenset()


def still_wanted(delivery: "Delivery", wanted: "Mapping[str, Subscription | None]", left: "Collection[str]") -> None:
    """Let a message pass of which something remains.

    Args:
        delivery: what is sent.
        wanted: see `left_since`.
        left: what that returned.

    Raises:
        RefusedMessageError: nobody wants it any more.
    """
    if left:
        return
    for why in filter(None, (_why_not(delivery, subscription) for subscription in wanted.values())):
        raise RefusedMessageError(why, reason=Reason.GONE)


def opens_at(moment: "datetime", subscriptions: "Iterable[Subscription]", zone: "ZoneInfo") -> "datetime":
    """Return the first moment from then on that lies in nobody's quiet hours and days off."""
    strict = [subscription for subscription in subscriptions if subscription.quiet or subscription.workdays]
    for _ in range(len(strict) + 1):
        before = moment
        for subscription in strict:
            moment = _open_at(moment, subscription, zone)
        if moment == before:
            break
    return moment


def _open_at(moment: "datetime", subscription: "Subscription", zone: "ZoneInfo") -> "datetime":
    try:
        quiet = parse_quiet(subscription.quiet)
    except InvalidInputError:
        return moment  # whoever plans its next message says what is wrong
    return open_at(moment, quiet, zone, workdays=subscription.workdays)


def _why_not(delivery: "Delivery", subscription: "Subscription | None") -> str:
    if subscription is None or delivery.destination_id not in subscription.destinations:
        return "订阅已删除，或不再推送到这个目的地"
    if delivery.destination_id in subscription.opted_out:
        return "收件人已退订"
    if delivery.notice is Notice.HEARTBEAT and not wants_notes(subscription):
        return "订阅不再要“没有新命中”的提示"
    return ""
