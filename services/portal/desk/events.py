"""What happened to an organisation's messages, to be read again by programs that were away."""

from typing import TYPE_CHECKING

from services.portal.desk.actor import Permission
from services.portal.desk.cards import Slice, position
from shared.filing.events import EVENTS, Event
from shared.filing.orders import by_moment
from shared.store.filed import Position

if TYPE_CHECKING:
    from datetime import datetime

    from services.portal.desk.actor import Actor
    from shared.runtime.role import Surroundings


class Events:
    """The events of an organisation, as long as they are kept."""

    def __init__(self, around: "Surroundings") -> None:
        self._shelf = around.store.shelf(EVENTS)

    async def page(
        self, actor: "Actor", *, since: "datetime | None" = None, after: "Position | None" = None, limit: int = 50
    ) -> Slice[Event]:
        """Return them, the oldest first.

        Args:
            actor: who asks.
            since: begin with what happened at this moment or later.
            after: where the part before ended.
            limit: at most so many.
        """
        actor.need(Permission.READ)
        if after is None and since is not None:
            after = Position(by_moment(since), "")
        found = await self._shelf.page(actor.organisation_id, after=after, limit=limit + 1)
        shown = [filed.document for filed in found[:limit]]
        return Slice(shown, position(EVENTS, shown[-1]) if len(found) > limit else None)
