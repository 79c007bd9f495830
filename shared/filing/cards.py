"""What the portal knows of every profile, destination and subscription that an organisation made there."""

from datetime import datetime

import msgspec

from shared.filing.orders import by_moment


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """The portal's side of a thing whose id is the same; what has none was made by the operator, and is the centre's.

    Attributes:
        name: what its people call it.
        made_by, changed_by: accounts' ids.
        leaving: the thing is being removed, and shown no more; what is left of it goes when that is asked for again, or within
            the hour.
    """

    id: str
    organisation_id: str
    name: str
    made_by: str
    made_at: datetime
    changed_by: str
    changed_at: datetime
    leaving: bool = False


def owner(card: Card) -> str:
    """Return whose it is."""
    return card.organisation_id


def order(card: Card) -> str:
    """Return what sorts the older before the newer."""
    return by_moment(card.made_at)
