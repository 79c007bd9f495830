"""Cards of destinations."""

from shared.filing.cards import Card, order, owner
from shared.store.filed import Kind


class DestinationCard(Card, frozen=True, kw_only=True):
    """The portal's side of a destination; its name may be a person's, so it is sealed."""


DESTINATION_CARDS: Kind[DestinationCard] = Kind(
    name="destination_cards", title="目的地的归属", document=DestinationCard, owner=owner, order=order, sealed=True
)
