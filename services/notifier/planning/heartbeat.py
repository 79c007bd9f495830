"""The note that somebody is still watched for: who asked for it hears it when nothing else came for a month. Pure.

It is planned as a message without publications, of a destination, whichever of its subscriptions asked; being told anything at
all begins the month anew, and so does the note itself.
"""

import calendar
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from services.notifier.planning.timing import MORNING, open_at
from shared.ids import stable_id
from shared.schedule import parse_quiet
from shared.store.records import Delivery, Notice

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

    from shared.wire.subscription import Destination, Subscription

_DECEMBER = 12


def wants_notes(subscription: "Subscription") -> bool:
    """Whether a subscription asks for it now."""
    return subscription.heartbeat and not subscription.paused


def note_at(
    subscriptions: "Sequence[Subscription]",
    told_at: datetime | None,
    *,
    muted_until: datetime | None,
    now: datetime,
    zone: "ZoneInfo",
) -> datetime:
    """Return when a destination is told that nothing is new; it is due when this is not after ``now``.

    Args:
        subscriptions: that ask for it, not empty; the first one's quiet hours and days off hold.
        told_at: when the newest message to the destination was planned; ``None``: there was none yet.
        muted_until: silence that its people asked for.
        now: the present moment, aware.
        zone: local time.

    Raises:
        InvalidInputError: the quiet hours cannot be read.
    """
    first = subscriptions[0]
    since = told_at or min(subscription.created_at for subscription in subscriptions)
    moments = (month_after(since, zone), now, muted_until or now)
    return open_at(max(moments), parse_quiet(first.quiet), zone, workdays=first.workdays)


def make_note(
    subscriptions: "Sequence[Subscription]", destination: "Destination", *, now: datetime, zone: "ZoneInfo"
) -> Delivery:
    """Plan the note; of one destination there is one a month, whoever plans it."""
    return Delivery(
        id=stable_id("d", destination.id, "heartbeat", now.astimezone(zone).strftime("%Y-%m")),
        subscription_id=subscriptions[0].id,
        destination_id=destination.id,
        channel=destination.channel,
        publication_numbers=(),
        notice=Notice.HEARTBEAT,
        next_attempt_at=now,
        created_at=now,
    )


def month_after(moment: datetime, zone: "ZoneInfo") -> datetime:
    """Return the morning of the same day of the next month, of its last day where there is no such one; aware, in UTC."""
    day = moment.astimezone(zone).date()
    year, month = (day.year + 1, 1) if day.month == _DECEMBER else (day.year, day.month + 1)
    last = calendar.monthrange(year, month)[1]
    return datetime.combine(date(year, month, min(day.day, last)), MORNING, zone).astimezone(UTC)
