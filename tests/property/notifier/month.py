"""Thirty days of telling in memory: alerts come, people change their minds, clocks jump, the planner sleeps and is started anew.

What plans is the product's own loops; only the store and the clock on the wall are stand-ins.
"""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple, cast

from cryptography.fernet import Fernet

from services.notifier.planning.loop import Planner
from services.notifier.planning.timing import due_at
from services.notifier.planning.watching import Watching
from shared.metrics import Metrics
from shared.runtime.members import Everything
from shared.runtime.patience import Patience
from shared.runtime.role import Surroundings
from shared.secret_box import SecretBox
from shared.settings import load_settings
from shared.store.records import Alert, AlertKey, Delivery, GroupPlan, Remark
from shared.testing.clock import ManualClock
from shared.unsubscribe import Unsubscriber
from shared.wire.subscription import Channel, Destination, DestinationState, Subscription
from tests.property.notifier.month_store import Alerts, Deliveries, Destinations, Subscriptions
from tests.unit.notifier.making import NOW, ZONE, publication, why

if TYPE_CHECKING:
    from services.notifier.channels.port import ChannelAdapter, Frame
    from shared.bus.port import Bus
    from shared.store.port import Store

TICK = timedelta(minutes=5)
PAGE = 20
FLOOD = 30

_PUBLICATION, _WHYS = publication(), (why(),)


class Pages:
    """A channel as the planner sees it: it is never called."""

    rate = None
    idempotent = True

    def __init__(self, name: Channel, *, shuns_round_minutes: bool) -> None:
        self.name = name
        self.shuns_round_minutes = shuns_round_minutes

    def paginate(self, destination: Destination, frame: "Frame", alerts: Sequence[Alert]) -> list[tuple[Alert, ...]]:
        return [tuple(alerts[n : n + PAGE]) for n in range(0, len(alerts), PAGE)]

    def never(self, *_: object) -> None:
        raise AssertionError("planning calls nobody")

    lane = check = send = send_test = say = close = never


CHANNELS = cast(
    "dict[Channel, ChannelAdapter]",
    {
        Channel.EMAIL: Pages(Channel.EMAIL, shuns_round_minutes=False),
        Channel.WECOM_ROBOT: Pages(Channel.WECOM_ROBOT, shuns_round_minutes=True),
    },
)
PEOPLE, SILENT_PEOPLE = 2_000, 150
DESTINATIONS = {
    f"{channel.value}-{n}": Destination(
        id=f"{channel.value}-{n}", channel=channel, address="a", state=DestinationState.ACTIVE, created_at=NOW
    )
    for channel in CHANNELS
    for n in range(PEOPLE + SILENT_PEOPLE)
}
"""Of each channel as many as there are people; each has several subscriptions. The last ones are told nothing but notes."""


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


class Planned(NamedTuple):
    """A plan that was stored."""

    at: datetime
    destination_id: str
    plan: GroupPlan
    era: int


@dataclass(frozen=True, slots=True)
class Note:
    """A note that nothing is new.

    Attributes:
        asked: the subscriptions that asked for it then, by id.
        waited: what waited for them at the destination.
        told_at: when the destination was told something before; ``None``: never.
    """

    at: datetime
    destination_id: str
    asked: tuple[Subscription, ...]
    waited: int
    told_at: datetime | None


class MonthStore:
    """What the loops need of a store."""

    def __init__(self) -> None:
        self.deliveries = Deliveries()
        self.alerts = Alerts(self.deliveries)
        self.subscriptions = Subscriptions()
        self.destinations = Destinations(DESTINATIONS)

    def shelf(self, kind: object) -> "MonthStore":
        return self

    async def many(self, ids: Sequence[str]) -> dict[str, object]:
        return {}


