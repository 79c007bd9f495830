"""What people say of publications that they were told of."""

from datetime import datetime
from enum import StrEnum

import msgspec

from shared.filing.orders import by_moment
from shared.ids import stable_id
from shared.store.filed import Kind


class Verdict(StrEnum):
    """Whether it was worth telling."""

    RELEVANT = "relevant"
    IRRELEVANT = "irrelevant"


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """One person's verdict on one publication as one profile found it; a later one replaces it.

    Attributes:
        id: see `mark_id`.
        publication_number: the item's key (`shared.wire.identity.item_key`), as in alerts.
        account_id: whose it is.
    """

    id: str
    organisation_id: str
    profile_id: str
    publication_number: str
    verdict: Verdict
    account_id: str
    made_at: datetime


def mark_id(organisation_id: str, profile_id: str, publication_number: str, account_id: str) -> str:
    """Return the id of the one mark that there can be for these."""
    return stable_id("k", organisation_id, profile_id, publication_number, account_id)


MARKS: Kind[Mark] = Kind(
    name="marks",
    title="标记",
    document=Mark,
    owner=lambda mark: mark.organisation_id,
    order=lambda mark: by_moment(mark.made_at),
)
