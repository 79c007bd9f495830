"""What is to be done with a group that is due: tell it, let it rest, or drop it; a pure function of what holds now."""

from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec

from services.notifier.planning.timing import ready_at, shift_of
from shared.schedule import parse_quiet, parse_schedule
from shared.wire.subscription import DestinationState

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from services.notifier.channels.port import ChannelAdapter
    from services.notifier.planning.waiting import Group
    from shared.store.records import DueGroup
    from shared.wire.subscription import Channel, Destination, Subscription

RECHECK = timedelta(hours=1)
"""How long what waits for a person rests. Resuming, verifying and repairing make it due at once; this is for what nobody thought of."""


class Tell(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A group that may be told now, and by what."""

    subscription: "Subscription"
    destination: "Destination"
    channel: "ChannelAdapter"

    @property
    def group(self) -> "Group":
        """Its subscription and destination."""
        return self.subscription.id, self.destination.id


def judge(
    group: "DueGroup",
    subscription: "Subscription | None",
    destination: "Destination | None",
    channels: "Mapping[Channel, ChannelAdapter]",
    *,
    now: "datetime",
    zone: "ZoneInfo",
) -> "Tell | datetime | None":
    """Return how to tell it, or until when it rests, or ``None``: nobody is there or wants to be told, drop it.

    Args:
        group: what is due.
        subscription: as it is now, ``None`` when it was removed.
        destination: as it is now, ``None`` when it was removed.
        channels: those that this version has.
        now: the present moment, aware.
        zone: local time of schedules.

    Raises:
        InvalidInputError: the subscription's schedule or quiet hours cannot be read.
    """
    if subscription is None or destination is None:
        return None
    if destination.id not in subscription.destinations or destination.id in subscription.opted_out:
        return None
    channel = channels.get(destination.channel)
    if channel is None:
        return now + RECHECK
    at = told_at(group, subscription, destination, channel, now=now, zone=zone)
    if at is None:
        return now + RECHECK
    return at if at > now else Tell(subscription=subscription, destination=destination, channel=channel)


def told_at(
    group: "DueGroup",
    subscription: "Subscription",
    destination: "Destination",
    channel: "ChannelAdapter",
    *,
    now: "datetime",
    zone: "ZoneInfo",
) -> "datetime | None":
    """Return when the group may be told; ``None``: not before somebody resumes, verifies or repairs something."""
    if subscription.paused or destination.state is not DestinationState.ACTIVE:
        return None
    if destination.muted_until is not None and destination.muted_until > now:
        return destination.muted_until
    return ready_at(
        group.oldest_created_at,
        now,
        schedule=parse_schedule(subscription.schedule),
        quiet=parse_quiet(subscription.quiet),
        zone=zone,
        workdays=subscription.workdays,
        shift_minutes=shift_of(destination.id) if channel.shuns_round_minutes else 0,
    )
