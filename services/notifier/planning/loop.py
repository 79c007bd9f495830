"""Plans what is due, many groups at a time: asks who they are for, and writes deliveries and settled alerts in one go.

The store says what is due, so what sleeps costs nothing. Nothing that was worked out when an alert was recorded is believed:
each group is judged by its subscription and destination as they are now, and rests until the moment that follows from them.
What may be told to one destination at the same look becomes one message.
"""

import asyncio
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING

import msgspec

from services.notifier.names import names_of
from services.notifier.planning.flood import Floods
from services.notifier.planning.planner import Portion, make_plan
from services.notifier.planning.recalling import Recall
from services.notifier.planning.standing import RECHECK, Tell, judge
from services.notifier.planning.timing import COLLECT, rest_seconds
from services.notifier.planning.waiting import Group, Place, in_lots, whole_places
from shared.errors import InvalidInputError, RetryLaterError, StorageFullError
from shared.logs import get_logger
from shared.schedule import parse_schedule
from shared.store.records import AlertState, DeliveryState, GroupPlan, Notice, WantedDeliveries
from shared.unsubscribe import MOST_SECTIONS, token_hash

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from services.notifier.channels.port import ChannelAdapter
    from shared.runtime.members import Share
    from shared.runtime.patience import Patience
    from shared.runtime.role import Surroundings
    from shared.store.records import Alert, DueGroup
    from shared.unsubscribe import Unsubscriber
    from shared.wire.subscription import Channel

GROUPS_AT_ONCE = 400
GROUPS_A_READ = 100
ALERTS_AT_ONCE = 5_000
"""In memory and in one write; of a group that has more, the rest waits for the next round."""

TOLD_TOGETHER = 1
"""From this generation on (`shared.runtime.members.GENERATION`) a process reads a delivery of several subscriptions."""

_log = get_logger("notifier")