@dataclass(slots=True, repr=False)
class Month:
    """The store, the planner and the clock on the wall.

    Attributes:
        share: how much happens, as a part of what may.
        steady_since: the last moment at which the clock jumped or the planner woke up.
        era: how often that happened.
        changed_at: when each subscription was last changed.
    """

    clock: ManualClock
    steady_since: datetime
    share: float
    era: int = 0
    store: MonthStore = field(default_factory=MonthStore)
    changed_at: dict[str, datetime] = field(default_factory=dict)
    told: list[Told] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    plans: list[Planned] = field(default_factory=list)
    restarts: int = -1
    _planner: Planner = field(init=False)
    _watching: Watching = field(init=False)
    _last: dict[str, datetime] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """Forget all that is not stored."""
        self.restarts += 1
        settings = load_settings(flood_limit=FLOOD, timezone=ZONE.key)
        secrets = SecretBox(Fernet.generate_key().decode())
        around = Surroundings(
            settings=settings,
            bus=cast("Bus", None),
            store=cast("Store", self.store),
            clock=self.clock,
            metrics=Metrics(),
            secrets=secrets,
        )
        patience = Patience("notifier", self.clock, around.metrics, asyncio.Event())
        unsubscriber, planned = Unsubscriber(secrets, None), asyncio.Event()
        self._planner = Planner(around, CHANNELS, unsubscriber, patience, planned, share=Everything())
        self._watching = Watching(around, CHANNELS, unsubscriber, patience, planned, share=Everything())

    def change(self, subscription: Subscription) -> None:
        subscriptions = self.store.subscriptions
        before = subscriptions.now.get(subscription.id, subscription)
        subscriptions.change(subscription)
        self.changed_at[subscription.id] = self.clock.now()
        for destination_id in dict.fromkeys((*before.destinations, *subscription.destinations)):
            self.store.alerts.look_again((subscription.id, destination_id), self.clock.now())

    def find(self, number: str, subscription_id: str, score: float) -> None:
        now = self.clock.now()
        wanted = self.store.subscriptions.now[subscription_id]
        due = due_at(wanted.schedule, wanted.quiet, workdays=wanted.workdays, now=now, zone=ZONE)
        for destination_id in wanted.destinations:
            key = AlertKey(subscription_id=wanted.id, publication_number=number, destination_id=destination_id)
            alert = Alert(key=key, family_key=None, publication=_PUBLICATION, whys=_WHYS, score=score, created_at=now)
            self.store.alerts.record(alert, due)

    async def plan(self) -> None:
        """Plan what is due now."""
        await self._planner.plan_due()
        for plan in self._new_plans():
            self._note_down(plan)

    async def watch(self) -> None:
        """Plan the notes that are due now."""
        await self._watching.plan_due()
        plans = self._new_plans()
        asked: defaultdict[str, list[Subscription]] = defaultdict(list)
        for one in sorted(self.store.subscriptions.now.values(), key=lambda one: one.id) if plans else ():
            for destination_id in one.destinations if one.heartbeat and not one.paused else ():
                asked[destination_id].append(one)
        for plan in plans:
            (note,) = plan.deliveries
            those = asked[note.destination_id]
            waited = sum(len(self.store.alerts.waiting[one.id, note.destination_id]) for one in those)
            told_at = self._last.get(note.destination_id)
            self.notes.append(Note(note.created_at, note.destination_id, tuple(those), waited, told_at))
            self._last[note.destination_id] = note.created_at

    def _new_plans(self) -> list[GroupPlan]:
        plans = self.store.alerts.planned.copy()
        self.store.alerts.planned.clear()
        return plans

    def _note_down(self, plan: GroupPlan) -> None:
        now, destination_id = self.clock.now(), plan.deliveries[0].destination_id
        self.plans.append(Planned(now, destination_id, plan, self.era))
        self._last[destination_id] = now
        planned: defaultdict[str, list[AlertKey]] = defaultdict(list)
        over_cap: defaultdict[str, list[AlertKey]] = defaultdict(list)
        for key, _ in plan.planned:
            planned[key.subscription_id].append(key)
        for key in plan.over_cap:
            over_cap[key.subscription_id].append(key)
        for name in planned:
            said = [one for delivery in plan.deliveries for one in remarks_of(delivery) if one.subscription_id == name]
            remark = Remark(
                subscription_id=name,
                left_out=sum(one.left_out for one in said),
                notice=said[-1].notice if said else None,
            )
            keys = (*planned[name], *over_cap[name])
            self.told.append(
                Told(
                    now,
                    self.store.subscriptions.now[name],
                    destination_id,
                    tuple(planned[name]),
                    tuple(over_cap[name]),
                    remark,
                    tuple(self.store.alerts.settled.pop(key) for key in keys),
                    max(self.steady_since, self.changed_at[name]),
                    self.era,
                )
            )


def remarks_of(delivery: Delivery) -> tuple[Remark, ...]:
    """What a delivery says of its subscriptions."""
    if not delivery.subscription_ids:
        alone = Remark(subscription_id=delivery.subscription_id, left_out=delivery.left_out, notice=delivery.notice)
        return (alone,)
    return delivery.remarks or ()
