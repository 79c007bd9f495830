"""What an organisation does about a publication that it was told of: notes, and who looks after it."""

from datetime import datetime

import msgspec

from shared.filing.orders import by_moment
from shared.ids import stable_id
from shared.store.filed import Kind


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """What a member wrote; ``account_id`` is whose it is."""

    id: str
    account_id: str
    text: str
    made_at: datetime


class FollowUp(msgspec.Struct, frozen=True, kw_only=True):
    """One item (`shared.wire.identity.item_key`) as one organisation follows it up.

    Attributes:
        assigned_to: the account that looks after it, ``""``: nobody.
        notes: the oldest first. People write names into them, so they lie sealed.
    """

    id: str
    organisation_id: str
    publication_number: str
    assigned_to: str = ""
    notes: tuple[Note, ...] = ()
    changed_at: datetime


def follow_up_id(organisation_id: str, key: str) -> str:
    """Return the id of the one follow-up that there can be of an item."""
    return stable_id("fu", organisation_id, key)


FOLLOW_UPS: Kind[FollowUp] = Kind(
    name="follow_ups",
    title="备注与分派",
    document=FollowUp,
    owner=lambda one: one.organisation_id,
    order=lambda one: by_moment(one.changed_at),
    sealed=True,
)
