"""How far a search by date of publication has come: windows of days, pages in each. Pure."""

from datetime import date, timedelta

import msgspec

PAGE_RESULTS = 100
"""The most that one request may ask for."""

MOST_RESULTS = 2000
"""The most results of one query that OPS gives, however many it counts."""

_DAY = timedelta(days=1)


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where a walk over the days stands.

    Attributes:
        since, until: the window that is asked for now, both days included.
        end: the last day of the walk.
        first: the number of the window's result that comes next, from 1.
    """

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


class Finished(msgspec.Struct, frozen=True, kw_only=True):
    """A walk that is over; ``through`` is its last day."""

    through: date


def place_of(known: str | None, today: date, back_days: int) -> Place:
    """Return where to go on with a query.

    A walk that was broken off goes on as it was. A finished one begins again ``back_days`` before its end, for OPS loads
    many publications late; so does the first one, before today.

    Args:
        known: what `written` made of the place or end of the last walk, ``None`` for the first one.
        today: the last day of a new walk.
        back_days: at least 1.
    """
    try:
        return msgspec.json.decode(known or "{}", type=Place)
    except msgspec.DecodeError:
        pass
    try:
        end = min(msgspec.json.decode(known or "{}", type=Finished).through, today)
    except msgspec.DecodeError:  # the first walk, or what another version wrote: what is read again is found unchanged
        end = today
    return Place(since=end - back_days * _DAY, until=today, end=today)


def written(state: Place | Finished) -> str:
    """Return it as text, for `place_of`."""
    return msgspec.json.encode(state).decode()
