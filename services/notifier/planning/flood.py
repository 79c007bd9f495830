"""More than anybody reads: a group that brings so many publications on one day is told a summary in place of them all."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

from services.notifier.planning.timing import morning_after
from services.notifier.planning.waiting import Group
from shared.schedule import parse_quiet

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from zoneinfo import ZoneInfo

    from services.notifier.planning.standing import Tell
    from shared.store.records import Alert

SUMMARY = 20
"""What a summary names, the best first, where the subscription has no cap."""


@dataclass(slots=True)
class Floods:
    """Counts what each group was told today, in local time; what was told before this process looked comes by `remember`.

    Attributes:
        limit: from so many a day on they are summed up; not above what is planned at once, or a flood is cut before it is seen.
    """

    limit: int
    zone: "ZoneInfo"
    _day: date | None = None
    _looked_at: datetime | None = None
    _told: "Counter[Group]" = field(default_factory=Counter)
    _held_back: dict[Group, datetime] = field(default_factory=dict)

    def rests_until(self, tell: "Tell", now: datetime) -> datetime | None:
        """Return the morning after its summary was told; ``None``: it may be told now."""
        self._turn_page(now)
        is_over = self._told[tell.group] >= self.limit
        if not is_over and tell.group not in self._held_back:
            return None
        next_morning = self._morning(tell, now)
        # The clock may have been set back since.
        morning = next_morning if is_over else min(self._held_back[tell.group], next_morning)
        self._held_back[tell.group] = morning
        return morning if morning > now else None

    def is_one(self, group: Group, alerts: "Sequence[Alert]", now: datetime) -> bool:
        """Whether these must be summed up: with what was told today they are too many, or they were held back as that."""
        self._turn_page(now)
        told = self._told[group]
        if group in self._held_back:
            return True
        if told + len(alerts) < self.limit:
            return False
        days = Counter(alert.created_at.astimezone(self.zone).date() for alert in alerts)
        return told + max(days.values()) >= self.limit

    def remember(self, tell: "Tell", told: "Mapping[date, int]", oldest_at: datetime | None, now: datetime) -> None:
        """Know of a group as if all that it was told had been counted here.

        Args:
            tell: the group.
            told: how many it was told on which day; all of today and of the day of ``oldest_at``.
            oldest_at: when the oldest alert that waits was created: on a day that brought too many it was held back.
            now: the present moment.
        """
        self._turn_page(now)
        self._told[tell.group] = told.get(now.astimezone(self.zone).date(), 0)
        if oldest_at is None:
            return
        day = oldest_at.astimezone(self.zone).date()
        if day != self._day and told.get(day, 0) >= self.limit:
            self._held_back.setdefault(tell.group, self._morning(tell, oldest_at))

    def forget(self) -> None:
        """Know of nobody: somebody else may have told them something meanwhile."""
        self._told.clear()
        self._held_back.clear()

    def count(self, group: Group, publications: int, now: datetime) -> None:
        """Note what was told."""
        self._turn_page(now)
        self._told[group] += publications
        self._held_back.pop(group, None)

    def _morning(self, tell: "Tell", after: datetime) -> datetime:
        wanted = tell.subscription
        return morning_after(after, parse_quiet(wanted.quiet), self.zone, workdays=wanted.workdays)

    def _turn_page(self, now: datetime) -> None:
        if now is self._looked_at:  # a round of planning has one moment for all its groups
            return
        self._looked_at = now
        day = now.astimezone(self.zone).date()
        if day != self._day:
            self._day = day
            self._told.clear()
