"""What waits for the next message of a subscription, and when that goes out."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.portal.desk.actor import Permission

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from services.portal.desk.actor import Actor
    from services.portal.desk.holdings import Holdings
    from shared.runtime.role import Surroundings
    from shared.wire.subscription import Subscription

MOST = 2_000
"""Alerts that are counted; where so many wait, there are more."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for one subscription.

    Attributes:
        publications: how many.
        due_at: when the first of them may be told, as far as the schedule said when it was recorded; ``None``: at once.
    """

    publications: int
    due_at: "datetime | None"


class WaitingAlerts:
    """Counts what is not told yet."""

    def __init__(self, around: "Surroundings", holdings: "Holdings") -> None:
        self._alerts = around.store.alerts
        self._cards = holdings.subscriptions

    async def of(self, actor: "Actor", subscriptions: "Sequence[Subscription]") -> dict[str, Waiting]:
        """Return by subscription what waits; one for which nothing does is left out, and so is another organisation's."""
        actor.need(Permission.READ)
        owned = await self._cards.owned(actor, [one.id for one in subscriptions])
        groups = [(one.id, place) for one in subscriptions if one.id in owned for place in one.destinations]
        found = await self._alerts.pending(groups, limit=MOST) if groups else []
        numbers: dict[str, set[str]] = {}
        due: dict[str, datetime | None] = {}
        for alert in found:
            at = alert.key.subscription_id
            due[at] = _earlier(due[at], alert.due_at) if at in due else alert.due_at
            numbers.setdefault(at, set()).add(alert.key.publication_number)
        return {at: Waiting(len(keys), due[at]) for at, keys in numbers.items()}


def _earlier(one: "datetime | None", other: "datetime | None") -> "datetime | None":
    return None if one is None or other is None else min(one, other)
