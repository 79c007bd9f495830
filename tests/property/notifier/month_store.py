"""The store as the planner sees it, in memory: what its contract says, in a few lines, quick enough for a month.

Each alert waits until its own moment; a change of its subscription makes that now; a plan is stored whole or not at all.
"""

import heapq
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from shared.store.filed import Position
from shared.store.positions import moment_of
from shared.store.records import (
    Alert,
    AlertKey,
    AlertState,
    Delivery,
    DueGroup,
    GroupPlan,
    SubscriptionChange,
    WantedDeliveries,
)
from shared.wire.subscription import Destination, Subscription

Group = tuple[str, str]

_BEGAN = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Subscriptions:
    """Those that there are, and in which order they were changed."""

    def __init__(self) -> None:
        self.now: dict[str, Subscription] = {}
        self._changed: list[str] = []

    def change(self, subscription: Subscription) -> None:
        self.now[subscription.id] = subscription
        self._changed.append(subscription.id)

    async def many(self, subscription_ids: Sequence[str]) -> dict[str, Subscription]:
        return {one: self.now[one] for one in subscription_ids if one in self.now}

    async def changes(self, *, after: int, limit: int) -> list[SubscriptionChange]:
        last = {one: mark for mark, one in enumerate(self._changed[after:], start=after + 1)}
        marks = sorted(last.items(), key=lambda change: change[1])[:limit]
        return [SubscriptionChange(mark=mark, subscription_id=one, subscription=self.now[one]) for one, mark in marks]


class Alerts:
    """What waits, by the moment before which nobody asks about it, and what was planned."""

    def __init__(self, deliveries: "Deliveries") -> None:
        self.waiting: defaultdict[Group, dict[str, Alert]] = defaultdict(dict)
        self.planned: list[GroupPlan] = []
        self.settled: dict[AlertKey, Alert] = {}
        self.dropped = 0
        self._told: defaultdict[str, list[Alert]] = defaultdict(list)
        self._deliveries = deliveries
        self._rows: dict[tuple[int, str, str], set[str]] = {}
        self._at: defaultdict[Group, dict[str, int]] = defaultdict(dict)
        self._later: list[tuple[int, str, str]] = []
        self._ripe: dict[tuple[int, str, str], None] = {}

    def record(self, alert: Alert, due_at: datetime) -> None:
        key = alert.key
        self.waiting[key.subscription_id, key.destination_id][key.publication_number] = alert
        self._rest((key.subscription_id, key.destination_id), [key.publication_number], _microseconds(due_at))

    def look_again(self, group: Group, now: datetime) -> None:
        if waits := self.waiting.get(group):
            self._rest(group, list(waits), _microseconds(now))

    async def due(self, now: datetime, *, limit: int, after: DueGroup | None = None) -> list[DueGroup]:
        until = _microseconds(now)
        while self._later and self._later[0][0] <= until:
            row = heapq.heappop(self._later)
            if row in self._rows:
                self._ripe[row] = None
        begin = (after.due, after.subscription_id, after.destination_id) if after else ()
        rows = sorted(row for row in self._ripe if begin < row and row[0] <= until)
        groups = []
        for row in rows[:limit]:
            due, *group = row
            waits = self.waiting[group[0], group[1]]
            oldest = min(waits[number].created_at for number in self._rows[row])
            groups.append(
                DueGroup(due=due, subscription_id=group[0], destination_id=group[1], oldest_created_at=oldest)
            )
        return groups

    async def postpone(self, groups: Sequence[tuple[DueGroup, datetime]]) -> None:
        for group, until in groups:
            row = (group.due, group.subscription_id, group.destination_id)
            if numbers := self._rows.get(row):
                self._rest(row[1:], list(numbers), _microseconds(until))

    async def pending(self, groups: Sequence[Group], *, limit: int) -> list[Alert]:
        found = [
            alert
            for group in sorted(groups)
            for alert in sorted(self.waiting.get(group, {}).values(), key=lambda alert: alert.created_at)
        ]
        return found[:limit]

    async def plan(self, plans: Sequence[GroupPlan]) -> list[bool]:
        stored = []
        for plan in plans:
            keys = (*(key for key, _ in plan.planned), *plan.over_cap)
            waits = all(key.publication_number in self.waiting[key.subscription_id, key.destination_id] for key in keys)
            new = not any(delivery.id in self._deliveries.by_id for delivery in plan.deliveries)
            if waits and new:
                for key in keys:
                    self.settled[key] = self.waiting[key.subscription_id, key.destination_id][key.publication_number]
                for key, delivery_id in plan.planned:
                    self._told[delivery_id].append(self.settled[key])
                self._settle(keys)
                self._deliveries.add(plan.deliveries)
                self.planned.append(plan)
            stored.append(waits and new)
        return stored

    async def settle(self, keys: Sequence[AlertKey], state: AlertState) -> None:
        assert state is AlertState.DROPPED
        self._settle(keys)
        self.dropped += len(keys)

    async def of_deliveries(self, delivery_ids: Sequence[str]) -> dict[str, list[Alert]]:
        return {one: self._told[one] for one in delivery_ids}

    async def next_due_at(self) -> datetime | None:
        return None

    def _settle(self, keys: Sequence[AlertKey]) -> None:
        for key in keys:
            group = (key.subscription_id, key.destination_id)
            del self.waiting[group][key.publication_number]
            self._leave(group, key.publication_number)

    def _rest(self, group: Group, numbers: Sequence[str], until: int) -> None:
        row = (until, *group)
        for number in numbers:
            self._leave(group, number)
            self._at[group][number] = until
        if row not in self._rows:
            heapq.heappush(self._later, row)
        self._rows.setdefault(row, set()).update(numbers)

    def _leave(self, group: Group, number: str) -> None:
        due = self._at[group].pop(number, None)
        if due is None:
            return
        row = (due, *group)
        self._rows[row].discard(number)
        if not self._rows[row]:
            del self._rows[row]
            self._ripe.pop(row, None)


class Deliveries:
    """What was planned, by destination, in the order in which it was."""

    def __init__(self) -> None:
        self.by_id: dict[str, Delivery] = {}
        self._by_destination: defaultdict[str, list[Delivery]] = defaultdict(list)

    def add(self, deliveries: Sequence[Delivery]) -> None:
        for one in deliveries:
            self.by_id[one.id] = one
            self._by_destination[one.destination_id].append(one)

    async def recent(
        self, wanted: WantedDeliveries, *, after: Position | None = None, limit: int = 100
    ) -> list[Delivery]:
        destinations = wanted.destination_ids or (wanted.destination_id or "",)
        behind = None if after is None else (moment_of(after), after.id)
        found = [
            one
            for destination_id in destinations
            for one in self._by_destination[destination_id]
            if wanted.since is None or one.created_at >= wanted.since
            if behind is None or (one.created_at, one.id) < behind
        ]
        found.sort(key=lambda one: (one.created_at, one.id), reverse=True)
        return found[:limit]


class Destinations:
    """All that there are."""

    def __init__(self, known: dict[str, Destination]) -> None:
        self._known = known

    async def many(self, destination_ids: Sequence[str]) -> dict[str, Destination]:
        return {one: self._known[one] for one in destination_ids if one in self._known}


def _microseconds(moment: datetime) -> int:
    return (moment - _BEGAN) // _MICROSECOND
