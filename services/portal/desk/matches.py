"""What an organisation's subscriptions told or will tell, with the reasons: what came in, for people and programs."""

from typing import TYPE_CHECKING

from services.portal.desk.actor import Permission
from services.portal.desk.cards import Slice
from services.portal.desk.refusals import MissingError
from shared.store.positions import of_alert

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from services.portal.desk.actor import Actor
    from services.portal.desk.holdings import Holdings
    from shared.runtime.role import Surroundings
    from shared.store.filed import Position
    from shared.store.records import Alert


class Matches:
    """The matches of an organisation that somebody is told of."""

    def __init__(self, around: "Surroundings", holdings: "Holdings") -> None:
        self._alerts = around.store.alerts
        self._cards = holdings.subscriptions

    async def page(
        self,
        actor: "Actor",
        *,
        subscription_id: str | None = None,
        since: "datetime | None" = None,
        after: "Position | None" = None,
        limit: int = 50,
    ) -> "Slice[Alert]":
        """Return them, the newest first; one that several subscriptions tell comes for each.

        Args:
            actor: who asks.
            subscription_id: only of this one.
            since: recorded at this moment or later.
            after: where the part before ended.
            limit: at most so many.

        Raises:
            MissingError: there is no such subscription, or it is another organisation's.
        """
        actor.need(Permission.READ)
        if subscription_id is None:
            ids = await self._ids(actor)
        else:
            ids = [(await self._cards.own(actor, subscription_id)).document.id]
        found = await self._alerts.inbox(ids, since=since, before=after, limit=limit + 1)
        return Slice(found[:limit], of_alert(found[limit - 1]) if len(found) > limit else None)

    async def of_publication(self, actor: "Actor", number: str) -> "list[Alert]":
        """Return why a publication (or another item, by its key) was told, once for each subscription.

        Raises:
            MissingError: none of the organisation's subscriptions told it.
        """
        actor.need(Permission.READ)
        found = await self._alerts.find(await self._ids(actor), number)
        if not found:
            raise MissingError
        return found

    async def _ids(self, actor: "Actor") -> "Sequence[str]":
        return [filed.document.id for filed in await self._cards.all(actor)]