@dataclass(slots=True)
class _Judged:
    """What is to be done with some groups that are due."""

    tell: dict[Group, Tell] = field(default_factory=dict)
    rest: "list[tuple[DueGroup, datetime]]" = field(default_factory=list)
    drop: set[Group] = field(default_factory=set)


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
        *,
        share: "Share",
    ) -> None:
        self.wake = asyncio.Event()
        self._around = around
        self._alerts = around.store.alerts
        self._channels = channels
        self._unsubscriber = unsubscriber
        self._patience = patience
        self._planned = planned
        self._share = share
        self._tokens: set[Group] = set()
        self._floods = Floods(around.settings.flood_limit, around.settings.zone)
        self._recall = Recall(around.store, self._floods, share, around.settings.zone)
        self._collecting: set[Group] = set()

    async def run(self) -> None:
        """Plan until the process is to stop."""
        while not self._patience.stop.is_set():
            self.wake.clear()
            next_at = None
            looked_at = self._around.clock.now()
            try:
                next_at = await self._patience.persist(self.plan_due)
            except StorageFullError:
                return  # only when the process is to stop
            except RetryLaterError as error:
                _log.warning("store_unreachable", detail=str(error))
            await self._patience.pause(rest_seconds(looked_at, next_at, self._around.clock.now()), self.wake)

    async def plan_due(self) -> "datetime | None":
        """Plan everything that is due now and this process's to plan.

        Returns:
            When the next alert that waits is due; ``None`` when none waits.
        """
        now = self._around.clock.now()
        by_destination = await self._due(now)
        for lot in in_lots(by_destination.values(), size=len, most=GROUPS_AT_ONCE):
            await self._settle(await self._judge(list(chain.from_iterable(lot)), now), now)
        return await self._alerts.next_due_at()

    async def is_idle(self) -> bool:
        """Whether nothing waits but what waits for a slot, for the end of quiet hours, or for a person."""
        next_at = await self._alerts.next_due_at()
        return next_at is None or next_at > self._around.clock.now() + COLLECT

    async def _due(self, now: "datetime") -> "dict[str, list[DueGroup]]":
        """Return all that is due and this process's to plan, by destination: what goes to one may be anywhere in the order."""
        found: defaultdict[str, list[DueGroup]] = defaultdict(list)
        last: DueGroup | None = None
        while groups := await self._alerts.due(now, limit=GROUPS_AT_ONCE, after=last):
            last = groups[-1]
            for group in groups:
                if self._share.mine(group.destination_id):
                    found[group.destination_id].append(group)
        return found

    async def _judge(self, groups: "Sequence[DueGroup]", now: "datetime") -> _Judged:
        store, zone = self._around.store, self._around.settings.zone
        subscriptions = await store.subscriptions.many(sorted({group.subscription_id for group in groups}))
        destinations = await store.destinations.many(sorted({group.destination_id for group in groups}))
        judged = _Judged()
        may_be_told: list[tuple[DueGroup, Tell]] = []
        for group in groups:
            subscription = subscriptions.get(group.subscription_id)
            destination = destinations.get(group.destination_id)
            try:
                verdict = judge(group, subscription, destination, self._channels, now=now, zone=zone)
            except InvalidInputError as error:
                _log.error("subscription_unreadable", subscription=group.subscription_id, detail=str(error))
                verdict = now + RECHECK
            if verdict is None:
                judged.drop.add((group.subscription_id, group.destination_id))
                continue
            if isinstance(verdict, Tell):
                may_be_told.append((group, verdict))
            else:
                judged.rest.append((group, verdict))
        await self._recall.about([(tell, group.oldest_created_at) for group, tell in may_be_told], now)
        for group, tell in may_be_told:
            rests_until = self._floods.rests_until(tell, now)
            if rests_until is not None:
                judged.rest.append((group, rests_until))
            else:
                judged.tell[tell.group] = tell
        return judged

    async def _settle(self, judged: _Judged, now: "datetime") -> None:
        if judged.drop:
            gone = await self._alerts.pending(list(judged.drop), limit=ALERTS_AT_ONCE)
            await self._alerts.settle([alert.key for alert in gone], AlertState.DROPPED)
        if judged.rest:
            await self._alerts.postpone(judged.rest)
        by_destination: defaultdict[str, list[Group]] = defaultdict(list)
        for group in judged.tell:
            by_destination[group[1]].append(group)
        free: list[Place] = []
        for destination_id, groups in by_destination.items():
            if await self._queues(judged.tell[groups[0]]):
                self._collecting.update(groups)
            elif self._share.generation >= TOLD_TOGETHER:
                free.append(Place(destination_id, tuple(groups)))
            else:
                free += [Place(destination_id, (group,)) for group in groups]
        if self._unsubscriber.is_public:
            await self._remember_tokens(group for place in free for group in place.groups)
        # Several at a time: while one waits for the store, another is worked out.
        done = await asyncio.gather(
            *(
                self._tell(lot, judged.tell, now)
                for lot in in_lots(free, size=lambda place: len(place.groups), most=GROUPS_A_READ)
            ),
            return_exceptions=True,
        )
        for failure in filter(None, done):
            raise failure

    async def _tell(self, places: "list[Place]", tell: "Mapping[Group, Tell]", now: "datetime") -> None:
        while places:
            groups = [group for place in places for group in place.groups]
            alerts = await self._alerts.pending(groups, limit=ALERTS_AT_ONCE)
            whole, again = whole_places(places, alerts, limit=ALERTS_AT_ONCE)
            if len(again) == len(places):  # all of them reach behind the cut
                for place in again:
                    await self._tell([place], tell, now)
                return
            beside_others = [group[0] for _, waits in whole if len(waits) > 1 for group in waits]
            names = await names_of(self._around.store, beside_others) if beside_others else {}
            await self._store([self._plan(place, waits, tell, names, now) for place, waits in whole], now)
            places = again

    async def _queues(self, tell: Tell) -> bool:
        """Whether messages to it still wait for their turn, which only a rate makes them do.

        What is found meanwhile is collected and told together, so that a stream of matches becomes fuller messages and not
        an ever longer queue. A message that failed once does not hold the others back.
        """
        rate = tell.channel.rate
        if rate is None:
            return False
        wanted = WantedDeliveries(state=DeliveryState.WAITING, destination_id=tell.destination.id)
        waiting = await self._around.store.deliveries.recent(wanted, limit=rate.calls)
        return any(delivery.attempts == 0 for delivery in waiting)

    def _plan(
        self,
        place: Place,
        waits: "Mapping[Group, Sequence[Alert]]",
        tell: "Mapping[Group, Tell]",
        names: "Mapping[str, str]",
        now: "datetime",
    ) -> GroupPlan:
        first, *others = sorted(subscription_id for subscription_id, _ in waits)
        all_of_it = (
            self._unsubscriber.url(first, place.destination_id, *others[: MOST_SECTIONS - 1]) if others else None
        )
        plan = make_plan(
            [
                Portion(
                    subscription=tell[group].subscription,
                    alerts=alerts,
                    unsubscribe_url=self._unsubscriber.url(*group),
                    notice=self._notice(tell[group], alerts, now),
                    name=names.get(group[0], ""),
                )
                for group, alerts in waits.items()
            ],
            tell[place.groups[0]].destination,
            tell[place.groups[0]].channel,
            now=now,
            unsubscribe_url=all_of_it,
        )
        told = [alert for alerts in waits.values() for alert in alerts]
        return msgspec.structs.replace(plan, deliveries=self._around.tracing.planned(plan.deliveries, told))

    def _notice(self, tell: Tell, alerts: "Sequence[Alert]", now: "datetime") -> Notice | None:
        if self._floods.is_one(tell.group, alerts, now):
            return Notice.FLOOD
        is_late = tell.group in self._collecting and parse_schedule(tell.subscription.schedule).every is None
        return Notice.COLLECTED if is_late else None

    async def _store(self, plans: "Sequence[GroupPlan]", now: "datetime") -> None:
        if not plans:
            return
        # Of a plan that is refused somebody else planned a part, or one of its alerts was dropped: what still waits is still due,
        # and is planned anew at the next look.
        stored = await self._alerts.plan(plans)
        told = [plan for plan, is_stored in zip(plans, stored, strict=True) if is_stored]
        for plan in told:
            keys = (*(key for key, _ in plan.planned), *plan.over_cap)
            for group, count in Counter((key.subscription_id, key.destination_id) for key in keys).items():
                self._floods.count(group, count, now)
                self._collecting.discard(group)
        planned = [delivery for plan in told for delivery in plan.deliveries]
        for delivery in planned:
            self._around.metrics.notifier_planned.labels(delivery.channel).inc()
        if planned:
            self._planned.set()

    async def _remember_tokens(self, groups: "Iterable[Group]") -> None:
        new = [group for group in groups if group not in self._tokens]
        if new:
            hashed = [(token_hash(self._unsubscriber.token(*group)), *group) for group in new]
            await self._around.store.subscriptions.save_tokens(hashed)
            self._tokens.update(new)
