"""Plans what is due: reads what waits, asks the planner, writes deliveries and settled alerts in one go."""

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from services.notifier.planning.planner import Plan, make_plan, told_at
from services.notifier.planning.schedule import COLLECT
from shared.errors import RetryLaterError, StorageFullError
from shared.logs import get_logger
from shared.store.records import AlertState, DeliveryState
from shared.unsubscribe import token_hash

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from services.notifier.channels.port import ChannelAdapter
    from shared.runtime.patience import Patience
    from shared.runtime.role import Surroundings
    from shared.store.records import Alert, PendingGroup
    from shared.unsubscribe import Unsubscriber
    from shared.wire.subscription import Channel, Destination, Subscription

LOOK_SECONDS = 1.0
ALERTS_AT_ONCE = 5_000
"""Of one subscription and destination; what is more waits for the next round."""

ALERTS_A_WRITE = 2_000

_log = get_logger("notifier")


class Planner:
    """Turns waiting alerts into deliveries.

    Attributes:
        wake: set it when alerts were recorded.
    """

    def __init__(
        self,
        around: "Surroundings",
        channels: "dict[Channel, ChannelAdapter]",
        unsubscriber: "Unsubscriber",
        patience: "Patience",
        planned: asyncio.Event,
    ) -> None:
        self.wake = asyncio.Event()
        self._around = around
        self._channels = channels
        self._unsubscriber = unsubscriber
        self._patience = patience
        self._planned = planned
        self._tokens: set[tuple[str, str]] = set()

    async def run(self) -> None:
        """Plan until the process is to stop."""
        while not self._patience.stop.is_set():
            self.wake.clear()
            next_at = None
            try:
                next_at = await self._patience.persist(self.plan_due)
            except StorageFullError:
                return  # only when the process is to stop
            except RetryLaterError as error:
                _log.warning("store_unreachable", detail=str(error))
            wait = LOOK_SECONDS
            if next_at is not None:
                wait = min(wait, max((next_at - self._around.clock.now()).total_seconds(), 0.0))
                await self._patience.pause(wait)
            else:
                await self._patience.pause(wait, self.wake)

    async def plan_due(self) -> "datetime | None":
        """Plan everything that is due now.

        Returns:
            When the next that waits is due; ``None`` when nothing waits for a time.
        """
        now = self._around.clock.now()
        upcoming: list[datetime] = []
        plans: list[Plan] = []
        for group in await self._around.store.alerts.pending_groups():
            subscription, destination = await self._who(group)
            if subscription is None or destination is None:
                await self._drop(group)
                continue
            channel = self._channels.get(destination.channel)
            if channel is None:
                continue
            at = told_at(group, subscription, destination, channel, now=now, zone=self._around.settings.zone)
            if at is not None and at > now:
                upcoming.append(at)
            elif at is not None and not await self._queues(destination, channel):
                plans.append(await self._plan(group, subscription, destination, channel, now))
                if sum(len(plan.planned) + len(plan.over_cap) for plan in plans) >= ALERTS_A_WRITE:
                    await self._store(plans)
                    plans = []
        await self._store(plans)
        return min(upcoming, default=None)

    async def _queues(self, destination: "Destination", channel: "ChannelAdapter") -> bool:
        """Whether messages to it still wait for their turn, which only a rate makes them do.

        What is found meanwhile is collected and told together, so that a stream of matches becomes fuller messages and not
        an ever longer queue. A message that failed once does not hold the others back.
        """
        if channel.rate is None:
            return False
        waiting = await self._around.store.deliveries.recent(
            state=DeliveryState.WAITING, destination_id=destination.id, limit=channel.rate.calls
        )
        return any(delivery.attempts == 0 for delivery in waiting)

    async def is_idle(self) -> bool:
        """Whether nothing waits but what waits for a slot, for the end of quiet hours, or for a person."""
        now = self._around.clock.now()
        for group in await self._around.store.alerts.pending_groups():
            subscription, destination = await self._who(group)
            if subscription is None or destination is None:
                return False
            channel = self._channels.get(destination.channel)
            if channel is None:
                continue
            at = told_at(group, subscription, destination, channel, now=now, zone=self._around.settings.zone)
            if at is not None and at <= now + COLLECT:
                return False
        return True

    async def _who(self, group: "PendingGroup") -> "tuple[Subscription | None, Destination | None]":
        store = self._around.store
        return await store.subscriptions.get(group.subscription_id), await store.destinations.get(group.destination_id)

    async def _plan(
        self,
        group: "PendingGroup",
        subscription: "Subscription",
        destination: "Destination",
        channel: "ChannelAdapter",
        now: "datetime",
    ) -> Plan:
        alerts = await self._waiting(group)
        url = self._unsubscriber.url(subscription.id, destination.id)
        if url is not None:
            await self._remember_token(subscription.id, destination.id)
        plan = make_plan(alerts, subscription, destination, channel, now=now, unsubscribe_url=url)
        return replace(plan, deliveries=self._around.tracing.planned(plan.deliveries, alerts))

    async def _waiting(self, group: "PendingGroup") -> "list[Alert]":
        return await self._around.store.alerts.pending(
            group.subscription_id, group.destination_id, limit=ALERTS_AT_ONCE
        )

    async def _store(self, plans: "Sequence[Plan]") -> None:
        if not plans or await self._write(plans):
            return
        for plan in plans:  # one of them was planned by somebody else, or opted out: the others still hold
            await self._write([plan])

    async def _write(self, plans: "Sequence[Plan]") -> bool:
        deliveries = [delivery for plan in plans for delivery in plan.deliveries]
        stored = await self._around.store.alerts.plan(
            deliveries,
            [pair for plan in plans for pair in plan.planned],
            [key for plan in plans for key in plan.over_cap],
        )
        if stored:
            for delivery in deliveries:
                self._around.metrics.notifier_planned.labels(delivery.channel).inc()
            self._planned.set()
        return stored

    async def _remember_token(self, subscription_id: str, destination_id: str) -> None:
        if (subscription_id, destination_id) not in self._tokens:
            token = self._unsubscriber.token(subscription_id, destination_id)
            await self._around.store.subscriptions.save_token(token_hash(token), subscription_id, destination_id)
            self._tokens.add((subscription_id, destination_id))

    async def _drop(self, group: "PendingGroup") -> None:
        keys = [alert.key for alert in await self._waiting(group)]
        await self._around.store.alerts.settle(keys, AlertState.DROPPED)
