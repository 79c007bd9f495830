"""Thirty days of telling in memory: alerts come, people change their minds, clocks jump, the planner sleeps.

The store is what its contract says, in a few lines: each alert waits until its own moment, whoever plans judges it by what holds then,
a change makes what waits due at once, and a delivery that exists is not made again. What judges and plans is the product's.
"""

import heapq
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from services.notifier.planning.flood import Floods
from services.notifier.planning.planner import Portion, make_plan
from services.notifier.planning.standing import Tell, judge
from services.notifier.planning.timing import due_at
from shared.store.records import Alert, AlertKey, Delivery, DueGroup, GroupPlan, Notice, Remark
from shared.wire.subscription import Channel, Destination, DestinationState, Subscription
from tests.unit.notifier.making import NOW, ZONE, publication, why

if TYPE_CHECKING:
    from collections.abc import Sequence

    from services.notifier.channels.port import ChannelAdapter, Frame

TICK = timedelta(minutes=5)
PAGE = 20
FLOOD = 30

_PUBLICATION, _WHYS = publication(), (why(),)

_Row = tuple[float, str, str]
"""When (seconds since 1970), subscription, destination."""


@dataclass(frozen=True, slots=True)
class Pages:
    """A channel as the planner sees it."""

    name: Channel
    shuns_round_minutes: bool
    rate: None = None

    def paginate(self, destination: Destination, frame: "Frame", alerts: "Sequence[Alert]") -> list[tuple[Alert, ...]]:
        return [tuple(alerts[n : n + PAGE]) for n in range(0, len(alerts), PAGE)]


CHANNELS: "dict[Channel, ChannelAdapter]" = {
    Channel.EMAIL: Pages(Channel.EMAIL, shuns_round_minutes=False),  # type: ignore[dict-item]
    Channel.WECOM_ROBOT: Pages(Channel.WECOM_ROBOT, shuns_round_minutes=True),  # type: ignore[dict-item]
}
PEOPLE = 2_000
DESTINATIONS = {
    f"{channel.value}-{n}": Destination(
        id=f"{channel.value}-{n}", channel=channel, address="a", state=DestinationState.ACTIVE, created_at=NOW
    )
    for channel in CHANNELS
    for n in range(PEOPLE)
}
"""Of each channel as many as there are people; each has several subscriptions."""


@dataclass(frozen=True, slots=True)
class Told:
    """What one subscription told in a plan that was stored, with what held then.

    Attributes:
        planned, over_cap: keys of its alerts.
        remark: what the last delivery that says something of it says.
    """

    at: datetime
    subscription: Subscription
    destination_id: str
    planned: tuple[AlertKey, ...]
    over_cap: tuple[AlertKey, ...]
    remark: Remark
    alerts: tuple[Alert, ...]
    steady_since: datetime
    era: int


