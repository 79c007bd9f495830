"""One tap: where an organisation leaves no choice of whom to tell and when, a further profile asks for none."""

from typing import TYPE_CHECKING

from services.portal.desk.actor import Permission
from services.portal.desk.drafts import SubscriptionDraft
from services.portal.desk.holdings import MOST_DESTINATIONS, MOST_SUBSCRIPTIONS
from services.portal.desk.joining_subscriptions import Joined
from shared.wire.subscription import DestinationState

if TYPE_CHECKING:
    from services.portal.desk.actor import Actor
    from services.portal.desk.destinations import Destinations
    from services.portal.desk.joining_subscriptions import JoiningSubscriptions
    from services.portal.desk.subscriptions import OwnSubscription, Subscriptions
    from shared.wire.profile import Profile

EVERY_MORNING = "daily@09:00"
NIGHT = "22:00-08:00"


class OneTap:
    """Subscribes a profile where only one way of doing it is left."""

    def __init__(
        self, destinations: "Destinations", subscriptions: "Subscriptions", joining: "JoiningSubscriptions"
    ) -> None:
        self._destinations = destinations
        self._subscriptions = subscriptions
        self._joining = joining

    async def tell(self, actor: "Actor", profile: "Profile") -> Joined | None:
        """Tell a profile by the organisation's only subscription, else to its only destination every morning.

        Only what sends today counts: a subscription that is paused, that somebody opted out of, or that tells a destination
        which is not verified or switched off is none; nor is such a destination.

        Returns:
            ``None``: there is nothing yet, or a choice that people have to make.

        Raises:
            ConflictError: the organisation has as many subscriptions as it may have.
            StaleError: others keep changing the subscription.
        """
        actor.need(Permission.WRITE_SUBSCRIPTIONS)
        held = (await self._destinations.page(actor, limit=MOST_DESTINATIONS)).items
        active = [own.destination.id for own in held if own.destination.state is DestinationState.ACTIVE]
        told = (await self._subscriptions.page(actor, limit=MOST_SUBSCRIPTIONS)).items
        usable = [own for own in told if _sends(own, active)]
        if len(usable) == 1:
            return await self._joining.join(actor, usable[0].subscription.id, (profile.id,))
        if usable or len(active) != 1:
            return None
        draft = SubscriptionDraft(
            name=profile.name,
            profiles=(profile.id,),
            destinations=(active[0],),
            schedule=EVERY_MORNING,
            quiet=NIGHT,
        )
        return await self._joining.join_or_add(actor, draft)


def _sends(own: "OwnSubscription", active: list[str]) -> bool:
    told = own.subscription
    return not told.paused and not told.opted_out and set(told.destinations) <= set(active)
