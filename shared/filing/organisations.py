"""Who is served: a company, or the information centre that runs the installation."""

from datetime import datetime
from enum import StrEnum

import msgspec

from shared.filing.orders import by_moment
from shared.store.filed import Kind

CENTRE_ID = "centre"
"""Of the one organisation that runs this installation; it is made with its first operator."""


class OrganisationKind(StrEnum):
    """What an organisation is."""

    COMPANY = "company"
    CENTRE = "centre"


class Organisation(msgspec.Struct, frozen=True, kw_only=True):
    """An organisation.

    Attributes:
        name: as it calls itself; several may have the same.
        region: where it sits, six digits of GB/T 2260, ``""``: unknown.
        applicants: the names under which it files patents.
        closing_at: when it asked to be erased; it is locked from then on.
        erased_at: when that was done; only its id is left then, for the audit log.
    """

    id: str
    name: str
    kind: OrganisationKind = OrganisationKind.COMPANY
    region: str = ""
    applicants: tuple[str, ...] = ()
    created_at: datetime
    closing_at: datetime | None = None
    erased_at: datetime | None = None


ORGANISATIONS: Kind[Organisation] = Kind(
    name="organisations",
    title="单位",
    document=Organisation,
    order=lambda organisation: by_moment(organisation.created_at),
)
