"""A dispatcher on a real store that sends by a channel whose receivers answer as the test says."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from services.notifier.delivery.attempts import Attempts, lease_seconds
from services.notifier.delivery.dispatch import Dispatcher
from services.notifier.delivery.turns import Turns
from shared.backends import open_backends
from shared.clock import SystemClock
from shared.metrics import Metrics
from shared.runtime.members import Everything
from shared.runtime.patience import Patience
from shared.runtime.role import Surroundings
from shared.secret_box import open_secret_box
from shared.settings import load_settings
from shared.store.records import Delivery, GroupPlan
from shared.unsubscribe import Unsubscriber
from shared.wire.subscription import Channel, Destination, DestinationState, Subscription
from tests.integration.notifier.scripted_channel import ScriptedChannel

if TYPE_CHECKING:
    from services.notifier.channels.port import ChannelAdapter


class LeapingClock(SystemClock):
    """The machine's clock, ahead by as much as a test says."""

    ahead = timedelta()

    def now(self) -> datetime:
        """Return the moment."""
        return super().now() + self.ahead


@dataclass
class Sending:
    """What a test of the dispatcher turns and looks at."""

    around: Surroundings
    clock: LeapingClock
    channel: ScriptedChannel
    dispatcher: Dispatcher

    async def owe(self, messages: dict[str, int], *, host: str = "{}.example.cn") -> None:
        """Plan so many messages to each destination, all due now, one after another in the order of the destinations."""
        now = self.around.clock.now()
        for name in messages:
            destination = Destination(
                id=name,
                channel=Channel.WEBHOOK,
                address=f"https://{host.format(name)}/hook",
                state=DestinationState.ACTIVE,
                created_at=now,
            )
            await self.around.store.destinations.put(destination)
        await self.around.store.subscriptions.put(
            Subscription(id="s", profiles=("p",), destinations=tuple(messages), created_at=now)
        )
        deliveries = [
            Delivery(
                id=f"{name}-{page}",
                subscription_id="s",
                destination_id=name,
                channel=Channel.WEBHOOK,
                publication_numbers=(),
                page=page + 1,
                pages=count,
                next_attempt_at=now + timedelta(microseconds=place),
                created_at=now,
            )
            for place, (name, count) in enumerate(messages.items())
            for page in range(count)
        ]
        await self.around.store.alerts.plan([GroupPlan(deliveries=tuple(deliveries), planned=())])

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Run the dispatcher."""
        running = asyncio.create_task(self.dispatcher.run())
        try:
            yield
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

    async def until(self, done: Callable[[], bool]) -> None:
        """Wait for it."""
        async with asyncio.timeout(15):
            while not done():  # noqa: ASYNC110 - the channel knows no event
                await asyncio.sleep(0.01)


@contextlib.asynccontextmanager
async def open_sending(
    folder: Path, *, answer_seconds: float = 0.001, timeout_seconds: float = 60
) -> AsyncIterator[Sending]:
    """Open it in the folder."""
    settings, clock = load_settings(data_dir=folder), LeapingClock()
    secrets = open_secret_box(settings)
    async with open_backends(settings, clock, secrets) as backends:
        around = Surroundings(
            settings=settings, bus=backends.bus, store=backends.store, clock=clock, metrics=Metrics(), secrets=secrets
        )
        channel = ScriptedChannel(answer_seconds=answer_seconds, timeout_seconds=timeout_seconds)
        channels: dict[Channel, ChannelAdapter] = {Channel.WEBHOOK: channel}
        patience = Patience("notifier", clock, around.metrics, asyncio.Event())
        attempts = Attempts(around, channels, Unsubscriber(secrets, None), random.Random(1), patience, instance="local")
        turns = Turns(around.store.lanes, hold_seconds=lease_seconds(settings))
        yield Sending(
            around, clock, channel, Dispatcher(around, channels, attempts, turns, patience, share=Everything())
        )
