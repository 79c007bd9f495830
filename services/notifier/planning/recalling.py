"""What was told before this process looked: a flood is one whoever told it, and whatever was started anew meanwhile.

It is read from the deliveries, once a group, and only of days on which this process did not look after it from the beginning.
"""

from collections import Counter, defaultdict
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from shared.store.positions import of_delivery
from shared.store.records import WantedDeliveries

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date
    from zoneinfo import ZoneInfo

    from services.notifier.planning.flood import Floods
    from services.notifier.planning.standing import Tell
    from services.notifier.planning.waiting import Group
    from shared.runtime.members import Share
    from shared.store.port import Store
    from shared.store.records import Delivery

DELIVERIES_AT_ONCE = 1_000

LONGEST = timedelta(days=14)
"""For no longer is anything held back: the longest holidays, and the night after them."""

_DAY = timedelta(days=1)


class Recall:
    """Reads what is not known of groups that may be told.

    Args:
        store: where the deliveries lie.
        floods: gets to know it.
        share: the destinations that this process looks after.
        zone: local time.
    """

    def __init__(self, store: "Store", floods: "Floods", share: "Share", zone: "ZoneInfo") -> None:
        self._store = store
        self._floods = floods
        self._share = share
        self._zone = zone
        self._looks_since: datetime | None = None
        self._buckets: frozenset[int] | None = None
        self._read: dict[Group, datetime] = {}

    async def about(self, tells: "Iterable[tuple[Tell, datetime]]", now: datetime) -> None:
        """Read what these groups were told today and on the day of the oldest alert that is due, given with each."""
        since = self._begin(now)
        if now - since > LONGEST:
            self._read.clear()
            return
        unread: list[tuple[Tell, datetime]] = []
        for tell, oldest_at in tells:
            begin = self._midnight(max(min(oldest_at, now - _DAY), now - LONGEST))
            if begin < self._read.get(tell.group, since):
                unread.append((tell, begin))
        if not unread:
            return
        destinations = dict.fromkeys(tell.destination.id for tell, _ in unread)
        told = await self._told(tuple(destinations), min(begin for _, begin in unread))
        for tell, begin in unread:
            days = told.get(tell.group, {})
            self._floods.remember(tell, days, await self._oldest(tell, days), now)
            self._read[tell.group] = begin

    def _begin(self, now: datetime) -> datetime:
        """Return since when this process looks after what it does now."""
        buckets = self._share.buckets
        if self._looks_since is None or buckets != self._buckets:
            self._looks_since, self._buckets = now, buckets
            self._read.clear()
            self._floods.forget()
        return self._looks_since

    def _midnight(self, moment: datetime) -> datetime:
        return datetime.combine(moment.astimezone(self._zone).date(), time(0), self._zone)

    async def _oldest(self, tell: "Tell", told: "dict[date, int]") -> datetime | None:
        if max(told.values(), default=0) < self._floods.limit:
            return None
        # What is held back is not due, so what is due does not tell of it.
        waits = await self._store.alerts.pending([tell.group], limit=1)
        return waits[0].created_at if waits else None

    async def _told(self, destination_ids: tuple[str, ...], since: datetime) -> "dict[Group, dict[date, int]]":
        told: defaultdict[Group, Counter[date]] = defaultdict(Counter)
        wanted = WantedDeliveries(destination_ids=destination_ids, since=since)
        after = None
        while deliveries := await self._store.deliveries.recent(wanted, after=after, limit=DELIVERIES_AT_ONCE):
            after = of_delivery(deliveries[-1])
            for group, day, count in await self._counts(deliveries):
                told[group][day] += count
        return dict(told)

    async def _counts(self, deliveries: "Sequence[Delivery]") -> "list[tuple[Group, date, int]]":
        shared = await self._store.alerts.of_deliveries([one.id for one in deliveries if one.subscription_ids])
        counts: list[tuple[Group, date, int]] = []
        for one in deliveries:
            day = one.created_at.astimezone(self._zone).date()
            if not one.subscription_ids:
                group = (one.subscription_id, one.destination_id)
                counts.append((group, day, len(one.publication_numbers) + one.left_out))
                continue
            of_each = Counter(alert.key.subscription_id for alert in shared.get(one.id, ()))
            of_each.update({remark.subscription_id: remark.left_out for remark in one.remarks or ()})
            counts.extend(((name, one.destination_id), day, count) for name, count in of_each.items())
        return counts