@dataclass(slots=True)
class Month:
    """The store, the planner and the clock on the wall.

    Attributes:
        now: what the clock on the wall says.
        steady_since: the last moment at which the clock jumped or the planner woke up.
        era: how often that happened.
        changed_at: when each subscription was last changed.
    """

    now: datetime
    steady_since: datetime
    era: int = 0
    subscriptions: dict[str, Subscription] = field(default_factory=dict)
    changed_at: dict[str, datetime] = field(default_factory=dict)
    waiting: dict[tuple[str, str], dict[str, Alert]] = field(default_factory=dict)
    told: list[Told] = field(default_factory=list)
    plans: list[tuple[datetime, str, GroupPlan]] = field(default_factory=list)
    dropped: int = 0
    floods: Floods = field(default_factory=lambda: Floods(limit=FLOOD, zone=ZONE))
    _due: list[_Row] = field(default_factory=list)
    _rows: dict[_Row, list[str]] = field(default_factory=dict)
    _deliveries: set[str] = field(default_factory=set)

    def change(self, subscription: Subscription) -> None:
        before = self.subscriptions.get(subscription.id, subscription)
        self.subscriptions[subscription.id] = subscription
        self.changed_at[subscription.id] = self.now
        for destination_id in dict.fromkeys((*before.destinations, *subscription.destinations)):
            if waits := self.waiting.get((subscription.id, destination_id)):
                self._rest(self.now, subscription.id, destination_id, list(waits))

    def find(self, number: str, subscription: Subscription, score: float, created_at: datetime) -> None:
        due = due_at(
            subscription.schedule, subscription.quiet, workdays=subscription.workdays, now=created_at, zone=ZONE
        )
        for destination_id in subscription.destinations:
            alert = Alert(
                key=AlertKey(subscription_id=subscription.id, publication_number=number, destination_id=destination_id),
                family_key=None,
                publication=_PUBLICATION,
                whys=_WHYS,
                score=score,
                created_at=created_at,
            )
            self.waiting.setdefault((subscription.id, destination_id), {})[number] = alert
            self._rest(due, subscription.id, destination_id, [number])

    def plan(self) -> None:
        """Do what is due now, as the planner's loop does."""
        now = self.now.timestamp()
        tells: dict[str, dict[tuple[str, str], Tell]] = {}
        while self._due and self._due[0][0] <= now:
            row = heapq.heappop(self._due)
            _, subscription_id, destination_id = row
            waits = self.waiting.get((subscription_id, destination_id), {})
            numbers = [number for number in self._rows.pop(row) if number in waits]
            if not numbers or (subscription_id, destination_id) in tells.get(destination_id, ()):
                continue
            verdict = judge(
                DueGroup(
                    due=0,
                    subscription_id=subscription_id,
                    destination_id=destination_id,
                    oldest_created_at=min(waits[number].created_at for number in numbers),
                ),
                self.subscriptions.get(subscription_id),
                DESTINATIONS[destination_id],
                CHANNELS,
                now=self.now,
                zone=ZONE,
            )
            if isinstance(verdict, Tell):
                morning = self.floods.rests_until(verdict, self.now)
                if morning is None:
                    tells.setdefault(destination_id, {})[verdict.group] = verdict
                else:
                    self._rest(morning, subscription_id, destination_id, numbers)
            elif verdict is None:
                self.dropped += len(self.waiting.pop((subscription_id, destination_id)))
            else:
                self._rest(verdict, subscription_id, destination_id, numbers)
        for of_one in tells.values():
            self._tell(list(of_one.values()))

    def _rest(self, until: datetime, subscription_id: str, destination_id: str, numbers: list[str]) -> None:
        row = (until.timestamp(), subscription_id, destination_id)
        if row not in self._rows:
            heapq.heappush(self._due, row)
        self._rows.setdefault(row, []).extend(numbers)

    def _tell(self, tells: list[Tell]) -> None:
        waits = {tell.group: tuple(self.waiting.pop(tell.group).values()) for tell in tells}
        portions = [
            Portion(
                tell.subscription,
                waits[tell.group],
                notice=Notice.FLOOD if self.floods.is_one(tell.group, waits[tell.group], self.now) else None,
            )
            for tell in tells
        ]
        plan = make_plan(portions, tells[0].destination, tells[0].channel, now=self.now)
        made = {delivery.id for delivery in plan.deliveries}
        assert made.isdisjoint(self._deliveries), "a delivery was made twice"
        assert len(made) == len(plan.deliveries)
        self._deliveries |= made
        self.plans.append((self.now, tells[0].destination.id, plan))
        for tell in tells:
            self.floods.count(tell.group, len(waits[tell.group]), self.now)
            self.told.append(self._told(tell, plan, waits[tell.group]))

    def _told(self, tell: Tell, plan: GroupPlan, alerts: tuple[Alert, ...]) -> Told:
        name = tell.subscription.id
        said = [one for delivery in plan.deliveries for one in remarks_of(delivery) if one.subscription_id == name]
        return Told(
            self.now,
            tell.subscription,
            tell.destination.id,
            tuple(key for key, _ in plan.planned if key.subscription_id == name),
            tuple(key for key in plan.over_cap if key.subscription_id == name),
            Remark(
                subscription_id=name,
                left_out=sum(one.left_out for one in said),
                notice=said[-1].notice if said else None,
            ),
            alerts,
            max(self.steady_since, self.changed_at[name]),
            self.era,
        )


def remarks_of(delivery: Delivery) -> tuple[Remark, ...]:
    """What a delivery says of its subscriptions."""
    if not delivery.subscription_ids:
        alone = Remark(subscription_id=delivery.subscription_id, left_out=delivery.left_out, notice=delivery.notice)
        return (alone,)
    return delivery.remarks or ()
