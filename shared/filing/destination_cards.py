"""What only the portal needs to know of a destination."""

from datetime import datetime

import msgspec

from shared.filing.orders import by_moment
from shared.store.filed import Kind


class DestinationCard(msgspec.Struct, frozen=True, kw_only=True):
    """The portal's side of a destination.

    Attributes:
        id: of the destination.
        name: what its people call it; may name a person, so it is sealed.
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


DESTINATION_CARDS = Kind(
    name="destination_cards",
    document=DestinationCard,
    owner=lambda card: card.organisation_id,
    order=lambda card: by_moment(card.made_at),
    sealed=True,
)
