"""Deals out what was read of several groups at once."""

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from shared.store.records import Alert

T = TypeVar("T")

Group = tuple[str, str]
"""Subscription id, destination id."""


def deal_out(
    groups: "Sequence[Group]", alerts: "Sequence[Alert]", *, limit: int
) -> "tuple[dict[Group, list[Alert]], list[Group]]":
    """Return what waits for each group that is whole, and the groups that must be read again.

    Args:
        groups: that were asked for, in any order.
        alerts: the answer of the store's ``pending`` with this limit: group by group, in the order of their ids.
        limit: of that answer.

    Returns:
        A group of which nothing waits any more is in neither. When the limit cut the answer, its last group is to be read again,
        unless it is the first with anything: then it is told cut, or it would never be told.
    """
    dealt = {key: list(members) for key, members in groupby(alerts, key=_group)}
    if len(alerts) < limit:
        return dealt, []
    last = _group(alerts[-1])
    after = [group for group in groups if group > last]
    if len(dealt) == 1:
        return dealt, after
    del dealt[last]
    return dealt, [last, *after]


@dataclass(frozen=True, slots=True)
class Place:
    """A destination, and the groups that it is told of now; each group stands in one place."""

    destination_id: str
    groups: tuple[Group, ...]


def whole_places(
    places: "Sequence[Place]", alerts: "Sequence[Alert]", *, limit: int
) -> "tuple[list[tuple[Place, dict[Group, list[Alert]]]], list[Place]]":
    """Return what waits for each destination of which everything was read, and the destinations that must be read again.

    Args:
        places: whose groups were asked for, not empty.
        alerts: see `deal_out`.
        limit: see `deal_out`.

    Returns:
        As `deal_out`, with all of a destination's groups together; one that alone has more than the limit is told cut, in time
        that is only asked for alone.
    """
    dealt, again = deal_out([group for place in places for group in place.groups], alerts, limit=limit)
    unread = {destination_id for _, destination_id in again} if len(places) > 1 else set()
    told = [
        (place, {group: dealt[group] for group in place.groups if group in dealt})
        for place in places
        if place.destination_id not in unread
    ]
    return [(place, waits) for place, waits in told if waits], [
        place for place in places if place.destination_id in unread
    ]


def in_lots(ones: "Iterable[T]", *, size: "Callable[[T], int]", most: int) -> "Iterator[list[T]]":
    """Yield them in order, as many at a time as are together not larger than ``most``; one that is larger alone comes alone."""
    lot: list[T] = []
    room = most
    for one in ones:
        if lot and size(one) > room:
            yield lot
            lot, room = [], most
        lot.append(one)
        room -= size(one)
    if lot:
        yield lot


def _group(alert: "Alert") -> Group:
    return alert.key.subscription_id, alert.key.destination_id
