"""What was begun on profiles, destinations and subscriptions by a process that died: neither made nor removed, shown to nobody."""

from datetime import timedelta
from typing import TYPE_CHECKING

from services.portal.desk.actor import Actor, Role, Way
from services.portal.desk.refusals import RefusalError
from shared.logs import get_logger

if TYPE_CHECKING:
    from services.portal.desk.destinations import Destinations
    from services.portal.desk.holdings import Holdings
    from services.portal.desk.profiles import Profiles
    from services.portal.desk.subscriptions import Subscriptions
    from shared.runtime.role import Surroundings

LEFT_ALONE = timedelta(minutes=10)
"""What was begun less long ago is under way somewhere."""

_log = get_logger("portal")


class Leftovers:
    """Removes them; doing it twice changes nothing."""

    def __init__(
        self,
        around: "Surroundings",
        holdings: "Holdings",
        *,
        profiles: "Profiles",
        destinations: "Destinations",
        subscriptions: "Subscriptions",
    ) -> None:
        self._clock = around.clock
        store = around.store
        # Subscriptions first: they name the others.
        self._kinds = (
            (holdings.subscriptions, store.subscriptions.many, subscriptions.remove),
            (holdings.destinations, store.destinations.many, destinations.remove),
            (holdings.profiles, store.profiles.many, profiles.remove),
        )

    async def remove(self, organisation_id: str) -> None:
        """Remove those of an organisation.

        Raises:
            RetryLaterError: the store or the bus does not take it.
        """
        before = self._clock.now() - LEFT_ALONE
        for cards, things, remove in self._kinds:
            for card in await cards.left_over(organisation_id, things, before=before):
                whoever_began = Actor(
                    account_id=card.changed_by, organisation_id=organisation_id, role=Role.EDITOR, way=Way.SESSION
                )
                try:
                    await remove(whoever_began, card.id)
                except RefusalError as error:  # another portal was quicker, or a subscription names it
                    _log.warning("leftover_stays", id=card.id, detail=str(error))
                else:
                    _log.info("leftover_removed", id=card.id)
