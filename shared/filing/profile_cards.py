"""Cards of profiles."""

from shared.filing.cards import Card, order, owner
from shared.store.filed import Kind


class ProfileCard(Card, frozen=True, kw_only=True):
    """The portal's side of a profile; the profile of this id is what matches.

    Attributes:
        version: number of its version in force, 1 at first; see `shared.filing.profile_versions`.
    """

    version: int = 1


PROFILE_CARDS: Kind[ProfileCard] = Kind(
    name="profile_cards", title="订阅画像的归属", document=ProfileCard, owner=owner, order=order
)
