"""How far a search by date of publication has come: windows of days, pages in each. Pure; kept as the source's cursor."""

from datetime import date, timedelta
from typing import TYPE_CHECKING

import msgspec

from shared.ids import stable_id

if TYPE_CHECKING:
    from collections.abc import Mapping

PAGE_RESULTS = 100
"""The most that one request may ask for."""

MOST_RESULTS = 2000
"""The most results of one query that OPS gives, however many it counts."""

_DAY = timedelta(days=1)


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where a walk over the days stands.

    Attributes:
        query: a digest of the operator's query; with another query the walk begins anew.
        since, until: the window that is asked for now, both days included.
        end: the last day of the walk.
        first: the number of the window's result that comes next, from 1.
    """

    query: str
    since: date
    until: date
    end: date
    first: int = 1

    @property
    def days(self) -> int:
        """How many days the window has."""
        return (self.until - self.since).days + 1

    def cql(self, query: str) -> str:
        """Return the operator's query, for this window alone."""
        dates = (
            f'pd="{self.since:%Y%m%d}"' if self.days == 1 else f'pd within "{self.since:%Y%m%d} {self.until:%Y%m%d}"'
        )
        return f"({query}) and {dates}"

    def halved(self) -> "Place":
        """Return the first half of the window, for one that holds too many results; at least two days."""
        return msgspec.structs.replace(self, until=self.since + (self.days // 2 - 1) * _DAY)

    def after(self, total: int, page_results: int) -> "Place | None":
        """Return what comes after a page of the window, which holds so many results; ``None`` when the walk is over."""
        following = self.first + page_results
        if following <= min(total, MOST_RESULTS):
            return msgspec.structs.replace(self, first=following)
        if self.until >= self.end:
            return None
        # Windows grow again where little is found, so that a day of many results does not make the walk slow for good.
        days = self.days * 2 if total < MOST_RESULTS // 2 else self.days
        since = self.until + _DAY
        until = min(since + (days - 1) * _DAY, self.end)
        return msgspec.structs.replace(self, since=since, until=until, first=1)

    def cursor(self) -> dict[str, str]:
        """Return it as text."""
        return {name: str(value) for name, value in msgspec.structs.asdict(self).items()}

    def finished(self) -> dict[str, str]:
        """Return the cursor of a walk that is over."""
        return {"query": self.query, "through": str(self.end)}


def place_of(cursor: "Mapping[str, str]", query: str, today: date, back_days: int) -> Place:
    """Return where to go on.

    A walk that was broken off goes on, up to today. A finished one begins again ``back_days`` before its end, for OPS
    loads many publications late; so does the first one, or one with another query, before today.
    """
    digest = stable_id("q", query)
    if cursor.get("query") == digest:
        try:
            if "through" in cursor:
                since = min(date.fromisoformat(cursor["through"]), today) - back_days * _DAY
                return Place(query=digest, since=since, until=today, end=today)
            place = msgspec.convert(dict(cursor), Place, strict=False)
        except (ValueError, msgspec.ValidationError):
            pass  # written by another version: what is read again is found unchanged
        else:
            if place.since <= place.until <= place.end and place.first >= 1:
                return place
    return Place(query=digest, since=today - back_days * _DAY, until=today, end=today)
