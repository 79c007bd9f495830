"""What only the portal needs to know of a profile: whose it is, and who changed it."""

from datetime import datetime

import msgspec

from shared.filing.orders import by_moment
from shared.store.filed import Kind


class ProfileCard(msgspec.Struct, frozen=True, kw_only=True):
    """The portal's side of a profile; the profile of this id is what matches.

    Attributes:
        id: of the profile.
        name: the profile's.
        version: number of its version in force, 1 at first; see `shared.filing.profile_versions`.
        made_by, changed_by: accounts' ids.
        leaving: it is being removed, and shown no more; what is left of it goes when that is asked for again.
    """

    id: str
    organisation_id: str
    name: str
    version: int = 1
    made_by: str
    made_at: datetime
    changed_by: str
    changed_at: datetime
    leaving: bool = False


PROFILE_CARDS = Kind(
    name="profile_cards",
    document=ProfileCard,
    owner=lambda card: card.organisation_id,
    order=lambda card: by_moment(card.made_at),
)
