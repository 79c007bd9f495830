"""What only the portal needs to know of a subscription."""

from datetime import datetime

import msgspec

from shared.filing.orders import by_moment
from shared.store.filed import Kind


class SubscriptionCard(msgspec.Struct, frozen=True, kw_only=True):
    """The portal's side of a subscription.

    Attributes:
        id: of the subscription.
        name: what its people call it.
        made_by, changed_by: accounts' ids.
        leaving: see `shared.filing.profile_cards.ProfileCard`.
    """

    id: str
    organisation_id: str
    name: str
    made_by: str
    made_at: datetime
    changed_by: str
    changed_at: datetime
    leaving: bool = False


SUBSCRIPTION_CARDS = Kind(
    name="subscription_cards",
    document=SubscriptionCard,
    owner=lambda card: card.organisation_id,
    order=lambda card: by_moment(card.made_at),
)
