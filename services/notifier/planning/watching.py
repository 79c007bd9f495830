"""Looks for destinations that asked to hear once a month that nothing is new, and to which nothing came for so long.

Each is looked at when its month may be over, not before: what it was told meanwhile is read from the deliveries then.
"""

from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING

from services.notifier.channels.port import Says
from services.notifier.planning.heartbeat import make_note, note_at, wants_notes
from shared.errors import InvalidInputError, RetryLaterError, StorageFullError
from shared.logs import get_logger
from shared.store.records import GroupPlan, WantedDeliveries
from shared.unsubscribe import token_hash
from shared.wire.subscription import DestinationState

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from services.notifier.channels.port import ChannelAdapter
    from shared.runtime.members import Share
    from shared.runtime.patience import Patience
    from shared.runtime.role import Surroundings
    from shared.unsubscribe import Unsubscriber
    from shared.wire.subscription import Channel, Destination, Subscription

LOOK_SECONDS = 60.0
CHANGES_AT_ONCE = 5_000

NOT_NOW = timedelta(days=1)
"""When a destination is looked at again that is told nothing now: it is not in use, or something waits for it."""

_log = get_logger("notifier")


class Watching:
    """Plans the notes.

    Args:
        around: where subscriptions and deliveries lie.
        channels: those that this version has; a note goes by those that `Says`.
        unsubscriber: makes the address under which a subscription is left; the note shows it.
        patience: how a store is waited for.
        planned: set when there is a note to send.
        share: the destinations that this process looks after.
    """

    def __init__(
        self,
        around: "Surroundings",
        channels: "Mapping[Channel, ChannelAdapter]",
        unsubscriber: "Unsubscriber",
        patience: "Patience",
        planned: "asyncio.Event",
        *,
        share: "Share",
    ) -> None:
        self._around = around
        self._channels = channels
        self._unsubscriber = unsubscriber
        self._patience = patience
        self._planned = planned
        self._share = share
        self._mark = 0
        self._asking: dict[str, Subscription] = {}
        self._looks: dict[str, datetime] = {}

    async def run(self) -> None:
        """Plan until the process is to stop."""
        while not self._patience.stop.is_set():
            try:
                await self._patience.persist(self.plan_due)
            except StorageFullError:
                return  # only when the process is to stop
            except RetryLaterError as error:
                _log.warning("store_unreachable", detail=str(error))
            await self._patience.pause(LOOK_SECONDS)

    async def plan_due(self) -> None:
        """Plan the notes that are due now and this process's to plan."""
        await self._catch_up()
        now = self._around.clock.now()
        asked = self._by_destination()
        due = [one for one in asked if self._looks.get(one, now) <= now and self._share.mine(one)]
        destinations = await self._around.store.destinations.many(due)
        for destination_id in due:
            destination = destinations.get(destination_id)
            try:
                self._looks[destination_id] = await self._look(asked[destination_id], destination, now)
            except InvalidInputError as error:
                _log.error("subscription_unreadable", subscription=asked[destination_id][0].id, detail=str(error))
                self._looks[destination_id] = now + NOT_NOW

    async def _look(
        self, subscriptions: "Sequence[Subscription]", destination: "Destination | None", now: "datetime"
    ) -> "datetime":
        """Plan a note if it is due; return when to look again."""
        if destination is None or destination.state is not DestinationState.ACTIVE:
            return now + NOT_NOW
        if not isinstance(self._channels.get(destination.channel), Says):
            return now + NOT_NOW
        store, zone = self._around.store, self._around.settings.zone
        newest = await store.deliveries.recent(WantedDeliveries(destination_id=destination.id), limit=1)
        told_at = newest[0].created_at if newest else None
        at = note_at(subscriptions, told_at, muted_until=destination.muted_until, now=now, zone=zone)
        if at > now:
            return at
        if await store.alerts.pending([(one.id, destination.id) for one in subscriptions], limit=1):
            return now + NOT_NOW
        note = make_note(subscriptions, destination, now=now, zone=zone)
        await self._remember_token(note.subscription_id, note.destination_id)
        (stored,) = await store.alerts.plan([GroupPlan(deliveries=(note,), planned=())])
        if stored:  # else another process was faster
            self._around.metrics.notifier_planned.labels(note.channel).inc()
            self._planned.set()
        return now + NOT_NOW

    async def _remember_token(self, subscription_id: str, destination_id: str) -> None:
        if self._unsubscriber.url(subscription_id, destination_id) is not None:
            hashed = token_hash(self._unsubscriber.token(subscription_id, destination_id))
            await self._around.store.subscriptions.save_tokens([(hashed, subscription_id, destination_id)])

    def _by_destination(self) -> "dict[str, list[Subscription]]":
        found: defaultdict[str, list[Subscription]] = defaultdict(list)
        for _, subscription in sorted(self._asking.items()):
            for destination_id in subscription.destinations:
                if destination_id not in subscription.opted_out:
                    found[destination_id].append(subscription)
        return found

    async def _catch_up(self) -> None:
        while True:
            changes = await self._around.store.subscriptions.changes(after=self._mark, limit=CHANGES_AT_ONCE)
            for change in changes:
                before = self._asking.pop(change.subscription_id, None)
                after = change.subscription
                if after is not None and wants_notes(after):
                    self._asking[after.id] = after
                for one in (before, self._asking.get(change.subscription_id)):
                    for destination_id in one.destinations if one else ():
                        self._looks.pop(destination_id, None)
                self._mark = change.mark
            if len(changes) < CHANGES_AT_ONCE:
                return
