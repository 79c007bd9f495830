"""Who agreed to what, when and how: the record that PIPL art. 14 asks for."""

from datetime import datetime, timedelta

import msgspec

from shared.filing.orders import by_moment
from shared.store.filed import Kind

KEPT = timedelta(days=3 * 365)
"""How long it is kept after it ended, to show that what was done with the data was allowed: the limitation of actions."""


class Consent(msgspec.Struct, frozen=True, kw_only=True):
    """A consent to one version of one text.

    Attributes:
        text: which (``privacy``).
        version: of the text, the day it came into force (``2026-11-01``).
        how: by what act (``sign-up``, ``invitation``, ``command-line``, ``page``).
        withdrawn_at: ``None``: it holds.
    """

    id: str
    account_id: str
    organisation_id: str
    text: str
    version: str
    how: str
    given_at: datetime
    withdrawn_at: datetime | None = None


CONSENTS: Kind[Consent] = Kind(
    name="consents",
    title="同意记录",
    document=Consent,
    owner=lambda consent: consent.account_id,
    order=lambda consent: by_moment(consent.given_at),
    expires_at=lambda consent: consent.withdrawn_at + KEPT if consent.withdrawn_at else None,
)
