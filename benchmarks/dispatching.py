"""A dispatcher that sends by a channel whose receivers answer as one says, and messages that it owes them."""

import asyncio
import random
from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

from benchmarks.scripted_channel import ScriptedChannel
from services.notifier.delivery.answers import FOLDER, Answers
from services.notifier.delivery.attempts import Attempts, lease_seconds
from services.notifier.delivery.dispatch import Dispatcher
from services.notifier.delivery.turns import Turns
from shared.errors import Reason
from shared.runtime.members import Everything
from shared.runtime.patience import Patience
from shared.runtime.role import Surroundings
from shared.store.records import Delivery, GroupPlan
from shared.unsubscribe import Unsubscriber
from shared.wire.subscription import Channel, Destination, DestinationState, Subscription

if TYPE_CHECKING:
    from services.notifier.channels.port import ChannelAdapter


def make_dispatcher(around: Surroundings, channel: ScriptedChannel) -> Dispatcher:
    """Return a dispatcher of this one channel."""
    channels: dict[Channel, ChannelAdapter] = {Channel.WEBHOOK: channel}
    patience = Patience("notifier", around.clock, around.metrics, asyncio.Event())
    unsubscriber = Unsubscriber(around.secrets, None)
    answers, chance = Answers(around.settings.data_dir / FOLDER), random.Random(1)
    attempts = Attempts(around, channels, unsubscriber, chance, patience, answers=answers, instance="local")
    turns = Turns(around.store.lanes, hold_seconds=lease_seconds(around.settings))
    return Dispatcher(around, channels, attempts, turns, patience, share=Everything())


async def owe(
    around: Surroundings, messages: Mapping[str, int], *, host: str = "{}.example.cn", failed: Collection[str] = ()
) -> None:
    """Plan so many messages of a subscription to each destination, all due now, one after another in the order of the destinations.

    Args:
        around: where.
        messages: destination → how many.
        host: of a destination, its name in the place of ``{}``.
        failed: destinations that did not answer when they were last called.
    """
    now = around.clock.now()
    destinations = [
        Destination(
            id=name,
            channel=Channel.WEBHOOK,
            address=f"https://{host.format(name)}/hook",
            state=DestinationState.ACTIVE,
            created_at=now,
        )
        for name in messages
    ]
    await asyncio.gather(*map(around.store.destinations.put, destinations))
    subscriptions = [
        Subscription(id=f"of-{name}", profiles=("p",), destinations=(name,), created_at=now) for name in messages
    ]
    await around.store.archive.write("subscriptions", subscriptions)
    deliveries = [
        Delivery(
            id=f"{name}-{page}",
            subscription_id=f"of-{name}",
            destination_id=name,
            channel=Channel.WEBHOOK,
            publication_numbers=(),
            page=page + 1,
            pages=count,
            next_attempt_at=now + timedelta(microseconds=place),
            created_at=now,
            reason=Reason.TIMEOUT if name in failed else None,
        )
        for place, (name, count) in enumerate(messages.items())
        for page in range(count)
    ]
    await around.store.alerts.plan([GroupPlan(deliveries=tuple(deliveries), planned=())])
