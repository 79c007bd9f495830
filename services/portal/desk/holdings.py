"""The cards of all that an organisation has, and what of it needs what."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.portal.desk.cards import Cards
from services.portal.desk.limits import Limit
from services.portal.desk.refusals import ConflictError, Text
from shared.filing.destination_cards import DESTINATION_CARDS, DestinationCard
from shared.filing.profile_cards import PROFILE_CARDS, ProfileCard
from shared.filing.subscription_cards import SUBSCRIPTION_CARDS, SubscriptionCard

if TYPE_CHECKING:
    from services.portal.desk.actor import Actor
    from shared.runtime.role import Surroundings
    from shared.store.telling import Subscriptions

MOST_PROFILES, MOST_DESTINATIONS, MOST_SUBSCRIPTIONS = 200, 200, 200


def _limit(most: int, zh: str, en: str) -> Limit:
    return Limit(
        most=most,
        text=Text(
            f"一个单位最多 {most} 个{zh}，请先删除不用的。",
            f"An organisation has at most {most} {en}; remove some that are not used.",
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdings:
    """Whose profiles, destinations and subscriptions are."""

    profiles: Cards[ProfileCard]
    destinations: Cards[DestinationCard]
    subscriptions: Cards[SubscriptionCard]
    stored: "Subscriptions"

    @classmethod
    def of(cls, around: "Surroundings") -> "Holdings":
        """Return those of an installation."""
        store, clock = around.store, around.clock
        return cls(
            profiles=Cards(store, clock, PROFILE_CARDS, _limit(MOST_PROFILES, "订阅画像", "profiles")),
            destinations=Cards(store, clock, DESTINATION_CARDS, _limit(MOST_DESTINATIONS, "目的地", "destinations")),
            subscriptions=Cards(store, clock, SUBSCRIPTION_CARDS, _limit(MOST_SUBSCRIPTIONS, "订阅", "subscriptions")),
            stored=store.subscriptions,
        )

    async def refuse_used(self, actor: "Actor", thing_id: str) -> None:
        """Refuse to remove a profile or destination that a subscription of its organisation names.

        Raises:
            ConflictError: one does; the sentence says which.
        """
        names = {filed.document.id: filed.document.name for filed in await self.subscriptions.all(actor)}
        found = await self.stored.many(list(names))
        users = [s for s in found.values() if thing_id in s.profiles or thing_id in s.destinations]
        if users:
            told = "、".join(names[s.id] or s.id for s in users)
            raise ConflictError(
                "in-use",
                Text(
                    f"还有订阅在用它：{told}。请先修改或删除这些订阅。",
                    f"Subscriptions use it: {told}. Change or remove them first.",
                ),
            )
