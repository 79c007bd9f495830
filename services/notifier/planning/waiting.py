"""Deals out what was read of several groups at once."""

from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shared.store.records import Alert

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


def _group(alert: "Alert") -> Group:
    return alert.key.subscription_id, alert.key.destination_id
