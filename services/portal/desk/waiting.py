"""What waits for the next message of a subscription, and when that goes out."""

from typing import TYPE_CHECKING

from services.portal.desk.actor import Permission

if TYPE_CHECKING:
    from collections.abc import Sequence

    from services.portal.desk.actor import Actor
    from services.portal.desk.holdings import Holdings
    from shared.runtime.role import Surroundings
    from shared.store.records import Backlog
    from shared.wire.subscription import Subscription

MOST = 2_000
"""Alerts that are counted; where so many wait, there are more."""


class WaitingAlerts:
    """Counts what is not told yet."""

    def __init__(self, around: "Surroundings", holdings: "Holdings") -> None:
        self._alerts = around.store.alerts
        self._cards = holdings.subscriptions

    async def of(self, actor: "Actor", subscriptions: "Sequence[Subscription]") -> "dict[str, Backlog]":
        """Return by subscription what waits; one for which nothing does is left out, and so is another organisation's."""
        actor.need(Permission.READ)
        owned = await self._cards.owned(actor, [one.id for one in subscriptions])
        groups = [(one.id, place) for one in subscriptions if one.id in owned for place in one.destinations]
        return await self._alerts.backlogs(groups, limit=MOST) if groups else {}
